"""One box that finds everything of a shop by what somebody has in hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection
from bookedbarber.lookup import listing, queries, terms
from bookedbarber.lookup.filters import PaymentFilter
from bookedbarber.lookup.listing import Look, Shown
from bookedbarber.lookup.queries import FoundBooking, FoundRefund, Named
from bookedbarber.lookup.terms import Term, TermKind, TermUnreadable
from bookedbarber.money import currency
from bookedbarber.vault import people

MOST: Final = 6


@dataclass(frozen=True, slots=True)
class BookingHit:
    """A booking that was found; `client` is None once they were forgotten."""

    row: FoundBooking
    client: str | None


@dataclass(frozen=True, slots=True)
class ClientHit:
    """The client behind an address, by the name of their latest visit, and where all theirs are."""

    client_id: UUID
    name: str | None
    email: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, kind by kind; of payments and bookings the latest few, and whether there
    are more payments."""

    term: TermKind | None
    payments: tuple[Shown, ...] = ()
    more_payments: bool = False
    bookings: tuple[BookingHit, ...] = ()
    refunds: tuple[FoundRefund, ...] = ()
    client: ClientHit | None = None
    barbers: tuple[Named, ...] = ()
    services: tuple[Named, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing at all was found."""
        return not (self.payments or self.bookings or self.refunds or self.barbers or self.services)


async def find(means: Means, look: Look, text: str) -> Found:
    """Everything that the text names, within what the look may see. Its filter is not used."""
    text = text.strip()
    if not text:
        return Found(None)
    async with means.database.tenant(look.shop_id) as db:
        barbers = _named(await queries.barbers_named(db, shop_id=look.shop_id), text)
        services = _named(await queries.services_named(db, shop_id=look.shop_id), text)
    own = tuple(one for one in barbers if look.only_barber in (None, one.id))
    try:
        term = terms.read(text, currency(look.of))
    except TermUnreadable:
        return Found(None, barbers=own, services=services)
    asked = Look(look.shop_id, look.zone, look.of, PaymentFilter(term=text), look.only_barber)
    page = await listing.page(means, asked, size=MOST)
    async with means.database.tenant(look.shop_id) as db:
        await listing.plan_for_these_values(db)
        bookings = await _bookings(db, means, look, term)
        refunds = await _refunds(db, look, term)
    return Found(
        term.kind,
        payments=page.payments,
        more_payments=page.older is not None,
        bookings=bookings,
        refunds=refunds,
        client=_client(bookings, term),
        barbers=own,
        services=services,
    )


def _named(rows: Iterable[Named], text: str) -> tuple[Named, ...]:
    wanted = text.casefold()
    return tuple(row for row in rows if wanted in row.name.casefold())


async def _bookings(db: Connection, means: Means, look: Look, term: Term) -> tuple[BookingHit, ...]:
    if term.booking is None and term.email is None:
        return ()
    index = means.vault.index_email(look.shop_id, term.email) if term.email else None
    rows = await queries.bookings_found(
        db,
        shop_id=look.shop_id,
        only_barber=look.only_barber,
        appointment_id=term.booking,
        email_index=index,
        page=MOST,
    )
    keys = {(row.client_id, row.key_id) for row in rows}
    known = await people.load_all(db, means.vault, shop_id=look.shop_id, keys=keys)

    def name(row: FoundBooking) -> str | None:
        person = known.get((row.client_id, row.key_id))
        if person is None:
            return None
        return person.open("appointments", "guest_name", row.appointment_id, row.guest_name)

    return tuple(BookingHit(row, name(row)) for row in rows)


async def _refunds(db: Connection, look: Look, term: Term) -> tuple[FoundRefund, ...]:
    if term.refund is None and term.stripe is None:
        return ()
    return tuple(
        await queries.refunds_found(
            db,
            shop_id=look.shop_id,
            only_barber=look.only_barber,
            refund_id=term.refund,
            stripe_id=term.stripe,
        )
    )


def _client(bookings: tuple[BookingHit, ...], term: Term) -> ClientHit | None:
    """Whoever may see none of a client's visits is not told that there is such a client."""
    if term.email is None or not bookings:
        return None
    return ClientHit(bookings[0].row.client_id, bookings[0].client, term.email)
