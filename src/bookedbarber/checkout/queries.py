"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

checkout: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.booking.states import AppointmentState
from bookedbarber.database import Connection, Json
from bookedbarber.payments.states import PaymentState, Purpose


@dataclass(frozen=True, slots=True)
class Settling:
    """One row, as PostgreSQL types it."""

    payment_id: UUID
    purpose: Purpose
    payment_state: PaymentState
    service_amount: int
    tax_amount: int
    tip_amount: int
    amount: int
    currency: str
    stripe_account: str
    charge_id: str | None
    appointment_id: UUID
    appointment_state: AppointmentState
    barber_id: UUID
    starts_at: datetime
    blocked_until: datetime


LOAD_FOR_SETTLING = """\
/* checkout.load_for_settling */
select p.payment_id, p.purpose, p.state as payment_state,
       p.service_amount, p.tax_amount, p.tip_amount, p.amount, p.currency::text as currency,
       p.stripe_account, p.charge_id,
       a.appointment_id, a.state as appointment_state, a.barber_id, a.starts_at,
       upper(a.blocked) as blocked_until
  from payments p join appointments a using (shop_id, appointment_id)
 where p.shop_id = $1 and p.payment_id = $2"""


async def load_for_settling(
    db: Connection,
    *,
    shop_id: UUID,
    payment_id: UUID,
) -> Settling | None:
    """A payment and the visit it pays for, as they stand."""
    row = await db.fetchrow(LOAD_FOR_SETTLING, shop_id, payment_id)
    if row is None:
        return None
    return Settling(
        row[0],
        Purpose(row[1]),
        PaymentState(row[2]),
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        AppointmentState(row[11]),
        row[12],
        row[13],
        row[14],
    )


SETTLE = """\
/* checkout.settle */
with appointment as materialized (
    -- Locked first, moved last: it must not be confirmed unless the payment is taken.
    select shop_id, appointment_id from appointments
     where shop_id = $1 and appointment_id = $2 and state = 'held'
       for no key update
),
gate as (
    update payments
       set state = 'captured', intent_id = $3, charge_id = $4,
           card_brand = $5, card_last4 = $6, decline_code = null,
           captured_at = $7
      from appointment
     where payments.shop_id = $1 and payment_id = $8
       and payments.state in ('pending', 'open', 'processing')
    returning payments.shop_id, payments.appointment_id
),
confirmed as (
    update appointments a set state = 'confirmed', held_until = null
      from gate
     where a.shop_id = gate.shop_id and a.appointment_id = gate.appointment_id
),
entry as (
    insert into entries (shop_id, entry_id, kind, happened, effective_at, recorded_at, reverses)
    select $1, $9, $10, $11, $7, $12, $13 from gate
    on conflict (shop_id, happened) do nothing
    returning shop_id, entry_id
),
posted as (
    insert into postings (shop_id, entry_id, line, account, side, amount, currency,
                          stripe_account, party_id, item)
    select entry.shop_id, entry.entry_id, p.line, p.account, p.side, p.amount, $14,
           $15, p.party_id, p.item
      from entry,
           unnest($16::text[], $17::text[], $18::bigint[], $19::uuid[],
                  $20::text[]) with ordinality
               as p (account, side, amount, party_id, item, line)
    returning 1
),
audited as (
    insert into audit_events (shop_id, event_id, at, actor, act, object, facts)
    select $1, $21, $12, $22, $23, $24, $25 from gate
    returning 1
),
enqueued as (
    insert into jobs (job_id, shop_id, kind, about, name, state, run_at, attempts, defects,
                      created_at)
    select $26, $1, $27, $28, $29, 'ready', $30, 0, 0, $12 from gate
    on conflict (shop_id, name) do nothing
    returning 1
)
select count(*) as settled from gate"""


async def settle(
    db: Connection,
    *,
    shop_id: UUID,
    appointment_id: UUID,
    intent_id: str,
    charge_id: str,
    card_brand: str | None,
    card_last4: str | None,
    effective_at: datetime,
    payment_id: UUID,
    entry_id: UUID,
    entry_kind: str,
    happened: str,
    now: datetime,
    reverses: UUID | None,
    currency: str,
    stripe_account: str,
    accounts: Sequence[str],
    sides: Sequence[str],
    amounts: Sequence[int],
    parties: Sequence[UUID | None],
    items: Sequence[str],
    audit_id: UUID,
    actor: str,
    act: str,
    object: str,
    facts: Json,
    job_id: UUID,
    job_kind: str,
    about: UUID,
    job_name: str,
    run_at: datetime,
) -> int:
    """A payment arrived for a held slot: capture it, confirm the appointment, book it, note
    it, and ask for the confirmation, in one statement. 0 when either had moved on: load and
    decide again.
    """
    db.touch(shop_id)
    row = await db.fetchrow(
        SETTLE,
        shop_id,
        appointment_id,
        intent_id,
        charge_id,
        card_brand,
        card_last4,
        effective_at,
        payment_id,
        entry_id,
        entry_kind,
        happened,
        now,
        reverses,
        currency,
        stripe_account,
        accounts,
        sides,
        amounts,
        parties,
        items,
        audit_id,
        actor,
        act,
        object,
        facts,
        job_id,
        job_kind,
        about,
        job_name,
        run_at,
    )
    if row is None:
        raise LookupError("settle")
    value: int = row[0]
    return value
