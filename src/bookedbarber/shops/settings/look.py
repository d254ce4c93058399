"""How the shop looks to its clients: a colour and a logo of its own."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.shops.settings import changes, colour, queries
from bookedbarber.shops.settings.logo import Logo
from bookedbarber.shops.settings.queries import Look

PLAIN = Look(colour=None, logo_mark=None, logo_width=None, logo_height=None)


async def of_shop(db: Connection, *, shop_id: UUID) -> Look:
    """The look in force; nothing of its own where the owner chose nothing."""
    return await queries.load_look(db, shop_id=shop_id) or PLAIN


async def change_colour(
    db: Connection,
    wanted: str | None,
    *,
    shop_id: UUID,
    version: str,
    actor: str,
    now: datetime,
) -> Look:
    """Show this colour, or the house's own for None. Raises ColourInvalid, SettingsChanged."""
    if wanted is not None:
        wanted = wanted.strip().lower()
        colour.derive(wanted)
    await changes.lock(db, shop_id)
    there = await of_shop(db, shop_id=shop_id)
    shown = replace(there, colour=wanted)
    changes.unchanged(there, version, wanted=shown)
    await queries.set_colour(db, shop_id=shop_id, colour=wanted, now=now)
    return await _noted(db, shop_id, there, shown, actor=actor, now=now)


async def change_logo(
    db: Connection,
    wanted: Logo | None,
    *,
    shop_id: UUID,
    version: str,
    actor: str,
    now: datetime,
) -> Look:
    """Show this logo, or none. Raises SettingsChanged."""
    await changes.lock(db, shop_id)
    there = await of_shop(db, shop_id=shop_id)
    shown = replace(
        there,
        logo_mark=wanted.mark if wanted else None,
        logo_width=wanted.width if wanted else None,
        logo_height=wanted.height if wanted else None,
    )
    changes.unchanged(there, version, wanted=shown)
    await queries.set_logo(
        db,
        shop_id=shop_id,
        logo=wanted.content if wanted else None,
        logo_mark=shown.logo_mark,
        logo_width=shown.logo_width,
        logo_height=shown.logo_height,
        now=now,
    )
    return await _noted(db, shop_id, there, shown, actor=actor, now=now)


async def _noted(
    db: Connection, shop_id: UUID, before: Look, after: Look, *, actor: str, now: datetime
) -> Look:
    await changes.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act="look.changed",
        about=ids.show("shp", shop_id),
        before={"colour": before.colour, "logo": before.logo_mark},
        after={"colour": after.colour, "logo": after.logo_mark},
        now=now,
    )
    return after
