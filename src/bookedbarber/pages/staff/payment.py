"""`/desk/{shop}/payments/{payment}`: one payment with all that belongs to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids, links
from bookedbarber.access import people
from bookedbarber.access import queries as access
from bookedbarber.access.roles import May
from bookedbarber.api import gate, keys
from bookedbarber.checkout import sending
from bookedbarber.checkout.sending import RefundNotFailed, RefundUnknown
from bookedbarber.ledger.chart import Account, Side
from bookedbarber.lookup import definitions, one_payment
from bookedbarber.lookup.breakdown import Settled
from bookedbarber.lookup.one_payment import Booked, Evidence, OnePayment
from bookedbarber.lookup.timeline import Source, Step
from bookedbarber.lookup.words import Status
from bookedbarber.money import Money, currency
from bookedbarber.pages.context import RECEIPT
from bookedbarber.pages.staff import payments, words
from bookedbarber.pages.staff.day_words import WHY
from bookedbarber.pages.staff.forms import new_ticket, ticket_key
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.words import Pill
from bookedbarber.payments.queries import Refund
from bookedbarber.payments.states import PaymentState, RefundState


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the timeline. `act` is a word of ours; `by` a word of ours or a name; `amount`,
    `reason` and `note` are what there is to say of it."""

    at: datetime
    act: Pill
    by: str
    amount: Money | None
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class RefundLine:
    """One refund: how it stands, what of, why, and what went wrong.

    `again` is where it is asked to be sent once more, under a `ticket`; empty unless it is owed.
    """

    id: str
    state: Pill
    amount: Money
    reason: str
    note: str
    failure: str
    asked_at: datetime
    again: str
    ticket: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """What is waited for, of how much, since when."""

    text: str
    amount: Money
    since: datetime


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One line of an entry, on its side."""

    account: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the books."""

    title: str
    at: datetime
    lines: tuple[PostingLine, ...]


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event that Stripe sent."""

    id: str
    type: str
    received_at: datetime
    state: Pill
    failure: str


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """One payment. `receipt` and `refund` are addresses, empty where there is nothing to open."""

    template: ClassVar[str] = "staff/payment.html"
    room: ClassVar[str] = "payments"
    title: str
    zone: str
    id: str
    back: str
    status: Pill
    amount: Money
    paid: bool
    service: Money
    tax: Money
    tip: Money
    tax_name: str
    settled: tuple[Settled, ...]
    refunded: Money
    waiting: tuple[WaitingLine, ...]
    declined: str
    sold: str
    barber: str
    starts_at: datetime
    client: str | None
    email: str | None
    card: str
    purpose: str
    moments: tuple[Moment, ...]
    refunds: tuple[RefundLine, ...]
    entries: tuple[EntryLine, ...]
    events: tuple[EventLine, ...]
    evidence: Evidence | None
    references: tuple[tuple[str, str], ...]
    receipt: str
    visit: str
    said: Pill | None
    say: ClassVar[object] = definitions


@room(May.SEE_PAYMENTS)
async def page(request: Request, desk: Desk) -> Response:
    """One payment of the shop. Raises IdInvalid, PaymentUnknown."""
    whole = await _find(request, desk)
    said = words.SAID.get(request.query_params.get("said", ""))
    return desk.answer(_view(desk, whole, await _colleagues(desk), said=said))


@room(May.REFUND)
async def send_again(request: Request, desk: Desk) -> Response:
    """Send a refund once more that came back. Raises IdInvalid, PaymentUnknown, RefundUnknown."""
    whole, means = await _find(request, desk), desk.house.context.means
    refund_id = ids.parse("ref", request.path_params["refund"])
    if refund_id not in {one.refund_id for one in whole.refunds}:
        raise RefundUnknown
    key = ticket_key(desk, await request.form(), operation=f"send-again:{refund_id}")
    try:
        await gate.once(
            lambda: sending.send_again(
                means,
                shop_id=desk.shop_id,
                refund_id=refund_id,
                actor=desk.actor,
                key=key,
                now=desk.now,
            )
        )
    except RefundNotFailed as refusal:
        return _said(desk, whole, refusal.code)
    state = await sending.send_now(means, shop_id=desk.shop_id, refund_id=refund_id, now=desk.now)
    return _said(desk, whole, words.SENT_AGAIN[state])


async def _find(request: Request, desk: Desk) -> OnePayment:
    return await one_payment.load(
        desk.house.context.means,
        shop_id=desk.shop_id,
        payment_id=ids.parse("pay", request.path_params["payment"]),
        only_barber=desk.only_barber,
    )


def _said(desk: Desk, whole: OnePayment, what: str) -> Response:
    """Back to the payment, which says what was done or why it was not."""
    return RedirectResponse(f"{_address(desk, whole)}{payments.query(desk, said=what)}", 303)


def _address(desk: Desk, whole: OnePayment) -> str:
    return f"{desk.base}/payments/{ids.show('pay', whole.payment.payment_id)}"


async def _colleagues(desk: Desk) -> dict[str, str]:
    """Who works here by name, people and the shop's own systems, as the trail names them."""
    means = desk.house.context.means
    async with means.database.platform() as db:
        rows = await access.people_of(db, shop_id=desk.shop_id)
        held = await keys.of_shop(db, shop_id=desk.shop_id)
    there = [
        people.opened(means.vault, person_id=row.person_id, name=row.name, email=row.email)
        for row in rows
    ]
    systems = {keys.actor_of(key.key_id): key.name for key in held}
    return systems | {person.actor: person.name for person in [*there, desk.person]}


