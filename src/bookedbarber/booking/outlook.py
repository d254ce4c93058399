"""What is still to come in a shop, and how much of it lies outside the hours as they are now.

Changing hours never moves a visit; whoever changes them is told how many they left outside.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bookedbarber.booking import availability, queries
from bookedbarber.booking.availability import BarberTimes, Hours, ShopTimes, Sitting, Span
from bookedbarber.booking.queries import ToCome
from bookedbarber.database import Connection
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop


@dataclass(frozen=True, slots=True)
class Outlook:
    """The visits to come, and those of them that lie outside the present hours."""

    to_come: tuple[ToCome, ...]
    outside: tuple[ToCome, ...]

    def of_barber(self, barber_id: UUID) -> "Outlook":
        """What one barber has to do."""
        return Outlook(
            tuple(visit for visit in self.to_come if visit.barber_id == barber_id),
            tuple(visit for visit in self.outside if visit.barber_id == barber_id),
        )

    def of_service(self, service_id: UUID) -> int:
        """How many of the visits are of one service."""
        return sum(visit.service_id == service_id for visit in self.to_come)


async def look(db: Connection, shop: Shop, *, now: datetime) -> Outlook:
    """The visits of a shop that are still to come."""
    visits = await queries.to_come(db, shop_id=shop.shop_id, now=now)
    if not visits:
        return Outlook((), ())
    times, barbers = await _times(db, shop, visits)
    outside = [
        visit
        for visit in visits
        if availability.against(
            times,
            barbers[visit.barber_id],
            Sitting(visit.ends_at - visit.starts_at),
            visit.starts_at,
        )
    ]
    return Outlook(tuple(visits), tuple(outside))


async def _times(
    db: Connection, shop: Shop, visits: Sequence[ToCome]
) -> tuple[ShopTimes, dict[UUID, BarberTimes]]:
    opening = [
        Hours(row.weekday, row.opens, row.closes)
        for row in await shops.list_opening_hours(db, shop_id=shop.shop_id)
    ]
    step = timedelta(minutes=shop.slot_step_minutes)
    times = ShopTimes(ZoneInfo(shop.time_zone), opening, step, timedelta(), timedelta())
    hours = defaultdict[tuple[UUID, str], list[Hours]](list)
    for row in await shops.list_barber_hours(db, shop_id=shop.shop_id):
        hours[row.barber_id, row.kind].append(Hours(row.weekday, row.starts, row.ends))
    off = defaultdict[UUID, list[Span]](list)
    since, until = visits[0].starts_at, max(visit.ends_at for visit in visits)
    for away in await shops.list_time_off(db, shop_id=shop.shop_id, since=since, until=until):
        off[away.barber_id].append(Span(away.starts_at, away.ends_at))
    return times, {
        who: BarberTimes(who, hours[who, "work"], hours[who, "break"], off[who])
        for who in {visit.barber_id for visit in visits}
    }
