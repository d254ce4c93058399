"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

shops: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class ShopName:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Shop:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    slug: str
    name: str
    address: str
    phone: str | None
    locale: str
    time_zone: str
    country: str
    currency: str
    tax_name: str
    tax_basis_points: int
    tax_included: bool
    slot_step_minutes: int
    notice_minutes: int
    horizon_days: int
    free_cancel_hours: int
    late_refund_basis_points: int
    checkout_hosted: bool
    stripe_account: str
    opened_at: datetime | None
    terms_version: int
    terms: str
    colour: str | None
    logo_mark: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """One row, as PostgreSQL types it."""

    service_id: UUID
    name: str
    description: str
    duration_minutes: int
    buffer_minutes: int
    price: int
    currency: str
    deposit_kind: str
    deposit_value: int


@dataclass(frozen=True, slots=True)
class Barber:
    """One row, as PostgreSQL types it."""

    barber_id: UUID
    name: str
    worker_type: str
    services: list[UUID]


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One row, as PostgreSQL types it."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class BarberHours:
    """One row, as PostgreSQL types it."""

    barber_id: UUID
    kind: str
    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class TimeOff:
    """One row, as PostgreSQL types it."""

    barber_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Client:
    """One row, as PostgreSQL types it."""

    client_id: UUID
    email: bytes | None
    key_id: UUID


FIND_SHOP = """\
/* shops.find_shop */
select shop_id from shop_directory where slug = $1"""


async def find_shop(
    db: Connection,
    *,
    slug: str,
) -> UUID | None:
    """The shop behind a public name."""
    row = await db.fetchrow(FIND_SHOP, slug)
    if row is None:
        return None
    value: UUID = row[0]
    return value


LIST_SHOPS = """\
/* shops.list_shops */
select shop_id, slug, name from shops order by name"""


async def list_shops(
    db: Connection,
) -> list[ShopName]:
    """Every shop of the house, by name."""
    return [ShopName(*row) for row in await db.fetch(LIST_SHOPS)]


LIST_OPEN_SHOPS = """\
/* shops.list_open_shops */
select shop_id, slug, name from shops where opened_at is not null order by name"""


async def list_open_shops(
    db: Connection,
) -> list[ShopName]:
    """The shops of the house that are opened, by name."""
    return [ShopName(*row) for row in await db.fetch(LIST_OPEN_SHOPS)]


FIND_UNOPENED = """\
/* shops.find_unopened */
select slug from shops
 where shop_id = any($1::uuid[]) and name = $2 and opened_at is null
 order by shop_id limit 1"""


async def find_unopened(
    db: Connection,
    *,
    shop_ids: Sequence[UUID],
    name: str,
) -> str | None:
    """Which of these shops has this name and is not opened yet."""
    row = await db.fetchrow(FIND_UNOPENED, shop_ids, name)
    if row is None:
        return None
    value: str = row[0]
    return value


LOAD_SHOP = """\
/* shops.load_shop */
select s.shop_id, s.slug, s.name, s.address, s.phone, s.locale, s.time_zone,
       s.country::text as country, s.currency::text as currency, s.tax_name, s.tax_basis_points,
       s.tax_included, s.slot_step_minutes, s.notice_minutes, s.horizon_days,
       t.free_cancel_hours, t.late_refund_basis_points, s.checkout_hosted, s.stripe_account,
       s.opened_at, t.version as terms_version, t.text as terms, l.colour, l.logo_mark
  from shops s left join shop_looks l using (shop_id)
  join lateral (select version, text, free_cancel_hours, late_refund_basis_points from shop_terms
                 where shop_id = s.shop_id order by version desc limit 1) t on true
 where s.shop_id = $1"""


async def load_shop(
    db: Connection,
    *,
    shop_id: UUID,
) -> Shop | None:
    """A shop, with the terms and the policy in force."""
    row = await db.fetchrow(LOAD_SHOP, shop_id)
    if row is None:
        return None
    return Shop(*row)


LOAD_SHOP_AS_AGREED = """\
/* shops.load_shop_as_agreed */
select s.shop_id, s.slug, s.name, s.address, s.phone, s.locale, s.time_zone,
       s.country::text as country, s.currency::text as currency, s.tax_name, s.tax_basis_points,
       s.tax_included, s.slot_step_minutes, s.notice_minutes, s.horizon_days,
       t.free_cancel_hours, t.late_refund_basis_points, s.checkout_hosted, s.stripe_account,
       s.opened_at, t.version as terms_version, t.text as terms, l.colour, l.logo_mark
  from shops s left join shop_looks l using (shop_id)
  join shop_terms t on t.shop_id = s.shop_id and t.version = $1
 where s.shop_id = $2"""


async def load_shop_as_agreed(
    db: Connection,
    *,
    terms_version: int,
    shop_id: UUID,
) -> Shop | None:
    """A shop, with the terms and the policy that somebody agreed to."""
    row = await db.fetchrow(LOAD_SHOP_AS_AGREED, terms_version, shop_id)
    if row is None:
        return None
    return Shop(*row)