def _view(
    desk: Desk, whole: OnePayment, colleagues: Mapping[str, str], *, said: Pill | None
) -> PaymentPage:
    row, visit, sums = whole.payment, whole.visit, whole.breakdown
    shown = ids.show("pay", row.payment_id)
    client = whole.client
    return PaymentPage(
        title=shown,
        zone=desk.shop.time_zone,
        id=shown,
        back=payments.back(desk),
        status=words.STATUS[whole.status],
        amount=sums.amount,
        paid=row.state is PaymentState.CAPTURED,
        service=sums.service,
        tax=sums.tax,
        tip=sums.tip,
        tax_name=desk.shop.tax_name,
        settled=sums.settled,
        refunded=sums.refunds,
        waiting=tuple(
            WaitingLine(words.WAITING[one.for_], one.amount, one.since) for one in sums.waiting
        ),
        declined=_declined(whole),
        sold=visit.service_name,
        barber=visit.barber_name,
        starts_at=visit.starts_at,
        client=client.name if client else None,
        email=client.email if client else None,
        card=words.card(row.card_brand, row.card_last4),
        purpose=words.purpose(row.purpose),
        moments=tuple(_moments(whole, colleagues)),
        refunds=tuple(_refund(desk, whole, one) for one in whole.refunds),
        entries=tuple(_entry(one) for one in whole.entries),
        events=tuple(
            EventLine(e.event_id, e.type, e.received_at, words.EVENTS[e.state], e.failure or "")
            for e in whole.events
        ),
        evidence=whole.evidence if desk.may(May.REFUND) else None,
        references=tuple(_references(whole)),
        receipt=_receipt(desk, whole),
        visit=f"{desk.base}/visits/{ids.show('apt', row.appointment_id)}",
        said=said,
    )


def _declined(whole: OnePayment) -> str:
    code = whole.payment.decline_code
    return words.in_words(code) if code and whole.status is Status.DECLINED else ""


def _receipt(desk: Desk, whole: OnePayment) -> str:
    """What the client was given, without what the client may do there."""
    if whole.payment.state is not PaymentState.CAPTURED:
        return ""
    key, about = desk.house.context.means.link_key, whole.payment.appointment_id
    return f"/receipt/{links.sign(key, RECEIPT, desk.shop_id, about)}"


def _moments(whole: OnePayment, colleagues: Mapping[str, str]) -> Iterable[Moment]:
    """The steps, newest first; Stripe's events have a list of their own."""
    for step in reversed(whole.timeline):
        if step.source is not Source.STRIPE:
            yield _moment(step, colleagues)


def _moment(step: Step, colleagues: Mapping[str, str]) -> Moment:
    facts = step.facts
    reason = facts.get("decline_code") or facts.get("failure")
    note = words.LETTER_STATES.get(str(facts.get("state"))) if step.source is Source.LETTER else ""
    return Moment(
        at=step.at,
        act=words.act(step.what),
        by=_by(step.actor, colleagues),
        amount=_amount(facts),
        reason=words.in_words(str(reason)) if reason else "",
        note=note or "",
    )


def _by(actor: str | None, colleagues: Mapping[str, str]) -> str:
    if actor is None:
        return ""
    kind, _, name = actor.partition(":")
    return colleagues.get(actor) or words.ACTORS.get(kind) or name or kind


def _amount(facts: Mapping[str, object]) -> Money | None:
    """The amount that an act was about, however it was written down."""
    for told in (facts, *(facts.get(name) for name in ("net", "due", "refund"))):
        if isinstance(told, Mapping) and isinstance(minor := told.get("amount"), int):
            return Money(minor, currency(str(told["currency"])))
    return None


def _refund(desk: Desk, whole: OnePayment, one: Refund) -> RefundLine:
    shown = ids.show("ref", one.refund_id)
    owed = one.state is RefundState.FAILED and desk.may(May.REFUND)
    return RefundLine(
        id=shown,
        state=words.REFUND[one.state],
        amount=Money(one.amount, currency(one.currency)),
        reason=WHY[one.reason],
        note=one.note,
        failure=words.in_words(one.failure) if one.failure else "",
        asked_at=one.requested_at,
        again=f"{_address(desk, whole)}/refunds/{shown}/send-again{payments.query(desk)}"
        if owed
        else "",
        ticket=new_ticket() if owed else "",
    )


def _entry(one: Booked) -> EntryLine:
    return EntryLine(
        words.ENTRIES.get(one.kind, words.in_words(one.kind)),
        one.effective_at,
        tuple(_posting(line.account, line.side, line.amount) for line in one.postings),
    )


def _posting(account: Account, side: Side, amount: Money) -> PostingLine:
    left = side is Side.DEBIT
    return PostingLine(words.ACCOUNTS[account], amount if left else None, None if left else amount)


def _references(whole: OnePayment) -> Iterable[tuple[str, str]]:
    row = whole.payment
    told = (
        ("Payment", ids.show("pay", row.payment_id)),
        ("Booking", ids.show("apt", row.appointment_id)),
        ("PaymentIntent", row.intent_id),
        ("Checkout", row.checkout_id),
        ("Charge", row.charge_id),
        ("Stripe account", row.stripe_account),
    )
    return ((name, value) for name, value in told if value)


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", "/desk/{shop}/payments/{payment}", page),
    ("POST", "/desk/{shop}/payments/{payment}/refunds/{refund}/send-again", send_again),
)
