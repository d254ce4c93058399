"""Two shops in one database, alike but for their past: a million payments, and ten thousand.

Their rows are inserted by SQL, which only a benchmark may: what is measured is how long the product
takes to answer from them, over HTTP through the real application.
"""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx2 as httpx
from tests import authenticator
from tests.servers import free_socket, serving, url_of

from benchmarks.ground import ACCOUNT, NOW, WEEK, Ground
from bookedbarber import ids, log
from bookedbarber.access import passwords
from bookedbarber.access import people as staff
from bookedbarber.access.roles import Role
from bookedbarber.api import keys
from bookedbarber.api.context import Context
from bookedbarber.cli.web import assemble
from bookedbarber.clock import ManualClock
from bookedbarber.money import Money, currency
from bookedbarber.pages.context import House
from bookedbarber.pages.render import Site
from bookedbarber.pages.security import Stripe
from bookedbarber.resilience.limiter import LocalLimiter
from bookedbarber.shops.opening import BarberPlan, ServicePlan, ShopPlan, open_shop
from bookedbarber.vault import people

LARGE: Final = 1_000_000
SMALL: Final = 10_000
CLIENTS: Final = 500
YEARS: Final = timedelta(days=2 * 365)
PASSWORD: Final = "correct horse 7 battery"  # noqa: S105 # of a database that lives a minute
FILLED: Final = ("appointments", "payments", "refunds", "audit_events", "balance_transactions")
SEED: Final = Path(__file__).with_name("million.sql")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two shops, who may ask, and something to ask for."""

    slug: str
    shop_id: UUID
    key: str
    email: str
    client: str
    payment: str
    booking: str
    refund: str
    intent: str
    barbers: Sequence[str]
    services: Sequence[str]

    @property
    def headers(self) -> dict[str, str]:
        """What the shop's own systems send."""
        return {"Authorization": f"Bearer {self.key}"}


@dataclass(frozen=True, slots=True)
class Million:
    """Both shops behind one application; each has a browser in which its owner is signed in."""

    large: Side
    small: Side
    browsers: dict[str, httpx.AsyncClient]
    now: datetime

    @property
    def sides(self) -> tuple[Side, Side]:
        """The large one first."""
        return self.large, self.small


@asynccontextmanager
async def standing(ground: Ground) -> AsyncIterator[Million]:
    """Both shops, and the application that serves them, until the block ends."""
    admin = await asyncpg.connect(
        ground.addresses.admin_url.replace("@/postgres", "@/bookedbarber")
    )
    try:
        async with _without_indexes(admin):
            small = await _side(ground, admin, "small", SMALL)
            large = await _side(ground, admin, "large", LARGE)
        await admin.execute("vacuum (analyze)")
    finally:
        await admin.close()
    door = free_socket()
    async with serving(_application(ground), door):
        browsers = {side.slug: await _signed_in(url_of(door), side) for side in (large, small)}
        try:
            yield Million(large, small, browsers, NOW)
        finally:
            for browser in browsers.values():
                await browser.aclose()


@asynccontextmanager
async def _without_indexes(admin: "asyncpg.Connection[Any]") -> AsyncIterator[None]:
    """Indexes are made when the rows are there, which takes a tenth of the time. That no two share
    a chair is not kept: it is no list's index, and would take longest of all."""
    await admin.execute("alter table appointments drop constraint one_client_a_slot")
    found = await admin.fetch(
        "select c.relname, pg_get_indexdef(i.indexrelid) as made from pg_index i"
        " join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid"
        " where not i.indisunique and t.relname = any($1::text[])",
        FILLED,
    )
    for index in found:
        await admin.execute(f"drop index {index['relname']}")
    yield
    for index in found:
        await admin.execute(index["made"])


def _application(ground: Ground) -> Any:
    """The product as it is served, but for limits that a benchmark would meet at once."""
    log.configure(level="warning", plain=False)
    clock = ManualClock(NOW)
    limiter = LocalLimiter(lambda: time.monotonic() * 10_000)
    context = Context(means=ground.means, clock=clock, limiter=limiter, demo=False, wall=clock)
    site = Site(stripe=Stripe.live(), test_mode=True)
    return assemble(House(context, site, "pk_test_bench"), [])


async def _signed_in(url: str, side: Side) -> httpx.AsyncClient:
    browser = httpx.AsyncClient(base_url=url, timeout=120)
    form = {"email": side.email, "password": PASSWORD}
    answer = await browser.post("/desk/sign-in", data=form)
    assert answer.status_code == 303, answer.text
    await authenticator.set_up(browser, NOW)
    return browser