LIST_SERVICES = """\
/* shops.list_services */
select service_id, name, description, duration_minutes, buffer_minutes, price,
       currency::text as currency, deposit_kind, deposit_value
  from services where shop_id = $1 and active order by position, name"""


async def list_services(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[Service]:
    """What the shop sells, in its own order."""
    return [Service(*row) for row in await db.fetch(LIST_SERVICES, shop_id)]


LIST_BARBERS = """\
/* shops.list_barbers */
select b.barber_id, b.name, b.worker_type, array_agg(s.service_id) as services
  from barbers b join barber_services s using (shop_id, barber_id)
 where b.shop_id = $1 and b.active
 group by b.barber_id, b.name, b.worker_type, b.position
 order by b.position, b.name"""


async def list_barbers(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[Barber]:
    """Who works in the shop, in its own order, with the services each gives."""
    return [Barber(*row) for row in await db.fetch(LIST_BARBERS, shop_id)]


LIST_OPENING_HOURS = """\
/* shops.list_opening_hours */
select weekday, opens, closes from opening_hours where shop_id = $1 order by weekday, opens"""


async def list_opening_hours(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[OpeningHours]:
    """When the shop is open, in its own time; weekday 0 is Monday."""
    return [OpeningHours(*row) for row in await db.fetch(LIST_OPENING_HOURS, shop_id)]


LIST_BARBER_HOURS = """\
/* shops.list_barber_hours */
select barber_id, kind, weekday, starts, ends from barber_hours
 where shop_id = $1 order by barber_id, weekday, starts"""


async def list_barber_hours(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[BarberHours]:
    """When barbers work and pause, in shop time."""
    return [BarberHours(*row) for row in await db.fetch(LIST_BARBER_HOURS, shop_id)]


LIST_TIME_OFF = """\
/* shops.list_time_off */
select barber_id, lower(during) as starts_at, upper(during) as ends_at from time_off
 where shop_id = $1 and during && tstzrange($2, $3)"""


async def list_time_off(
    db: Connection,
    *,
    shop_id: UUID,
    since: datetime,
    until: datetime,
) -> list[TimeOff]:
    """Absences that touch a span of time."""
    return [TimeOff(*row) for row in await db.fetch(LIST_TIME_OFF, shop_id, since, until)]


LOCK_CLIENT = """\
/* shops.lock_client */
select client_id, email, key_id from clients
 where shop_id = $1 and email_index = $2 for no key update"""


async def lock_client(
    db: Connection,
    *,
    shop_id: UUID,
    email_index: bytes,
) -> Client | None:
    """The client with this address, for whom nobody else can book until this transaction ends."""
    row = await db.fetchrow(LOCK_CLIENT, shop_id, email_index)
    if row is None:
        return None
    return Client(*row)


FIND_CLIENT = """\
/* shops.find_client */
select client_id from clients where shop_id = $1 and email_index = $2"""


async def find_client(
    db: Connection,
    *,
    shop_id: UUID,
    email_index: bytes,
) -> UUID | None:
    """The client with this address."""
    row = await db.fetchrow(FIND_CLIENT, shop_id, email_index)
    if row is None:
        return None
    value: UUID = row[0]
    return value


LOAD_CLIENT = """\
/* shops.load_client */
select client_id, email, key_id from clients
 where shop_id = $1 and client_id = $2"""


async def load_client(
    db: Connection,
    *,
    shop_id: UUID,
    client_id: UUID,
) -> Client:
    """One client."""
    row = await db.fetchrow(LOAD_CLIENT, shop_id, client_id)
    if row is None:
        raise LookupError("load_client")
    return Client(*row)


ADD_CLIENT = """\
/* shops.add_client */
insert into clients (shop_id, client_id, email_index, email, key_id, created_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (shop_id, email_index) do nothing"""


async def add_client(
    db: Connection,
    *,
    shop_id: UUID,
    client_id: UUID,
    email_index: bytes | None,
    email: bytes | None,
    key_id: UUID,
    now: datetime,
) -> int:
    """A new client; none is added when the address is known."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(ADD_CLIENT, shop_id, client_id, email_index, email, key_id, now)
        ).rpartition(" ")[2]
    )


ADD_SHOP = """\
/* shops.add_shop */
insert into shops (shop_id, slug, name, address, phone, locale, time_zone, country, currency,
                   tax_name, tax_basis_points, tax_included, slot_step_minutes, notice_minutes,
                   horizon_days, checkout_hosted, stripe_account, created_at, opened_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
        $10, $11, $12, $13, $14,
        $15, $16, $17, $18, $19)"""


async def add_shop(
    db: Connection,
    *,
    shop_id: UUID,
    slug: str,
    name: str,
    address: str,
    phone: str | None,
    locale: str,
    time_zone: str,
    country: str,
    currency: str,
    tax_name: str,
    tax_basis_points: int,
    tax_included: bool,
    slot_step_minutes: int,
    notice_minutes: int,
    horizon_days: int,
    checkout_hosted: bool,
    stripe_account: str,
    now: datetime,
    opened_at: datetime | None,
) -> int:
    """A new shop; until it is opened it takes no bookings."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                ADD_SHOP,
                shop_id,
                slug,
                name,
                address,
                phone,
                locale,
                time_zone,
                country,
                currency,
                tax_name,
                tax_basis_points,
                tax_included,
                slot_step_minutes,
                notice_minutes,
                horizon_days,
                checkout_hosted,
                stripe_account,
                now,
                opened_at,
            )
        ).rpartition(" ")[2]
    )


ADD_TO_DIRECTORY = """\
/* shops.add_to_directory */
insert into shop_directory (slug, shop_id) values ($1, $2)"""


async def add_to_directory(
    db: Connection,
    *,
    slug: str,
    shop_id: UUID,
) -> int:
    """Give a shop its public name."""
    db.touch(shop_id)
    return int((await db.execute(ADD_TO_DIRECTORY, slug, shop_id)).rpartition(" ")[2])


ADOPT_TERMS = """\
/* shops.adopt_terms */
insert into shop_terms (shop_id, version, text, free_cancel_hours, late_refund_basis_points,
                        adopted_at)
values ($1, $2, $3, $4, $5, $6)"""


async def adopt_terms(
    db: Connection,
    *,
    shop_id: UUID,
    version: int,
    text: str,
    free_cancel_hours: int,
    late_refund_basis_points: int,
    now: datetime,
) -> int:
    """Put new terms in force, with the policy that is part of them."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                ADOPT_TERMS,
                shop_id,
                version,
                text,
                free_cancel_hours,
                late_refund_basis_points,
                now,
            )
        ).rpartition(" ")[2]
    )


ADD_OPENING_HOURS = """\
/* shops.add_opening_hours */
insert into opening_hours (shop_id, weekday, opens, closes)
values ($1, $2, $3, $4)"""


async def add_opening_hours(
    db: Connection,
    *,
    shop_id: UUID,
    weekday: int,
    opens: time,
    closes: time,
) -> int:
    """Open the shop on a weekday."""
    db.touch(shop_id)
    return int(
        (await db.execute(ADD_OPENING_HOURS, shop_id, weekday, opens, closes)).rpartition(" ")[2]
    )


ADD_SERVICE = """\
/* shops.add_service */
insert into services (shop_id, service_id, name, description, duration_minutes, buffer_minutes,
                      price, currency, deposit_kind, deposit_value, position, active)
values ($1, $2, $3, $4, $5, $6,
        $7, $8, $9, $10, $11, true)"""


async def add_service(
    db: Connection,
    *,
    shop_id: UUID,
    service_id: UUID,
    name: str,
    description: str,
    duration_minutes: int,
    buffer_minutes: int,
    price: int,
    currency: str,
    deposit_kind: str,
    deposit_value: int,
    position: int,
) -> int:
    """Sell a service."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(
                ADD_SERVICE,
                shop_id,
                service_id,
                name,
                description,
                duration_minutes,
                buffer_minutes,
                price,
                currency,
                deposit_kind,
                deposit_value,
                position,
            )
        ).rpartition(" ")[2]
    )


