"""A page of payments, newest first, by a filter: the same for people, programs and files."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber import ids
from bookedbarber.booking import calendar
from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection
from bookedbarber.lookup import queries, terms
from bookedbarber.lookup.filters import PaymentFilter
from bookedbarber.lookup.queries import Listed
from bookedbarber.lookup.terms import Term, TermKind
from bookedbarber.lookup.words import Status
from bookedbarber.money import Money, currency
from bookedbarber.payments.states import Purpose
from bookedbarber.vault import Vault, people

FIRST: Final = UUID(int=0)
LAST: Final = UUID(int=2**128 - 1)
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """One payment of a list; `client` is the name that was given, None once they were forgotten."""

    row: Listed
    client: str | None

    @property
    def amount(self) -> Money:
        """What it collects, or collected."""
        return self._money(self.row.amount)

    @property
    def tip(self) -> Money:
        """The tip within it."""
        return self._money(self.row.tip_amount)

    @property
    def refunded(self) -> Money:
        """What of it goes back, or went."""
        return self._money(self.row.refunding)

    def _money(self, minor: int) -> Money:
        return Money(minor, currency(self.row.currency))


@dataclass(frozen=True, slots=True)
class Page:
    """A page, newest first. `older` is where the next one goes on, and `newer` where the one
    before it ends; None where there is none."""

    payments: tuple[Shown, ...]
    older: UUID | None
    newer: UUID | None


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks for what: a filter in one shop, and the barber beyond whom nothing is seen."""

    shop_id: UUID
    zone: ZoneInfo
    of: str
    filter: PaymentFilter
    only_barber: UUID | None = None


class _Conditions(TypedDict):
    shop_id: UUID
    only_barber: UUID | None
    status: Status | None
    purpose: Purpose | None
    barber_id: UUID | None
    service_id: UUID | None
    least: int | None
    most: int | None
    exact: int | None
    last4: str | None
    appointment_id: UUID | None
    refund_id: UUID | None
    email_index: bytes | None
    stripe_id: str | None


async def page(
    means: Means, look: Look, *, size: int, before: UUID | None = None, after: UUID | None = None
) -> Page:
    """At most `size` payments: the newest, those older than `before`, or those newer than `after`
    (the nearest to it)."""
    low, high = _bounds(look)
    asked = _conditions(look, means.vault)
    async with means.database.tenant(look.shop_id) as db:
        await plan_for_these_values(db)
        if after is not None:
            found = await queries.newer(
                db, low=max(low, _next(after)), high=high, page=size + 1, **asked
            )
            shown, more = found[:size][::-1], len(found) > size
            return await _opened(db, means, look, shown, older=True, newer=more)
        until = min(high, before) if before else high
        found = (await queries.older(db, low=low, high=until, page=size + 1, **asked))[::-1]
        shown, more = found[:size], len(found) > size
        return await _opened(db, means, look, shown, older=more, newer=before is not None)


async def everything(
    means: Means, look: Look, *, now: datetime, batch: int = BATCH
) -> AsyncIterator[list[Shown]]:
    """Every payment that matches and was begun by `now`, newest first, a batch at a time, each
    read in a transaction of its own."""
    asked = _conditions(look, means.vault)
    low, high = _bounds(look)
    high = min(high, _next(ids.new(now, lambda size: b"\xff" * size)))
    while True:
        async with means.database.tenant(look.shop_id) as db:
            await plan_for_these_values(db)
            rows = (await queries.older(db, low=low, high=high, page=batch, **asked))[::-1]
            shown = await _with_clients(db, means.vault, look.shop_id, rows)
        if shown:
            yield shown
        if len(rows) < batch:
            return
        high = rows[-1].payment_id


async def plan_for_these_values(db: Connection) -> None:
    """Have each statement of this transaction planned for the values it has: a filter that is not
    set costs nothing then, and one that is finds its index."""
    await db.execute("set local plan_cache_mode = force_custom_plan")


def _bounds(look: Look) -> tuple[UUID, UUID]:
    """The payments of the filter's days, and of its term where that begins their ids."""
    low, high = FIRST, LAST
    if look.filter.since:
        low = _first_of(calendar.bounds(look.filter.since, look.zone)[0])
    if look.filter.until:
        high = _first_of(calendar.bounds(look.filter.until, look.zone)[1])
    term = _term(look)
    return (max(low, term.low), min(high, term.high)) if term else (low, high)


def _first_of(instant: datetime) -> UUID:
    """The least identifier that can be made from an instant on."""
    return ids.new(instant, bytes)


def _next(one: UUID) -> UUID:
    return UUID(int=min(one.int + 1, LAST.int))


def _term(look: Look) -> Term | None:
    return terms.read(look.filter.term, currency(look.of)) if look.filter.term else None


def _conditions(look: Look, vault: Vault) -> _Conditions:
    asked, term = look.filter, _term(look) or Term(TermKind.PAYMENT)
    return {
        "shop_id": look.shop_id,
        "only_barber": look.only_barber,
        "status": asked.state,
        "purpose": asked.purpose,
        "barber_id": asked.barber,
        "service_id": asked.service,
        "least": asked.least.minor if asked.least else None,
        "most": asked.most.minor if asked.most else None,
        "exact": term.exact,
        "last4": term.last4,
        "appointment_id": term.booking,
        "refund_id": term.refund,
        "email_index": vault.index_email(look.shop_id, term.email) if term.email else None,
        "stripe_id": term.stripe,
    }


async def _opened(
    db: Connection, means: Means, look: Look, rows: Sequence[Listed], *, older: bool, newer: bool
) -> Page:
    shown = await _with_clients(db, means.vault, look.shop_id, rows)
    return Page(
        tuple(shown),
        older=rows[-1].payment_id if rows and older else None,
        newer=rows[0].payment_id if rows and newer else None,
    )


async def _with_clients(
    db: Connection, vault: Vault, shop_id: UUID, rows: Sequence[Listed]
) -> list[Shown]:
    """The rows with the names of those who came, opened with one query for all."""
    keys = {(row.client_id, row.key_id) for row in rows}
    known = await people.load_all(db, vault, shop_id=shop_id, keys=keys)

    def name(row: Listed) -> str | None:
        person = known.get((row.client_id, row.key_id))
        if person is None:
            return None
        return person.open("appointments", "guest_name", row.appointment_id, row.guest_name)

    return [Shown(row, name(row)) for row in rows]
