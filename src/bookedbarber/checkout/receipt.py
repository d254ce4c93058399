"""What one visit came to: the one place for the sums that pages, API and letters show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bookedbarber import ids, links
from bookedbarber.booking import policy
from bookedbarber.booking import queries as booking
from bookedbarber.booking.policy import Moved, Terms
from bookedbarber.booking.queries import Appointment, Move
from bookedbarber.booking.states import AppointmentState, CancelledBy
from bookedbarber.checkout import shares, standing
from bookedbarber.checkout.cancel import AppointmentUnknown
from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import Money, currency, total
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import PaymentState, Purpose, RefundReason, RefundState
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop
from bookedbarber.vault import people
from bookedbarber.vault.people import PersonForgotten

MANAGE: Final = "manage"  # the kind of link that a client gets to one visit
MINE: Final = "my"  # and that to all of theirs in a shop, which ends
LASTS: Final = timedelta(days=1)
LASTS_AFTER: Final = timedelta(days=30)
_TO_COME: Final = frozenset({PaymentState.PENDING, PaymentState.OPEN, PaymentState.PROCESSING})
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Guest:
    """Who booked, opened from the vault; who walked in may have left no address."""

    name: str
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment, whatever became of it."""

    payment_id: UUID
    purpose: Purpose
    state: PaymentState
    parts: Parts
    card_brand: str | None
    card_last4: str | None
    decline_code: str | None
    created_at: datetime
    captured_at: datetime | None

    @property
    def amount(self) -> Money:
        """What it collects, or collected."""
        return self.parts.total


