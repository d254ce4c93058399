"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

shops.settings: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class ServiceSetting:
    """One row, as PostgreSQL types it."""

    service_id: UUID
    name: str
    description: str
    duration_minutes: int
    buffer_minutes: int
    price: int
    deposit_kind: str
    deposit_value: int
    position: int
    active: bool


@dataclass(frozen=True, slots=True)
class BarberSetting:
    """One row, as PostgreSQL types it."""

    barber_id: UUID
    name: str
    worker_type: str
    position: int
    active: bool
    services: list[UUID]


@dataclass(frozen=True, slots=True)
class BarberSpan:
    """One row, as PostgreSQL types it."""

    kind: str
    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Absence:
    """One row, as PostgreSQL types it."""

    id: UUID
    barber_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TermsVersion:
    """One row, as PostgreSQL types it."""

    version: int
    text: str
    free_cancel_hours: int
    late_refund_basis_points: int
    adopted_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """One row, as PostgreSQL types it."""

    colour: str | None
    logo_mark: str | None
    logo_width: int | None
    logo_height: int | None


LOCK_SHOP = """\
/* shops.settings.lock_shop */
select 1 from shops where shop_id = $1 for no key update"""


async def lock_shop(
    db: Connection,
    *,
    shop_id: UUID,
) -> int:
    """Nobody else can change the settings of this shop until the transaction ends."""
    return int((await db.execute(LOCK_SHOP, shop_id)).rpartition(" ")[2])


LIST_SERVICES = """\
/* shops.settings.list_services */
select service_id, name, description, duration_minutes, buffer_minutes, price,
       deposit_kind, deposit_value, position, active
  from services where shop_id = $1 order by active desc, position, name, service_id"""


async def list_services(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[ServiceSetting]:
    """Every service the shop ever sold, those on sale first, in its own order."""
    return [ServiceSetting(*row) for row in await db.fetch(LIST_SERVICES, shop_id)]


CHANGE_SERVICE = """\
/* shops.settings.change_service */
update services
   set name = $1, description = $2, duration_minutes = $3,
       buffer_minutes = $4, price = $5, deposit_kind = $6,
       deposit_value = $7, position = $8, active = $9
 where shop_id = $10 and service_id = $11"""


async def change_service(
    db: Connection,
    *,
    name: str,
    description: str,
    duration_minutes: int,
    buffer_minutes: int,
    price: int,
    deposit_kind: str,
    deposit_value: int,
    position: int,
    active: bool,
    shop_id: UUID,
    service_id: UUID,
) -> int:
    """From now on the service is this; what was sold keeps its name, times and price."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                CHANGE_SERVICE,
                name,
                description,
                duration_minutes,
                buffer_minutes,
                price,
                deposit_kind,
                deposit_value,
                position,
                active,
                shop_id,
                service_id,
            )
        ).rpartition(" ")[2]
    )


GIVE_SERVICE_TO_ALL = """\
/* shops.settings.give_service_to_all */
insert into barber_services (shop_id, barber_id, service_id)
select shop_id, barber_id, $1 from barbers where shop_id = $2 and active
on conflict do nothing"""


async def give_service_to_all(
    db: Connection,
    *,
    service_id: UUID,
    shop_id: UUID,
) -> int:
    """Every barber who works here gives this service."""
    db.touch(shop_id)
    return int((await db.execute(GIVE_SERVICE_TO_ALL, service_id, shop_id)).rpartition(" ")[2])


LIST_BARBERS = """\
/* shops.settings.list_barbers */
select b.barber_id, b.name, b.worker_type, b.position, b.active,
       array(select s.service_id from barber_services s
              where s.shop_id = b.shop_id and s.barber_id = b.barber_id
              order by s.service_id) as services
  from barbers b where b.shop_id = $1 order by b.active desc, b.position, b.name, b.barber_id"""


async def list_barbers(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[BarberSetting]:
    """Everybody who ever worked in the shop, those who do first, with the services each gives."""
    return [BarberSetting(*row) for row in await db.fetch(LIST_BARBERS, shop_id)]


CHANGE_BARBER = """\
/* shops.settings.change_barber */
update barbers
   set name = $1, worker_type = $2, position = $3, active = $4
 where shop_id = $5 and barber_id = $6"""


async def change_barber(
    db: Connection,
    *,
    name: str,
    worker_type: str,
    position: int,
    active: bool,
    shop_id: UUID,
    barber_id: UUID,
) -> int:
    """From now on the barber is this."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(CHANGE_BARBER, name, worker_type, position, active, shop_id, barber_id)
        ).rpartition(" ")[2]
    )


