"""One payment with all that belongs to it: what happened, what it came to, what is booked, what
Stripe said, and what is kept as evidence. Read from one snapshot; changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber import ids
from bookedbarber.booking import queries as booking
from bookedbarber.booking.queries import Appointment
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.refund import PaymentUnknown
from bookedbarber.database import Connection
from bookedbarber.ledger.chart import Account, Side
from bookedbarber.lookup import breakdown, queries, timeline
from bookedbarber.lookup.breakdown import Breakdown
from bookedbarber.lookup.queries import Letter, Line, Moved, SealedEvidence, StripeEvent, TrailEvent
from bookedbarber.lookup.timeline import Step
from bookedbarber.lookup.words import Status
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment, Refund
from bookedbarber.shops import queries as shops
from bookedbarber.vault import people
from bookedbarber.vault.people import Person, PersonForgotten


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry; `item` is what it raises or settles."""

    account: Account
    side: Side
    amount: Money
    item: str


@dataclass(frozen=True, slots=True)
class Booked:
    """One entry as it stands in the books."""

    entry_id: UUID
    kind: str
    happened: str
    effective_at: datetime
    recorded_at: datetime
    reverses: UUID | None
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who agreed to what; address and device are None once the client was forgotten, and of who
    walked in."""

    booked_at: datetime
    terms_version: int
    terms: str
    adopted_at: datetime
    ip: str | None
    device: str | None


@dataclass(frozen=True, slots=True)
class Client:
    """Who came, opened from the vault; who walked in may have left no address."""

    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class OnePayment:
    """Everything about one payment; `client` is None once they were forgotten."""

    payment: Payment
    status: Status
    visit: Appointment
    client: Client | None
    refunds: tuple[Refund, ...]
    breakdown: Breakdown
    entries: tuple[Booked, ...]
    movements: tuple[Moved, ...]
    events: tuple[StripeEvent, ...]
    letters: tuple[Letter, ...]
    timeline: tuple[Step, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Rows:
    status: Status
    refunds: list[Refund]
    lines: list[Line]
    moved: list[Moved]
    trail: list[TrailEvent]
    letters: list[Letter]
    client: Client | None
    evidence: Evidence


async def load(
    means: Means, *, shop_id: UUID, payment_id: UUID, only_barber: UUID | None = None
) -> OnePayment:
    """One payment of a shop, and of that barber where one is named. Raises PaymentUnknown."""
    async with means.database.tenant(shop_id) as db:
        # Several statements, one picture: a payment settled in between would not add up.
        await db.execute("set transaction isolation level repeatable read, read only")
        payment = await payments.load_payment(db, shop_id=shop_id, payment_id=payment_id)
        if payment is None:
            raise PaymentUnknown
        visit = await booking.load_appointment(
            db, shop_id=shop_id, appointment_id=payment.appointment_id
        )
        if visit is None or only_barber not in (None, visit.barber_id):
            raise PaymentUnknown
        found = await _read(db, means, payment, visit)
    events = await _events(means, payment)
    return OnePayment(
        payment=payment,
        status=found.status,
        visit=visit,
        client=found.client,
        refunds=tuple(found.refunds),
        breakdown=breakdown.of(payment, found.refunds, found.moved),
        entries=tuple(_entries(found.lines)),
        movements=tuple(found.moved),
        events=tuple(events),
        letters=tuple(found.letters),
        timeline=timeline.of(found.trail, found.moved, found.letters, events),
        evidence=found.evidence,
    )


async def _read(db: Connection, means: Means, payment: Payment, visit: Appointment) -> _Rows:
    shop_id = payment.shop_id
    refunds = await payments.refunds_of(db, shop_id=shop_id, payment_ids=[payment.payment_id])
    objects = _objects(payment, refunds)
    lines = await _lines(db, payment, refunds)
    person = await _person(db, means, shop_id, visit.client_id, visit.key_id)
    sealed = await queries.evidence_of(db, shop_id=shop_id, appointment_id=visit.appointment_id)
    return _Rows(
        await queries.status_of(db, shop_id=shop_id, payment_id=payment.payment_id),
        refunds,
        lines,
        await _moved(db, payment, lines),
        await queries.trail_of(db, shop_id=shop_id, objects=objects),
        await queries.letters_about(db, shop_id=shop_id, appointment_id=visit.appointment_id),
        await _client(db, means, visit, person),
        _evidence(sealed, visit, person),
    )


def _objects(payment: Payment, refunds: Iterable[Refund]) -> list[str]:
    """What acts were on: the payment, its booking, its refunds."""
    return [
        ids.show("pay", payment.payment_id),
        ids.show("apt", payment.appointment_id),
        *(ids.show("ref", refund.refund_id) for refund in refunds),
    ]


async def _lines(db: Connection, payment: Payment, refunds: Iterable[Refund]) -> list[Line]:
    visit = ids.show("apt", payment.appointment_id)
    owed = [ids.show("ref", refund.refund_id) for refund in refunds]
    of_the_visit = [f"{what}:{visit}" for what in ("completed", "cancelled", "no_show")]
    return await queries.lines_about(
        db,
        shop_id=payment.shop_id,
        items=[*owed, *([payment.charge_id] if payment.charge_id else [])],
        happened=[*of_the_visit, *(f"deposit_applied:{refund}" for refund in owed)],
    )


async def _moved(db: Connection, payment: Payment, lines: Iterable[Line]) -> list[Moved]:
    """The movements that those entries booked."""
    head = "balance_transaction:"
    booked = {line.happened for line in lines if line.happened.startswith(head)}
    return await queries.movements_by_id(
        db,
        stripe_account=payment.stripe_account,
        ids=sorted(happened.removeprefix(head) for happened in booked),
    )


async def _events(means: Means, payment: Payment) -> list[StripeEvent]:
    """Stripe's events belong to no shop, and the shop's own role sees none: these are about an
    intent that is this shop's."""
    if payment.intent_id is None:
        return []
    async with means.database.platform() as db:
        return await queries.events_about(
            db, stripe_account=payment.stripe_account, intent_id=payment.intent_id
        )


