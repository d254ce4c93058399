"""The settings of a shop for its own systems: hours and barbers. Each answer says how many
visits a change leaves as they are."""

from dataclasses import asdict

from fastapi import APIRouter

from bookedbarber import ids
from bookedbarber.api.fields import AbsencePath, BarberPath
from bookedbarber.api.gate import Ctx, Staff
from bookedbarber.api.refusals import KEYED, refuses
from bookedbarber.api.work_shapes import (
    BarberChangeIn,
    BarberIn,
    BarberSettingOut,
    HoursIn,
    HoursOut,
    SpanIn,
    SpanOut,
    TimeOffIn,
    TimeOffOut,
    WeekIn,
    WeekOut,
)
from bookedbarber.booking import calendar, outlook
from bookedbarber.booking.outlook import Outlook
from bookedbarber.shops.settings import (
    barbers,
    changes,
    hours,
)
from bookedbarber.shops.settings.barbers import BarberForm, BarberWeek
from bookedbarber.shops.settings.queries import Absence, BarberSetting
from bookedbarber.shops.settings.weeks import Span

router = APIRouter(prefix="/settings", tags=["settings"], responses=KEYED)


# ── opening hours ─────────────────────────────────────────────────────────────────────────


@router.get("/hours", summary="Opening hours")
async def show_hours(ctx: Ctx, staff: Staff) -> HoursOut:
    """When the shop is open."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        shown = await hours.of_shop(db, shop_id=staff.shop_id)
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=ctx.clock.now())
    return _hours(shown, seen)


@router.put(
    "/hours",
    summary="Change the opening hours",
    responses=refuses("settings_changed", "settings_invalid"),
)
async def change_hours(asked: HoursIn, ctx: Ctx, staff: Staff) -> HoursOut:
    """Open at these hours from now on; no visit is moved."""
    now = ctx.clock.now()
    async with ctx.means.database.tenant(staff.shop_id) as db:
        kept = await hours.change(
            db,
            _spans(asked.hours),
            shop_id=staff.shop_id,
            version=asked.version,
            actor=staff.actor,
            now=now,
        )
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=now)
    return _hours(kept, seen)


def _hours(shown: tuple[Span, ...], seen: Outlook) -> HoursOut:
    return HoursOut(
        hours=[SpanOut(**asdict(span)) for span in shown],
        version=changes.mark(shown),
        outside=len(seen.outside),
    )


def _spans(given: list[SpanIn]) -> list[Span]:
    return [Span(span.weekday, span.starts, span.ends) for span in given]


# ── barbers ───────────────────────────────────────────────────────────────────────────────


@router.get("/barbers", summary="Every barber, at work or not")
async def list_barber_settings(ctx: Ctx, staff: Staff) -> list[BarberSettingOut]:
    """Everybody who ever worked in the shop, those who do first."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        there = await barbers.of_shop(db, shop_id=staff.shop_id)
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=ctx.clock.now())
    return [_barber(one, seen) for one in there]