async def _side(ground: Ground, admin: "asyncpg.Connection[Any]", slug: str, count: int) -> Side:
    usd = currency("usd")
    plan = ShopPlan(
        slug=slug, name=slug.title(), address="1 Bench", time_zone="Europe/London", country="GB",
        currency="usd", stripe_account=ACCOUNT, week=WEEK, tax_basis_points=2000,
        tax_included=True, terms="Terms.",
        services=[ServicePlan(f"Cut {n}", 45, Money(3000 + 100 * n, usd)) for n in range(8)],
        barbers=[BarberPlan(f"Barber {n}", WEEK) for n in range(12)],
    )  # fmt: skip
    digest = await passwords.digest(PASSWORD)
    async with ground.means.database.platform() as db:
        shop_id = await open_shop(db, plan, now=NOW)
        key = await keys.create(db, shop_id=shop_id, name="till", now=NOW)
        email = f"{slug}@example.com"
        owner = await staff.add(
            db, ground.means.vault, name="Owner", email=email, password=digest, now=NOW
        )
        await staff.employ(
            db, shop_id=shop_id, person_id=owner.person_id, role=Role.OWNER, actor="bench", now=NOW
        )
        clients = [await _client(db, ground, shop_id, n) for n in range(CLIENTS)]
    await _past(admin, shop_id, clients, count)
    return await _described(admin, slug, shop_id, key, email)


async def _client(db: Any, ground: Ground, shop_id: UUID, number: int) -> people.Person:
    """A client with a key of their own, as the product makes them."""
    client_id, email = ids.new(NOW), f"client{number}@example.com"
    vault = ground.means.vault
    person = await people.create(db, vault, shop_id=shop_id, subject_id=client_id, now=NOW)
    await db.execute(
        "insert into clients (shop_id, client_id, email_index, email, key_id, created_at)"
        " values ($1, $2, $3, $4, $5, $6)",
        shop_id, client_id, vault.index_email(shop_id, email),
        person.seal("clients", "email", client_id, email), person.key.key_id, NOW,
    )  # fmt: skip
    return person


async def _past(
    admin: "asyncpg.Connection[Any]",
    shop_id: UUID,
    clients: Sequence[people.Person],
    count: int,
) -> None:
    """Visits with sealed names out of Python, and everything that hangs on them by SQL."""
    await admin.execute(
        "create temp table past (n bigint, at timestamptz, appointment_id uuid, payment_id uuid,"
        " client_id uuid, key_id uuid, guest_name bytea)"
    )
    await admin.copy_records_to_table("past", records=_visits(clients, count))
    # As a replica: neither triggers nor foreign keys look at rows that this file makes right.
    await admin.execute("set session_replication_role = replica")
    sql = SEED.read_text().replace(":shop_id", f"'{shop_id}'").replace(":account", f"'{ACCOUNT}'")
    await admin.execute(sql)
    await admin.execute("reset session_replication_role")


def _visits(clients: Sequence[people.Person], count: int) -> Iterator[tuple[object, ...]]:
    pause = YEARS / count
    for n in range(count):
        at = NOW - YEARS + n * pause
        visit, payment, person = ids.new(at), ids.new(at), clients[n * 7919 % len(clients)]
        name = person.seal("appointments", "guest_name", visit, f"Client {n % len(clients)}")
        yield n, at, visit, payment, person.subject_id, person.key.key_id, name


async def _described(
    admin: "asyncpg.Connection[Any]", slug: str, shop_id: UUID, key: str, email: str
) -> Side:
    row = await admin.fetchrow(
        "select p.payment_id, p.appointment_id, p.intent_id, r.refund_id from payments p"
        " join refunds r using (shop_id, payment_id) where p.shop_id = $1"
        " order by p.payment_id offset 100 limit 1",
        shop_id,
    )
    assert row is not None

    async def named(table: str, column: str, prefix: ids.Prefix) -> list[str]:
        rows = await admin.fetch(
            f"select {column} from {table} where shop_id = $1 order by position", shop_id
        )
        return [ids.show(prefix, row[0]) for row in rows]

    return Side(
        slug=slug,
        shop_id=shop_id,
        key=key,
        email=email,
        client="client7@example.com",
        payment=ids.show("pay", row["payment_id"]),
        booking=ids.show("apt", row["appointment_id"]),
        refund=ids.show("ref", row["refund_id"]),
        intent=row["intent_id"],
        barbers=await named("barbers", "barber_id", "bar"),
        services=await named("services", "service_id", "svc"),
    )