async def _person(
    db: Connection, means: Means, shop_id: UUID, client_id: UUID, key_id: UUID
) -> Person | None:
    try:
        return await people.load(
            db, means.vault, shop_id=shop_id, subject_id=client_id, key_id=key_id
        )
    except PersonForgotten:
        return None


async def _client(
    db: Connection, means: Means, visit: Appointment, person: Person | None
) -> Client | None:
    if person is None:
        return None
    row = await shops.load_client(db, shop_id=person.shop_id, client_id=visit.client_id)
    owner = await _person(db, means, person.shop_id, row.client_id, row.key_id)
    if owner is None:
        return None
    return Client(
        name=person.open("appointments", "guest_name", visit.appointment_id, visit.guest_name),
        email=owner.open("clients", "email", row.client_id, row.email) if row.email else None,
    )


def _evidence(sealed: SealedEvidence, visit: Appointment, person: Person | None) -> Evidence:
    def opened(column: str, text: bytes | None) -> str | None:
        if person is None or text is None:
            return None
        return person.open("appointments", column, visit.appointment_id, text)

    return Evidence(
        booked_at=sealed.booked_at,
        terms_version=sealed.terms_version,
        terms=sealed.terms,
        adopted_at=sealed.adopted_at,
        ip=opened("booked_ip", sealed.booked_ip),
        device=opened("booked_device", sealed.booked_device),
    )


def _entries(lines: Sequence[Line]) -> Iterable[Booked]:
    """The lines, entry by entry, in the order they came."""
    for entry_id in dict.fromkeys(line.entry_id for line in lines):
        own = [line for line in lines if line.entry_id == entry_id]
        head = own[0]
        yield Booked(
            entry_id,
            head.kind,
            head.happened,
            head.effective_at,
            head.recorded_at,
            head.reverses,
            tuple(
                Posting(
                    Account(line.account),
                    Side(line.side),
                    Money(line.amount, currency(line.currency)),
                    line.item,
                )
                for line in own
            ),
        )