ADD_BARBER = """\
/* shops.add_barber */
insert into barbers (shop_id, barber_id, name, worker_type, position, active)
values ($1, $2, $3, $4, $5, true)"""


async def add_barber(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
    name: str,
    worker_type: str,
    position: int,
) -> int:
    """Take on a barber."""
    db.touch(shop_id)
    return int(
        (await db.execute(ADD_BARBER, shop_id, barber_id, name, worker_type, position)).rpartition(
            " "
        )[2]
    )


ADD_BARBER_SERVICE = """\
/* shops.add_barber_service */
insert into barber_services (shop_id, barber_id, service_id)
values ($1, $2, $3)"""


async def add_barber_service(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
    service_id: UUID,
) -> int:
    """Let a barber give a service."""
    db.touch(shop_id)
    return int(
        (await db.execute(ADD_BARBER_SERVICE, shop_id, barber_id, service_id)).rpartition(" ")[2]
    )


ADD_BARBER_HOURS = """\
/* shops.add_barber_hours */
insert into barber_hours (shop_id, barber_id, kind, weekday, starts, ends)
values ($1, $2, $3, $4, $5, $6)"""


async def add_barber_hours(
    db: Connection,
    *,
    shop_id: UUID,
    barber_id: UUID,
    kind: str,
    weekday: int,
    starts: time,
    ends: time,
) -> int:
    """A barber works, or pauses, on a weekday."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(ADD_BARBER_HOURS, shop_id, barber_id, kind, weekday, starts, ends)
        ).rpartition(" ")[2]
    )


ADD_TIME_OFF = """\
/* shops.add_time_off */
insert into time_off (shop_id, id, barber_id, during)
values ($1, $2, $3, tstzrange($4, $5))"""


async def add_time_off(
    db: Connection,
    *,
    shop_id: UUID,
    time_off_id: UUID,
    barber_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
) -> int:
    """A barber is away."""
    db.touch(shop_id)
    return int(
        (
            await db.execute(ADD_TIME_OFF, shop_id, time_off_id, barber_id, starts_at, ends_at)
        ).rpartition(" ")[2]
    )
