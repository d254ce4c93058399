"""Who works in the shop, what each gives, and when. Visits that are booked stay with whom they are.

A barber's name is somebody's own: the trail says that it changed, never what it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.shops import queries as shops
from bookedbarber.shops.settings import changes, hours, queries, weeks
from bookedbarber.shops.settings.faults import Check, Reason
from bookedbarber.shops.settings.queries import Absence, BarberSetting
from bookedbarber.shops.settings.weeks import Span

KINDS: Final = ("employee", "contractor", "renter")
LAST: Final = 999
LONGEST_AWAY: Final = timedelta(days=400)
FARTHEST: Final = timedelta(days=1200)


class BarberSettingUnknown(Refused):
    """Nobody of that name ever worked in this shop."""

    code: ClassVar[str] = "barber_setting_unknown"


class TimeOffUnknown(Refused):
    """There is no such absence, or it was taken back before."""

    code: ClassVar[str] = "time_off_unknown"


@dataclass(frozen=True, slots=True)
class BarberForm:
    """A barber as somebody wants them; `services` are the ids of what they give."""

    name: str
    worker_type: str
    position: int
    active: bool
    services: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class BarberWeek:
    """When a barber works, and when they pause meanwhile."""

    work: tuple[Span, ...]
    breaks: tuple[Span, ...] = ()


async def of_shop(db: Connection, *, shop_id: UUID) -> list[BarberSetting]:
    """Everybody who ever worked here, those who do first."""
    return await queries.list_barbers(db, shop_id=shop_id)


async def find(db: Connection, *, shop_id: UUID, barber_id: UUID) -> BarberSetting:
    """One of them. Raises BarberSettingUnknown."""
    for one in await of_shop(db, shop_id=shop_id):
        if one.barber_id == barber_id:
            return one
    raise BarberSettingUnknown


async def add(
    db: Connection, form: BarberForm, *, shop_id: UUID, actor: str, now: datetime
) -> BarberSetting:
    """Take somebody on, who works whenever the shop is open. Raises SettingsInvalid."""
    await changes.lock(db, shop_id)
    form = await _checked(db, form, shop_id, await of_shop(db, shop_id=shop_id))
    barber_id = ids.new(now)
    await shops.add_barber(
        db,
        shop_id=shop_id,
        barber_id=barber_id,
        name=form.name,
        worker_type=form.worker_type,
        position=form.position,
    )
    await _give(db, shop_id, barber_id, form.services)
    for span in await hours.of_shop(db, shop_id=shop_id):
        await _work(db, shop_id, barber_id, "work", span)
    await _note(db, shop_id, barber_id, {}, _told(form), act="barber.added", actor=actor, now=now)
    return _setting(barber_id, replace(form, active=True))


async def change(
    db: Connection,
    form: BarberForm,
    *,
    shop_id: UUID,
    barber_id: UUID,
    version: str,
    actor: str,
    now: datetime,
) -> BarberSetting:
    """The barber is this from now on. Raises BarberSettingUnknown, SettingsChanged and
    SettingsInvalid."""
    await changes.lock(db, shop_id)
    known = await find(db, shop_id=shop_id, barber_id=barber_id)
    others = [o for o in await of_shop(db, shop_id=shop_id) if o.barber_id != barber_id]
    form = await _checked(db, form, shop_id, others)
    changes.unchanged(known, version, wanted=_setting(barber_id, form))
    await queries.change_barber(
        db,
        shop_id=shop_id,
        barber_id=barber_id,
        name=form.name,
        worker_type=form.worker_type,
        position=form.position,
        active=form.active,
    )
    await queries.clear_barber_services(db, shop_id=shop_id, barber_id=barber_id)
    await _give(db, shop_id, barber_id, form.services)
    before = _told(known)
    if form.name != known.name:
        before["name"] = "another"
    after = {**_told(form), **({"name": "changed"} if form.name != known.name else {})}
    await _note(db, shop_id, barber_id, before, after, act="barber.changed", actor=actor, now=now)
    return _setting(barber_id, form)


async def week_of(db: Connection, *, shop_id: UUID, barber_id: UUID) -> BarberWeek:
    """When a barber works and pauses. Raises BarberSettingUnknown."""
    await find(db, shop_id=shop_id, barber_id=barber_id)
    rows = await queries.list_barber_hours(db, shop_id=shop_id, barber_id=barber_id)
    by_kind = {
        kind: tuple(Span(row.weekday, row.starts, row.ends) for row in rows if row.kind == kind)
        for kind in ("work", "break")
    }
    return BarberWeek(work=by_kind["work"], breaks=by_kind["break"])


async def change_week(
    db: Connection,
    week: BarberWeek,
    *,
    shop_id: UUID,
    barber_id: UUID,
    version: str,
    actor: str,
    now: datetime,
) -> BarberWeek:
    """The barber works at these hours from now on. Raises BarberSettingUnknown, SettingsChanged
    and SettingsInvalid."""
    await changes.lock(db, shop_id)
    there = await week_of(db, shop_id=shop_id, barber_id=barber_id)
    check = Check()
    wanted = BarberWeek(
        work=weeks.checked(check, "work", week.work),
        breaks=weeks.checked(check, "breaks", week.breaks),
    )
    check.done()
    changes.unchanged(there, version, wanted=wanted)
    await queries.clear_barber_hours(db, shop_id=shop_id, barber_id=barber_id)
    for kind, spans in (("work", wanted.work), ("break", wanted.breaks)):
        for span in spans:
            await _work(db, shop_id, barber_id, kind, span)
    await _note(
        db,
        shop_id,
        barber_id,
        asdict(there),
        asdict(wanted),
        act="barber.hours_changed",
        actor=actor,
        now=now,
    )
    return wanted


async def away(db: Connection, *, shop_id: UUID, now: datetime) -> list[Absence]:
    """Absences that are not over yet, the next one first."""
    return await queries.list_time_off(db, shop_id=shop_id, now=now)


async def add_time_off(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    actor: str,
    now: datetime,
) -> Absence:
    """A barber is away for a while. Raises BarberSettingUnknown and SettingsInvalid."""
    await changes.lock(db, shop_id)
    await find(db, shop_id=shop_id, barber_id=barber_id)
    check = Check()
    if ends_at <= starts_at or ends_at <= now:
        check.add("ends_at", Reason.BACKWARDS)
    elif ends_at - starts_at > LONGEST_AWAY:
        check.add("ends_at", Reason.OUT_OF_RANGE, most=LONGEST_AWAY.days)
    elif ends_at - now > FARTHEST or now - starts_at > FARTHEST:
        check.add("starts_at", Reason.OUT_OF_RANGE, most=FARTHEST.days)
    check.done()
    absence = Absence(ids.new(now), barber_id, starts_at, ends_at)
    await shops.add_time_off(
        db,
        shop_id=shop_id,
        time_off_id=absence.id,
        barber_id=barber_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    told = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    await _note(db, shop_id, barber_id, {}, told, act="barber.away", actor=actor, now=now)
    return absence


async def drop_time_off(
    db: Connection, *, shop_id: UUID, time_off_id: UUID, actor: str, now: datetime
) -> Absence:
    """The barber is there after all. Raises TimeOffUnknown."""
    await changes.lock(db, shop_id)
    absence = await queries.drop_time_off(db, shop_id=shop_id, time_off_id=time_off_id)
    if absence is None:
        raise TimeOffUnknown
    told = {"starts_at": absence.starts_at.isoformat(), "ends_at": absence.ends_at.isoformat()}
    await _note(db, shop_id, absence.barber_id, told, {}, act="barber.back", actor=actor, now=now)
    return absence


async def _checked(
    db: Connection, form: BarberForm, shop_id: UUID, others: Sequence[BarberSetting]
) -> BarberForm:
    """The form as it will be kept. Raises SettingsInvalid."""
    check = Check()
    name = check.line("name", form.name, most=80)
    if form.active and name.casefold() in {o.name.casefold() for o in others if o.active}:
        check.add("name", Reason.TAKEN)
    check.choice("worker_type", form.worker_type, KINDS)
    check.number("position", form.position, 0, LAST)
    sold = {row.service_id for row in await queries.list_services(db, shop_id=shop_id)}
    if not set(form.services) <= sold:
        check.add("services", Reason.NOT_A_CHOICE)
    elif form.active and not form.services:
        check.add("services", Reason.MISSING)
    check.done()
    return replace(form, name=name, services=tuple(sorted(set(form.services))))


async def _give(db: Connection, shop_id: UUID, barber_id: UUID, services: Sequence[UUID]) -> None:
    for service_id in services:
        await shops.add_barber_service(
            db, shop_id=shop_id, barber_id=barber_id, service_id=service_id
        )


async def _work(db: Connection, shop_id: UUID, barber_id: UUID, kind: str, span: Span) -> None:
    await shops.add_barber_hours(
        db,
        shop_id=shop_id,
        barber_id=barber_id,
        kind=kind,
        weekday=span.weekday,
        starts=span.starts,
        ends=span.ends,
    )


def _setting(barber_id: UUID, form: BarberForm) -> BarberSetting:
    return BarberSetting(
        barber_id=barber_id,
        name=form.name,
        worker_type=form.worker_type,
        position=form.position,
        active=form.active,
        services=list(form.services),
    )


def _told(barber: BarberForm | BarberSetting) -> dict[str, object]:
    """What the trail may keep of a barber."""
    return {
        "worker_type": barber.worker_type,
        "position": barber.position,
        "active": barber.active,
        "services": [ids.show("svc", service) for service in barber.services],
    }


async def _note(
    db: Connection,
    shop_id: UUID,
    barber_id: UUID,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    act: str,
    actor: str,
    now: datetime,
) -> None:
    await changes.record(
        db,
        shop_id=shop_id,
        actor=actor,
        act=act,
        about=ids.show("bar", barber_id),
        before=before,
        after=after,
        now=now,
    )