@dataclass(frozen=True, slots=True)
class RefundLine:
    """One refund, whatever became of it; `asked_at` is when it was last asked for, later than
    `requested_at` where it came back and was sent again."""

    refund_id: UUID
    payment_id: UUID
    state: RefundState
    parts: Parts
    reason: RefundReason
    note: str
    failure: str | None
    requested_at: datetime
    asked_at: datetime
    settled_at: datetime | None

    @property
    def amount(self) -> Money:
        """What it gives back."""
        return self.parts.total


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums. `kept` is `paid` less `refunded`: what is with the shop, or promised to it.

    `refunded` counts every refund that stands, also one on its way, and one that the client's
    bank sent back, since it is still owed. While a visit is held, confirmed or checked in, `kept`,
    `due_now` and `due_at_shop` add up to `total` less what was given back out of goodwill, or
    `kept` alone is more (then a refund was undone).
    """

    total: Money
    paid: Money
    refunded: Money
    returned: Money
    due_now: Money
    due_at_shop: Money

    @property
    def kept(self) -> Money:
        """What was paid and does not go back."""
        return self.paid - self.refunded


@dataclass(frozen=True, slots=True)
class Links:
    """Where the client finds the visit again, without an account. `mine` opens all their visits in
    the shop until `LASTS_AFTER` this one, `mine_asked` for `LASTS`: for letters alone, which go to
    the client's own address."""

    manage: str
    receipt: str
    calendar: str
    book: str
    mine: str
    mine_asked: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A visit as it stood at `as_of`; `guest` is None once the client was forgotten.

    `number` and `issued_at` are None until something was paid. Cancelling is free for the client
    until `free_until`; after that, and until the visit begins, `late_fee` is kept. `moves` tells
    where it was before, the first move first.
    """

    shop: Shop
    appointment_id: UUID
    state: AppointmentState
    barber_id: UUID
    barber: str
    service_id: UUID
    service: str
    starts_at: datetime
    ends_at: datetime
    held_until: datetime | None
    booked_at: datetime
    closed_at: datetime | None
    cancelled_by: CancelledBy | None
    arrived_at: datetime | None
    walk_in: bool
    locale: str
    terms_version: int
    tax_basis_points: int
    guest: Guest | None
    sold: Parts
    deposit: Money
    payments: tuple[PaymentLine, ...]
    refunds: tuple[RefundLine, ...]
    figures: Figures
    moves: tuple[Move, ...]
    free_until: datetime
    late_fee: Money
    number: str | None
    issued_at: datetime | None
    links: Links
    as_of: datetime

    @property
    def price(self) -> Money:
        """The price with its tax, without the tip."""
        return self.sold.service + self.sold.tax

    @property
    def collected(self) -> tuple[PaymentLine, ...]:
        """The payments that arrived."""
        return tuple(p for p in self.payments if p.state is PaymentState.CAPTURED)

    @property
    def standing(self) -> tuple[RefundLine, ...]:
        """The refunds that were neither refused nor withdrawn."""
        return tuple(r for r in self.refunds if r.state not in shares.UNDONE)


async def load(means: Means, *, shop_id: UUID, appointment_id: UUID, now: datetime) -> Receipt:
    """Everything about one visit, from one snapshot of the database.

    Raises AppointmentUnknown.
    """
    async with means.database.tenant(shop_id) as db:
        # Several statements, one picture: a payment settled in between would not add up.
        await db.execute("set transaction isolation level repeatable read, read only")
        visit = await booking.load_appointment(db, shop_id=shop_id, appointment_id=appointment_id)
        if visit is None:
            raise AppointmentUnknown
        shop = await shops.load_shop_as_agreed(
            db, shop_id=shop_id, terms_version=visit.terms_version
        )
        if shop is None:
            raise LookupError(shop_id)
        collected = await payments.list_payments(db, shop_id=shop_id, appointment_id=appointment_id)
        given_back = await payments.list_refunds(db, shop_id=shop_id, appointment_id=appointment_id)
        moves = await booking.list_moves(db, shop_id=shop_id, appointment_id=appointment_id)
        stands = await standing.of(db, shop_id=shop_id, visit=visit)
        guest = await _guest(db, means, shop_id, visit)
    return _receipt(
        means,
        shop,
        visit,
        guest=guest,
        moves=tuple(moves),
        collected=tuple(payment_line(p) for p in collected),
        given_back=tuple(refund_line(r) for r in given_back),
        owed=stands.receivable,
        now=now,
    )


def figures(
    *,
    state: AppointmentState,
    sold: Parts,
    payments: Iterable[PaymentLine],
    refunds: Iterable[RefundLine],
    owed: Money,
) -> Figures:
    """The sums of a visit. `owed` is what the books say that the client owes for it.

    Before the visit is done, what was not paid and kept is due; after it, the books know.
    """
    code = owed.currency
    nothing = Money.zero(code)
    lines, stand = tuple(payments), [r for r in refunds if r.state not in shares.UNDONE]
    paid = total((p.amount for p in lines if p.state is PaymentState.CAPTURED), code)
    refunded = total((r.amount for r in stand), code)
    returned = total((r.amount for r in stand if r.state is RefundState.SUCCEEDED), code)
    forgiven = total((r.amount for r in stand if r.reason is RefundReason.GOODWILL), code)
    left = max(sold.total - forgiven - (paid - refunded), nothing)
    due_now = due_at_shop = nothing
    match state:
        case AppointmentState.HELD:
            to_come = total((p.amount for p in lines if p.state in _TO_COME), code)
            due_now = min(to_come, left)
            due_at_shop = left - due_now
        case AppointmentState.CONFIRMED | AppointmentState.ARRIVED:
            due_at_shop = left
        case AppointmentState.COMPLETED:
            due_at_shop = max(owed, nothing)
        case AppointmentState.CANCELLED | AppointmentState.NO_SHOW | AppointmentState.EXPIRED:
            pass
    return Figures(sold.total, paid, refunded, returned, due_now, due_at_shop)


def number(payment_id: UUID) -> str:
    """The receipt's number: the last twelve characters of its first payment's shown id.

    Sixty random bits, so that no two receipts share one and none tells how many there are. A
    receipt is no tax invoice: no law asks for numbers without gaps here, and a counter would
    make every payment of a shop wait for the one before.
    """
    tail = ids.show("pay", payment_id)[-12:].upper()
    return "-".join((tail[:4], tail[4:8], tail[8:]))


async def _guest(db: Connection, means: Means, shop_id: UUID, visit: Appointment) -> Guest | None:
    client = await shops.load_client(db, shop_id=shop_id, client_id=visit.client_id)
    who = {"shop_id": shop_id, "subject_id": client.client_id}
    try:
        person = await people.load(db, means.vault, **who, key_id=visit.key_id)
        owner = person
        if client.key_id != visit.key_id:
            owner = await people.load(db, means.vault, **who, key_id=client.key_id)
    except PersonForgotten:
        return None

    def opened(column: str, sealed: bytes) -> str:
        return person.open("appointments", column, visit.appointment_id, sealed)

    return Guest(
        name=opened("guest_name", visit.guest_name),
        email=owner.open("clients", "email", client.client_id, client.email)
        if client.email
        else None,
        phone=opened("guest_phone", visit.guest_phone) if visit.guest_phone else None,
    )


def _receipt(
    means: Means,
    shop: Shop,
    visit: Appointment,
    *,
    guest: Guest | None,
    moves: tuple[Move, ...],
    collected: tuple[PaymentLine, ...],
    given_back: tuple[RefundLine, ...],
    owed: Money,
    now: datetime,
) -> Receipt:
    sold = parts(visit.service_amount, visit.tax_amount, visit.tip_amount, visit.currency)
    deposit = Money(visit.deposit_amount, currency(visit.currency))
    paid = _at_stake(visit.state, collected, given_back, deposit)
    terms = _late(shop, visit.starts_at, moves, deposit=deposit, paid=paid)
    first = min(((p.captured_at, p.payment_id) for p in collected if p.captured_at), default=None)
    return Receipt(
        shop=shop,
        appointment_id=visit.appointment_id,
        state=visit.state,
        barber_id=visit.barber_id,
        barber=visit.barber_name,
        service_id=visit.service_id,
        service=visit.service_name,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        held_until=visit.held_until,
        booked_at=visit.booked_at,
        closed_at=visit.closed_at,
        cancelled_by=visit.cancelled_by,
        arrived_at=visit.arrived_at,
        walk_in=visit.walk_in,
        locale=visit.locale,
        terms_version=visit.terms_version,
        tax_basis_points=visit.tax_basis_points,
        guest=guest,
        sold=sold,
        deposit=deposit,
        payments=collected,
        refunds=given_back,
        figures=figures(
            state=visit.state, sold=sold, payments=collected, refunds=given_back, owed=owed
        ),
        moves=moves,
        free_until=terms.free_until,
        late_fee=terms.kept,
        number=number(first[1]) if first else None,
        issued_at=first[0] if first else None,
        links=_links(means, shop, visit, now=now),
        as_of=now,
    )


def late_fee(shown: Receipt, starts_at: datetime, moves: Sequence[Moved]) -> Money:
    """What would be kept of the client who cancels at the last moment, had the visit been moved
    there by these moves."""
    paid = _at_stake(shown.state, shown.payments, shown.refunds, shown.deposit)
    return _late(shown.shop, starts_at, moves, deposit=shown.deposit, paid=paid).kept


def _late(
    shop: Shop, starts_at: datetime, moves: Sequence[Moved], *, deposit: Money, paid: Money
) -> Terms:
    """What cancelling means to the client in the last moment before the visit begins."""
    return policy.cancellation(
        shop,
        by=CancelledBy.CLIENT,
        starts_at=starts_at,
        deposit=deposit,
        paid=paid,
        now=starts_at - _MOMENT,
        moves=moves,
    )


def _at_stake(
    state: AppointmentState,
    collected: Sequence[PaymentLine],
    given_back: Sequence[RefundLine],
    deposit: Money,
) -> Money:
    """What was paid without the tip, or is about to be, less what went back."""
    to_come = _TO_COME if state is AppointmentState.HELD else frozenset()
    counted = {PaymentState.CAPTURED, *to_come}
    code = deposit.currency
    came = total((p.amount - p.parts.tip for p in collected if p.state in counted), code)
    went = total((r.amount - r.parts.tip for r in given_back if r.state not in shares.UNDONE), code)
    return came - went


def _links(means: Means, shop: Shop, visit: Appointment, *, now: datetime) -> Links:
    signed = links.sign(means.link_key, MANAGE, shop.shop_id, visit.appointment_id)

    def mine(ends_at: datetime) -> str:
        link = links.sign_until(means.link_key, MINE, shop.shop_id, visit.client_id, ends_at)
        return f"{means.site_url}/my/{link}"

    return Links(
        manage=f"{means.site_url}/manage/{signed}",
        receipt=f"{means.site_url}/receipt/{signed}",
        calendar=f"{means.site_url}/calendar/{signed}.ics",
        book=f"{means.site_url}/b/{shop.slug}",
        mine=mine(visit.ends_at + LASTS_AFTER),
        mine_asked=mine(now + LASTS),
    )


def payment_line(row: payments.Payment) -> PaymentLine:
    """A payment as a line of a receipt."""
    return PaymentLine(
        payment_id=row.payment_id,
        purpose=row.purpose,
        state=row.state,
        parts=parts(row.service_amount, row.tax_amount, row.tip_amount, row.currency),
        card_brand=row.card_brand,
        card_last4=row.card_last4,
        decline_code=row.decline_code,
        created_at=row.created_at,
        captured_at=row.captured_at,
    )


def refund_line(row: payments.Refund) -> RefundLine:
    """A refund as a line of a receipt."""
    return RefundLine(
        refund_id=row.refund_id,
        payment_id=row.payment_id,
        state=row.state,
        parts=parts(row.service_amount, row.tax_amount, row.tip_amount, row.currency),
        reason=row.reason,
        note=row.note,
        failure=row.failure,
        requested_at=row.requested_at,
        asked_at=row.asked_at,
        settled_at=row.settled_at,
    )


def parts(service: int, tax: int, tip: int, code: str) -> Parts:
    """Three amounts of a row, in its currency."""
    of = currency(code)
    return Parts(Money(service, of), Money(tax, of), Money(tip, of))