CLEAR_BARBER_SERVICES = """\
/* shops.settings.clear_barber_services */
delete from barber_services where shop_id = $1 and barber_id = $2"""


async def clear_barber_services(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
) -> int:
    """The barber gives none of the shop's services, until some are given again."""
    db.touch(shop_id)
    return int((await db.execute(CLEAR_BARBER_SERVICES, shop_id, barber_id)).rpartition(" ")[2])


CLEAR_OPENING_HOURS = """\
/* shops.settings.clear_opening_hours */
delete from opening_hours where shop_id = $1"""


async def clear_opening_hours(
    db: Connection,
    *,
    shop_id: UUID,
) -> int:
    """The shop has no hours, until some are given again."""
    db.touch(shop_id)
    return int((await db.execute(CLEAR_OPENING_HOURS, shop_id)).rpartition(" ")[2])


CLEAR_BARBER_HOURS = """\
/* shops.settings.clear_barber_hours */
delete from barber_hours where shop_id = $1 and barber_id = $2"""


async def clear_barber_hours(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
) -> int:
    """The barber has no hours, until some are given again."""
    db.touch(shop_id)
    return int((await db.execute(CLEAR_BARBER_HOURS, shop_id, barber_id)).rpartition(" ")[2])


LIST_BARBER_HOURS = """\
/* shops.settings.list_barber_hours */
select kind, weekday, starts, ends from barber_hours
 where shop_id = $1 and barber_id = $2 order by kind, weekday, starts"""


async def list_barber_hours(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
) -> list[BarberSpan]:
    """When one barber works and pauses, in shop time."""
    return [BarberSpan(*row) for row in await db.fetch(LIST_BARBER_HOURS, shop_id, barber_id)]


LIST_TIME_OFF = """\
/* shops.settings.list_time_off */
select id, barber_id, lower(during) as starts_at, upper(during) as ends_at
  from time_off where shop_id = $1 and upper(during) > $2 order by lower(during), id"""


async def list_time_off(
    db: Connection,
    *,
    shop_id: UUID,
    now: datetime,
) -> list[Absence]:
    """Absences that are not over yet, the next one first."""
    return [Absence(*row) for row in await db.fetch(LIST_TIME_OFF, shop_id, now)]


DROP_TIME_OFF = """\
/* shops.settings.drop_time_off */
delete from time_off where shop_id = $1 and id = $2
returning id, barber_id, lower(during) as starts_at, upper(during) as ends_at"""


async def drop_time_off(
    db: Connection,
    *,
    shop_id: UUID,
    time_off_id: UUID,
) -> Absence | None:
    """The barber is there after all."""
    db.touch(shop_id)
    row = await db.fetchrow(DROP_TIME_OFF, shop_id, time_off_id)
    if row is None:
        return None
    return Absence(*row)


CHANGE_DETAILS = """\
/* shops.settings.change_details */
update shops
   set name = $1, address = $2, phone = $3, tax_name = $4,
       tax_basis_points = $5, tax_included = $6
 where shop_id = $7"""


