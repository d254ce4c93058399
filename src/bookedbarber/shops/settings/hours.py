"""When the shop is open. Visits that are booked stay where they are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.shops import queries as shops
from bookedbarber.shops.settings import changes, queries, weeks
from bookedbarber.shops.settings.faults import Check
from bookedbarber.shops.settings.weeks import Span


async def of_shop(db: Connection, *, shop_id: UUID) -> tuple[Span, ...]:
    """The opening hours, in the order of the week."""
    rows = await shops.list_opening_hours(db, shop_id=shop_id)
    return tuple(Span(row.weekday, row.opens, row.closes) for row in rows)


async def change(
    db: Connection,
    spans: Sequence[Span],
    *,
    shop_id: UUID,
    version: str,
    actor: str,
    now: datetime,
) -> tuple[Span, ...]:
    """Open at these hours from now on. Raises SettingsChanged and SettingsInvalid."""
    await changes.lock(db, shop_id)
    there = await of_shop(db, shop_id=shop_id)
    check = Check()
    wanted = weeks.checked(check, "hours", spans)
    check.done()
    changes.unchanged(there, version, wanted=wanted)
    await queries.clear_opening_hours(db, shop_id=shop_id)
    for span in wanted:
        await shops.add_opening_hours(
            db, shop_id=shop_id, weekday=span.weekday, opens=span.starts, closes=span.ends
        )
    await changes.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="hours.changed",
        about=ids.show("shp", shop_id),
        before={"hours": there},
        after={"hours": wanted},
        now=now,
    )
    return wanted
