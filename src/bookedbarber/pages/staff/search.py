"""`/desk/{shop}/search`: everything of a shop by what somebody has in hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access.roles import May
from bookedbarber.booking.states import AppointmentState
from bookedbarber.lookup import search
from bookedbarber.lookup.filters import PaymentFilter
from bookedbarber.lookup.search import Found
from bookedbarber.money import Money, currency
from bookedbarber.pages.staff import places, words
from bookedbarber.pages.staff.day_words import STATES
from bookedbarber.pages.staff.payments import Row, look_of, row
from bookedbarber.pages.staff.places import Place
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.words import Pill

LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class BookingHit:
    """A booking that was found."""

    href: str
    client: str | None
    service: str
    barber: str
    starts_at: datetime
    state: Pill


@dataclass(frozen=True, slots=True)
class RefundHit:
    """A refund that was found; it is shown with its payment."""

    href: str
    id: str
    amount: Money
    at: datetime
    state: Pill


@dataclass(frozen=True, slots=True)
class NameHit:
    """A barber, a service or a client that was found, and their payments."""

    href: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found for `asked`, kind by kind; `all_payments` leads to more of them."""

    template: ClassVar[str] = "staff/search.html"
    room: ClassVar[str] = ""
    title: str
    zone: str
    asked: str
    payments: tuple[Row, ...]
    all_payments: str
    bookings: tuple[BookingHit, ...]
    refunds: tuple[RefundHit, ...]
    client: NameHit | None
    barbers: tuple[NameHit, ...]
    services: tuple[NameHit, ...]
    places: tuple[Place, ...]

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to show."""
        return not (
            self.payments
            or self.bookings
            or self.refunds
            or self.barbers
            or self.services
            or self.places
        )


@room(May.SEE_PAYMENTS)
async def page(request: Request, desk: Desk) -> Response:
    """Everything that was found."""
    asked = request.query_params.get("q", "")[:LONGEST].strip()
    look = look_of(desk, PaymentFilter())
    found = await search.find(desk.house.context.means, look, asked)
    return desk.page(_view(desk, asked, found))


def _view(desk: Desk, asked: str, found: Found) -> SearchPage:
    payments = f"{desk.base}/payments"
    every = f"{payments}?{urlencode({'q': asked})}"
    client = found.client
    return SearchPage(
        title=asked or "Search",
        zone=desk.shop.time_zone,
        asked=asked,
        payments=tuple(row(desk, one) for one in found.payments),
        all_payments=every if found.more_payments else "",
        bookings=tuple(_bookings(desk, found)),
        refunds=tuple(_refunds(desk, found)),
        client=NameHit(every, client.name or client.email) if client else None,
        barbers=tuple(
            NameHit(f"{payments}?barber={ids.show('bar', one.id)}", one.name, one.active)
            for one in found.barbers
        ),
        services=tuple(
            NameHit(f"{payments}?service={ids.show('svc', one.id)}", one.name, one.active)
            for one in found.services
        ),
        places=places.find(desk, asked),
    )


def _bookings(desk: Desk, found: Found) -> Iterable[BookingHit]:
    for hit in found.bookings:
        yield BookingHit(
            href=f"{desk.base}/visits/{ids.show('apt', hit.row.appointment_id)}",
            client=hit.client,
            service=hit.row.service,
            barber=hit.row.barber,
            starts_at=hit.row.starts_at,
            state=STATES[AppointmentState(hit.row.state)],
        )


def _refunds(desk: Desk, found: Found) -> Iterable[RefundHit]:
    for one in found.refunds:
        yield RefundHit(
            href=f"{desk.base}/payments/{ids.show('pay', one.payment_id)}",
            id=ids.show("ref", one.refund_id),
            amount=Money(one.amount, currency(one.currency)),
            at=one.requested_at,
            state=words.REFUND[one.state],
        )


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (("GET", "/desk/{shop}/search", page),)