async def change_details(
    db: Connection,
    *,
    name: str,
    address: str,
    phone: str | None,
    tax_name: str,
    tax_basis_points: int,
    tax_included: bool,
    shop_id: UUID,
) -> int:
    """How the shop presents itself and taxes its prices."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                CHANGE_DETAILS,
                name,
                address,
                phone,
                tax_name,
                tax_basis_points,
                tax_included,
                shop_id,
            )
        ).rpartition(" ")[2]
    )


CHANGE_RULES = """\
/* shops.settings.change_rules */
update shops
   set slot_step_minutes = $1, notice_minutes = $2,
       horizon_days = $3, checkout_hosted = $4
 where shop_id = $5"""


async def change_rules(
    db: Connection,
    *,
    slot_step_minutes: int,
    notice_minutes: int,
    horizon_days: int,
    checkout_hosted: bool,
    shop_id: UUID,
) -> int:
    """How the shop offers its time and where its clients pay."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                CHANGE_RULES,
                slot_step_minutes,
                notice_minutes,
                horizon_days,
                checkout_hosted,
                shop_id,
            )
        ).rpartition(" ")[2]
    )


MARK_OPENED = """\
/* shops.settings.mark_opened */
update shops set opened_at = $1::timestamptz where shop_id = $2 and opened_at is null"""


async def mark_opened(
    db: Connection,
    *,
    now: datetime,
    shop_id: UUID,
) -> int:
    """The shop takes bookings from now on."""
    db.touch(shop_id)
    return int((await db.execute(MARK_OPENED, now, shop_id)).rpartition(" ")[2])


LIST_TERMS = """\
/* shops.settings.list_terms */
select version, text, free_cancel_hours, late_refund_basis_points, adopted_at
  from shop_terms where shop_id = $1 order by version desc"""


async def list_terms(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[TermsVersion]:
    """Every version of the terms with its policy, the newest first."""
    return [TermsVersion(*row) for row in await db.fetch(LIST_TERMS, shop_id)]


LOAD_LOOK = """\
/* shops.settings.load_look */
select colour, logo_mark, logo_width, logo_height from shop_looks where shop_id = $1"""


async def load_look(
    db: Connection,
    *,
    shop_id: UUID,
) -> Look | None:
    """The shop's colour, and its logo's mark and size."""
    row = await db.fetchrow(LOAD_LOOK, shop_id)
    if row is None:
        return None
    return Look(*row)


LOAD_LOGO = """\
/* shops.settings.load_logo */
select logo from shop_looks where shop_id = $1 and logo_mark = $2"""


async def load_logo(
    db: Connection,
    *,
    shop_id: UUID,
    logo_mark: str,
) -> bytes | None:
    """The logo that has this mark, as it is served."""
    row = await db.fetchrow(LOAD_LOGO, shop_id, logo_mark)
    if row is None:
        return None
    value: bytes = row[0]
    return value


SET_COLOUR = """\
/* shops.settings.set_colour */
insert into shop_looks (shop_id, colour, changed_at) values ($1, $2, $3)
on conflict (shop_id) do update set colour = excluded.colour, changed_at = excluded.changed_at"""


async def set_colour(
    db: Connection,
    *,
    shop_id: UUID,
    colour: str | None,
    now: datetime,
) -> int:
    """The shop's colour, or none of its own."""
    db.touch(shop_id)
    return int((await db.execute(SET_COLOUR, shop_id, colour, now)).rpartition(" ")[2])


SET_LOGO = """\
/* shops.settings.set_logo */
insert into shop_looks (shop_id, logo, logo_mark, logo_width, logo_height, changed_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (shop_id) do update
   set logo = excluded.logo, logo_mark = excluded.logo_mark, logo_width = excluded.logo_width,
       logo_height = excluded.logo_height, changed_at = excluded.changed_at"""


async def set_logo(
    db: Connection,
    *,
    shop_id: UUID,
    logo: bytes | None,
    logo_mark: str | None,
    logo_width: int | None,
    logo_height: int | None,
    now: datetime,
) -> int:
    """The shop's logo, or none."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(SET_LOGO, shop_id, logo, logo_mark, logo_width, logo_height, now)
        ).rpartition(" ")[2]
    )
