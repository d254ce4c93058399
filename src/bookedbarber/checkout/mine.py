"""All the bookings of one client in one shop, behind a link that ends.

Kept true here: whoever asks for the link learns nothing but that they asked; it goes to the
client's own address. What it opens shows visits and sums, and nothing that tells who the client is.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids, links
from bookedbarber.booking import queries as booking
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.states import OPEN, AppointmentState
from bookedbarber.checkout import receipt
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.receipt import MINE, Figures, PaymentLine, RefundLine
from bookedbarber.checkout.work import WorkKind
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.jobs import queue
from bookedbarber.jobs.queue import Work
from bookedbarber.ledger import queries as ledger
from bookedbarber.ledger.chart import Account
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import PaymentState
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop

PAGE: Final = 50
TO_COME: Final = frozenset({AppointmentState.HELD, *OPEN})


class LinkEnded(Refused):
    """The link opened what it names until some time ago; `shop` says where to ask for a new one."""

    code: ClassVar[str] = "link_ended"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit and its sums."""

    appointment: Appointment
    figures: Figures
    collected: bool


@dataclass(frozen=True, slots=True)
class Mine:
    """A client's visits: those to come, the next first, and those that are past, the latest first.
    `before` asks for older ones, None when there are none."""

    shop: Shop
    coming: tuple[Visit, ...]
    past: tuple[Visit, ...]
    before: UUID | None


async def ask(means: Means, *, shop_id: UUID, email: str, now: datetime) -> None:
    """Have a link sent to this address, if the shop knows it; whether it does, not even the time
    that this takes tells. Raises EmailInvalid."""
    index = means.vault.index_email(shop_id, email)
    async with means.database.tenant(shop_id) as db:
        known = await shops.find_client(db, shop_id=shop_id, email_index=index)
        occasion = ids.new(now)
        # Work for nobody is asked for as well, and ends where it finds that out.
        work = Work(WorkKind.TELL_MINE, known or occasion, now, f"{WorkKind.TELL_MINE}:{occasion}")
        await queue.enqueue(db, work, shop_id=shop_id, now=now)


async def load(means: Means, *, link: object, before: UUID | None, now: datetime) -> Mine:
    """What a link opens: a page of the client's visits, older than `before` where that is given.

    A time that was held and never paid is none of them. Raises LinkInvalid, LinkEnded.
    """
    opened = links.open_until(means.link_key, MINE, link)
    async with means.database.tenant(opened.shop_id) as db:
        await db.execute("set transaction isolation level repeatable read, read only")
        shop = await shops.load_shop(db, shop_id=opened.shop_id)
        if shop is None:
            raise links.LinkInvalid
        if now >= opened.ends_at:
            raise LinkEnded("Ask for a new link.", shop=shop.slug)
        rows = await booking.list_of_client(
            db,
            shop_id=opened.shop_id,
            client_id=opened.object_id,
            before=before,
            page=PAGE + 1,
        )
        visits = await _with_sums(db, opened.shop_id, rows[:PAGE])
    return _sorted(shop, visits, rows, now=now)


def _sorted(
    shop: Shop, visits: Sequence[Visit], rows: Sequence[Appointment], *, now: datetime
) -> Mine:
    shown = [visit for visit in visits if visit.collected or _stands(visit.appointment, now)]
    coming = [v for v in shown if _to_come(v.appointment, now)]
    return Mine(
        shop,
        coming=tuple(reversed(coming)),
        past=tuple(visit for visit in shown if visit not in coming),
        before=rows[PAGE - 1].appointment_id if len(rows) > PAGE else None,
    )


def _stands(visit: Appointment, now: datetime) -> bool:
    """Whether it was ever more than a time that was held, or is held still."""
    if visit.state is AppointmentState.HELD:
        return visit.held_until is not None and visit.held_until > now
    return visit.state is not AppointmentState.EXPIRED


def _to_come(visit: Appointment, now: datetime) -> bool:
    return visit.state in TO_COME and visit.ends_at > now


async def _with_sums(db: Connection, shop_id: UUID, visits: Sequence[Appointment]) -> list[Visit]:
    """These visits with their sums, in a handful of queries for all."""
    visit_ids = [visit.appointment_id for visit in visits]
    paid = defaultdict[UUID, list[PaymentLine]](list)
    back = defaultdict[UUID, list[RefundLine]](list)
    paid_for = {}
    for payment in await payments.payments_of(db, shop_id=shop_id, appointment_ids=visit_ids):
        paid[payment.appointment_id].append(receipt.payment_line(payment))
        paid_for[payment.payment_id] = payment.appointment_id
    for refund in await payments.refunds_of(db, shop_id=shop_id, payment_ids=list(paid_for)):
        back[paid_for[refund.payment_id]].append(receipt.refund_line(refund))
    items = [ids.show("apt", visit_id) for visit_id in visit_ids]
    owed = await ledger.open_on_items(
        db, shop_id=shop_id, account=Account.RECEIVABLE_FROM_CLIENT, items=items
    )
    debts = {line.item: line.open for line in owed}
    return [
        _visit(visit, paid[visit.appointment_id], back[visit.appointment_id], debts.get(item, 0))
        for item, visit in zip(items, visits, strict=True)
    ]


def _visit(
    visit: Appointment, paid: Sequence[PaymentLine], back: Sequence[RefundLine], owed: int
) -> Visit:
    sums = receipt.figures(
        state=visit.state,
        sold=receipt.parts(
            visit.service_amount, visit.tax_amount, visit.tip_amount, visit.currency
        ),
        payments=paid,
        refunds=back,
        owed=Money(owed, currency(visit.currency)),
    )
    return Visit(visit, sums, any(p.state is PaymentState.CAPTURED for p in paid))