@router.post("/barbers", summary="Take a barber on", responses=refuses("settings_invalid"))
async def add_barber(asked: BarberIn, ctx: Ctx, staff: Staff) -> BarberSettingOut:
    """Take somebody on, who works whenever the shop is open until their hours are set."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        added = await barbers.add(
            db,
            _barber_form(asked, active=True),
            shop_id=staff.shop_id,
            actor=staff.actor,
            now=ctx.clock.now(),
        )
    return _barber(added, Outlook((), ()))


@router.put(
    "/barbers/{barber}",
    summary="Change a barber",
    responses=refuses("barber_setting_unknown", "settings_changed", "settings_invalid"),
)
async def change_barber(
    barber: BarberPath, asked: BarberChangeIn, ctx: Ctx, staff: Staff
) -> BarberSettingOut:
    """The barber is this from now on, or works here no more; visits that are booked stay."""
    now = ctx.clock.now()
    async with ctx.means.database.tenant(staff.shop_id) as db:
        kept = await barbers.change(
            db,
            _barber_form(asked, active=asked.active),
            shop_id=staff.shop_id,
            barber_id=ids.parse("bar", barber),
            version=asked.version,
            actor=staff.actor,
            now=now,
        )
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=now)
    return _barber(kept, seen)


@router.get(
    "/barbers/{barber}/hours",
    summary="A barber's hours",
    responses=refuses("barber_setting_unknown"),
)
async def show_barber_hours(barber: BarberPath, ctx: Ctx, staff: Staff) -> WeekOut:
    """When a barber works and pauses."""
    barber_id = ids.parse("bar", barber)
    async with ctx.means.database.tenant(staff.shop_id) as db:
        week = await barbers.week_of(db, shop_id=staff.shop_id, barber_id=barber_id)
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=ctx.clock.now())
    return _week(week, seen.of_barber(barber_id))


@router.put(
    "/barbers/{barber}/hours",
    summary="Change a barber's hours",
    responses=refuses("barber_setting_unknown", "settings_changed", "settings_invalid"),
)
async def change_barber_hours(barber: BarberPath, asked: WeekIn, ctx: Ctx, staff: Staff) -> WeekOut:
    """The barber works at these hours from now on; no visit is moved."""
    barber_id, now = ids.parse("bar", barber), ctx.clock.now()
    wanted = BarberWeek(tuple(_spans(asked.work)), tuple(_spans(asked.breaks)))
    async with ctx.means.database.tenant(staff.shop_id) as db:
        kept = await barbers.change_week(
            db,
            wanted,
            shop_id=staff.shop_id,
            barber_id=barber_id,
            version=asked.version,
            actor=staff.actor,
            now=now,
        )
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=now)
    return _week(kept, seen.of_barber(barber_id))


@router.get("/time-off", summary="Absences to come")
async def list_time_off(ctx: Ctx, staff: Staff) -> list[TimeOffOut]:
    """Absences that are not over yet, the next one first."""
    now = ctx.clock.now()
    async with ctx.means.database.tenant(staff.shop_id) as db:
        there = await barbers.away(db, shop_id=staff.shop_id, now=now)
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=now)
    return [_absence(one, seen) for one in there]


@router.post(
    "/barbers/{barber}/time-off",
    summary="Note an absence",
    responses=refuses("barber_setting_unknown", "slot_not_offered", "settings_invalid"),
)
async def add_time_off(barber: BarberPath, asked: TimeOffIn, ctx: Ctx, staff: Staff) -> TimeOffOut:
    """A barber is away for a while; no visit is moved."""
    now = ctx.clock.now()
    async with ctx.means.database.tenant(staff.shop_id) as db:
        absence = await barbers.add_time_off(
            db,
            shop_id=staff.shop_id,
            barber_id=ids.parse("bar", barber),
            starts_at=calendar.instant(asked.starts_at),
            ends_at=calendar.instant(asked.ends_at),
            actor=staff.actor,
            now=now,
        )
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=now)
    return _absence(absence, seen)


@router.delete(
    "/time-off/{absence}", summary="Take an absence back", responses=refuses("time_off_unknown")
)
async def drop_time_off(absence: AbsencePath, ctx: Ctx, staff: Staff) -> TimeOffOut:
    """The barber is there after all."""
    now = ctx.clock.now()
    async with ctx.means.database.tenant(staff.shop_id) as db:
        dropped = await barbers.drop_time_off(
            db,
            shop_id=staff.shop_id,
            time_off_id=ids.parse("off", absence),
            actor=staff.actor,
            now=now,
        )
        seen = await outlook.look(db, await changes.load(db, staff.shop_id), now=now)
    return _absence(dropped, seen)


def _barber_form(asked: BarberIn, *, active: bool) -> BarberForm:
    return BarberForm(
        name=asked.name,
        worker_type=asked.worker_type,
        position=asked.position,
        active=active,
        services=tuple(ids.parse("svc", service) for service in asked.services),
    )


def _barber(row: BarberSetting, seen: Outlook) -> BarberSettingOut:
    return BarberSettingOut(
        id=ids.show("bar", row.barber_id),
        version=changes.mark(row),
        name=row.name,
        worker_type=row.worker_type,
        services=[ids.show("svc", service) for service in row.services],
        position=row.position,
        active=row.active,
        to_come=len(seen.of_barber(row.barber_id).to_come),
    )


def _week(week: BarberWeek, seen: Outlook) -> WeekOut:
    return WeekOut(
        work=[SpanOut(**asdict(span)) for span in week.work],
        breaks=[SpanOut(**asdict(span)) for span in week.breaks],
        version=changes.mark(week),
        outside=len(seen.outside),
    )


def _absence(absence: Absence, seen: Outlook) -> TimeOffOut:
    return TimeOffOut(
        id=ids.show("off", absence.id),
        barber=ids.show("bar", absence.barber_id),
        starts_at=absence.starts_at,
        ends_at=absence.ends_at,
        outside=len(seen.of_barber(absence.barber_id).outside),
    )
