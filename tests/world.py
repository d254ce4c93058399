"""A small world for stories: the product and the sandbox over real HTTP, on one driven clock."""

import base64
import html
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx2 as httpx
import pyotp
import stripe

from bookedbarber import ids
from bookedbarber.access import passwords, people, totp
from bookedbarber.access.people import Person
from bookedbarber.access.roles import HOUSE, Role
from bookedbarber.api import keys
from bookedbarber.api.context import Context
from bookedbarber.api.problems import MEDIA_TYPE
from bookedbarber.checkout.means import Means
from bookedbarber.cli.web import assemble
from bookedbarber.clock import ManualClock, seconds_of
from bookedbarber.database import Database
from bookedbarber.money import Money, currency
from bookedbarber.pages.context import House
from bookedbarber.pages.render import Site
from bookedbarber.pages.security import Stripe
from bookedbarber.processor.client import Processor
from bookedbarber.resilience.breaker import Breakers
from bookedbarber.resilience.limiter import LocalLimiter
from bookedbarber.sandbox.app import create as create_sandbox
from bookedbarber.sandbox.browser import routes as browser_routes
from bookedbarber.shops import queries
from bookedbarber.shops.opening import BarberPlan, ServicePlan, ShopPlan, open_shop
from bookedbarber.vault import Vault, master_key_of
from bookedbarber.worker import Worker
from tests import closed_books
from tests.documented import documented
from tests.servers import free_socket, serving, url_of

SECRET_KEY = "sk_test_world"
PUBLISHABLE_KEY = "pk_test_world"
PASSWORD = "correct horse 7 battery"
MONDAY = datetime(2035, 3, 5, 8, 0, tzinfo=UTC)
DAY = (time(9), time(18))
WEEKDAYS = {weekday: [DAY] for weekday in range(6)}
SOON, HOP = timedelta(seconds=10), timedelta(minutes=4)
_keys = itertools.count()


@dataclass
class Shop:
    """A shop of the world, and a key that its own systems hold."""

    id: UUID
    slug: str
    key: str
    menu: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """What the shop's own systems send."""
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def actor(self) -> str:
        """Who holds this key, as the audit trail names them."""
        raw = base64.urlsafe_b64decode(self.key.removeprefix(keys.PREFIX))
        return keys.actor_of(UUID(bytes=raw[16:32]))

    def service(self, name: str) -> dict[str, Any]:
        """One of the shop's services as the API shows it."""
        return next(service for service in self.menu["services"] if service["name"] == name)


@dataclass(frozen=True)
class Staff:
    """Somebody with an account, and what they sign in with."""

    shop: Shop
    person: Person
    email: str
    password: str


@dataclass
class World:
    """Everything a story needs; see `settle`, `advance` and `prove`."""

    means: Means
    clock: ManualClock
    worker: Worker
    http: httpx.AsyncClient
    sandbox: httpx.AsyncClient
    sandbox_url: str
    stripe: stripe.StripeClient
    webhook_secret: str
    stripe_account: str
    site_url: str
    context: Context
    dead_on_purpose: set[str] = field(default_factory=set)
    """Kinds of work that a test lets die; any other dead work is a fault."""
    unexplained_on_purpose: set[str] = field(default_factory=set)
    """Movements that a test makes at Stripe by hand; any other in suspense is a fault."""
    acknowledged: set[str] = field(default_factory=set)
    """The ids of everything that a client of this world was told is made."""

    def __post_init__(self) -> None:
        self.http.event_hooks["response"].append(self._hear)

    async def _hear(self, answer: httpx.Response) -> None:
        """Keep the ids of what an answer says was made; a refusal must be a documented one."""
        if answer.headers.get("content-type") == MEDIA_TYPE:
            await answer.aread()
            asked, code = answer.request, answer.json()["code"]
            known = documented()
            assert not (wrong := known.missing(asked.method, asked.url.path, code)), wrong
        if answer.status_code == 201:
            await answer.aread()
            made = answer.json()
            self.acknowledged |= {made["id"], *(paid["id"] for paid in made.get("payments", ()))}

    def browser(self) -> httpx.AsyncClient:
        """Another client of the product, with connections of its own."""
        return httpx.AsyncClient(
            base_url=self.site_url, timeout=120, event_hooks=self.http.event_hooks
        )

    async def open_shop(self, slug: str = "fade", **changes: Any) -> Shop:
        """A shop that sells a cut and a shave, with two barbers, open Monday to Saturday."""
        code = currency(changes.get("currency", "usd"))
        price = Money(changes.pop("price", 3200 if code.exponent < 3 else 9500), code)
        plan = ShopPlan(
            **{
                "slug": slug,
                "name": f"{slug.title()} Street Barbers",
                "address": "12 Fade Street",
                "time_zone": "Europe/London",
                "country": "GB",
                "currency": code.code,
                "stripe_account": self.stripe_account,
                "week": WEEKDAYS,
                "tax_basis_points": 2000,
                "tax_included": True,
                "services": [
                    ServicePlan("Skin fade", 45, price, deposit=2500),
                    ServicePlan("Hot towel shave", 30, price, buffer_minutes=15),
                ],
                "barbers": [BarberPlan("Marco", WEEKDAYS), BarberPlan("Elif", WEEKDAYS)],
                "terms": "Free to cancel until 24 hours before.",
                **changes,
            }
        )
        now = self.clock.now()
        async with self.means.database.platform() as db:
            shop_id = await open_shop(db, plan, now=now)
            key = await keys.create(db, shop_id=shop_id, name="till", now=now)
        shop = Shop(shop_id, slug, key)
        shop.menu = (await self.http.get(f"/api/v2/shops/{slug}")).raise_for_status().json()
        return shop

    async def employ(
        self, shop: Shop, role: Role, *, name: str = "Robin Staff", barber: str = "Marco"
    ) -> Staff:
        """Somebody who works in a shop; a barber has the column of the barber named."""
        now = self.clock.now()
        email = f"{role}-{next(_keys)}@example.com"
        digest = await passwords.digest(PASSWORD)
        async with self.means.database.platform() as db:
            person = await people.add(
                db,
                self.means.vault,
                name=name,
                email=email,
                password=digest,
                house=role if role in HOUSE else None,
                now=now,
            )
            if role not in HOUSE:
                columns = await queries.list_barbers(db, shop_id=shop.id)
                own = next(b.barber_id for b in columns if b.name == barber)
                await people.employ(
                    db,
                    shop_id=shop.id,
                    person_id=person.person_id,
                    role=role,
                    barber_id=own if role is Role.BARBER else None,
                    actor="test",
                    now=now,
                )
        return Staff(shop, person, email, PASSWORD)

    async def code(self, person: Person) -> str:
        """A code of a new authenticator of somebody's: one of theirs could be used up already."""
        now, secret = self.context.wall.now(), pyotp.random_base32()
        async with self.means.database.platform() as db:
            await totp.hand_over(db, self.means.vault, person=person, secret=secret, now=now)
        return pyotp.TOTP(secret).at(now)

    @asynccontextmanager
    async def at_desk(self, staff: Staff) -> AsyncIterator[httpx.AsyncClient]:
        """A browser, without its screen, in which somebody has signed in."""
        async with self.browser() as there:
            data = {"email": staff.email, "password": staff.password}
            answer = await there.post("/desk/sign-in", data=data)
            assert answer.status_code == 303, answer.text
            second = {"code": await self.code(staff.person)}
            answer = await there.post(answer.headers["location"], data=second)
            assert answer.status_code == 303, answer.text
            yield there

    async def confirmed(
        self,
        there: httpx.AsyncClient,
        staff: Staff,
        path: str,
        data: dict[str, str] | None = None,
        *,
        method: str = "POST",
    ) -> httpx.Response:
        """The answer to a form, or a link, once its second factor was shown."""
        asked = await there.request(method, path, data=data if method == "POST" else None)
        assert asked.status_code == 403, asked.text
        fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', asked.text))
        [action] = re.findall(r'<form method="post" action="([^"]*)" class="form">', asked.text)
        sent = {html.unescape(name): html.unescape(value) for name, value in fields.items()}
        sent["confirm_code"] = await self.code(staff.person)
        answer = await there.post(html.unescape(action), data=sent)
        return answer if method == "POST" else await there.get(answer.headers["location"])

    async def add_service(self, shop: Shop, name: str, price: Money) -> str:
        """A service that came into the database by another way than opening a shop."""
        now = self.clock.now()
        service_id = ids.new(now)
        async with self.means.database.platform() as db:
            await queries.add_service(
                db,
                shop_id=shop.id,
                service_id=service_id,
                name=name,
                description="",
                duration_minutes=15,
                buffer_minutes=0,
                price=price.minor,
                currency=price.currency.code,
                deposit_kind="none",
                deposit_value=0,
                position=9,
            )
            for barber in await queries.list_barbers(db, shop_id=shop.id):
                await queries.add_barber_service(
                    db, shop_id=shop.id, barber_id=barber.barber_id, service_id=service_id
                )
        shop.menu = (await self.http.get(f"/api/v2/shops/{shop.slug}")).raise_for_status().json()
        return ids.show("svc", service_id)

    async def slots(self, shop: Shop, service: str = "Skin fade") -> list[dict[str, Any]]:
        """The bookable times of the first day that has any."""
        answer = await self.http.get(
            f"/api/v2/shops/{shop.slug}/availability",
            params={"service": shop.service(service)["id"]},
        )
        return list(answer.raise_for_status().json()["slots"])

    async def wish(self, shop: Shop, service: str = "Skin fade", **changes: Any) -> dict[str, Any]:
        """What a client sends to book the first free time."""
        wish = {
            "service": shop.service(service)["id"],
            "pay": "full",
            "client": {"name": "Amara Okafor", "email": "amara@example.com"},
            "terms_version": shop.menu["terms_version"],
            **changes,
        }
        if "starts_at" not in wish:
            wish["starts_at"] = (await self.slots(shop, service))[0]["starts_at"]
        return wish

    async def book(
        self, shop: Shop, service: str = "Skin fade", *, key: str | None = None, **changes: Any
    ) -> httpx.Response:
        """Book through the API, as the client means it."""
        return await self.send(shop, await self.wish(shop, service, **changes), key=key)

    async def send(
        self, shop: Shop, wish: dict[str, Any], *, key: str | None = None
    ) -> httpx.Response:
        """Send a wish to book, under a key when there is one."""
        return await self.http.post(
            f"/api/v2/shops/{shop.slug}/bookings",
            json=wish,
            headers={"Idempotency-Key": key} if key else {},
        )

    async def pay(self, booking: dict[str, Any], card: str = "pm_card_visa") -> Any:
        """Confirm the booking's PaymentIntent as the client's browser would."""
        intent = await self.intent_of(booking)
        return await self.stripe.v1.payment_intents.confirm_async(
            intent, {"payment_method": card, "return_url": "https://example.com/back"}
        )

    async def intent_of(self, booking: dict[str, Any]) -> str:
        """The PaymentIntent that collects a booking's payment."""
        for intent in await self.rows("payment_intent"):
            if intent["metadata"].get("appointment") == booking["id"]:
                return str(intent["id"])
        raise LookupError(booking["id"])

    async def paid_booking(self, shop: Shop, **changes: Any) -> dict[str, Any]:
        """A booking that was paid and confirmed."""
        answer = await self.book(shop, **changes)
        assert answer.status_code == 201, answer.text
        await self.pay(answer.json())
        await self.settle()
        return await self.booking(shop, answer.json()["id"])

    async def booking(self, shop: Shop, booking_id: str) -> dict[str, Any]:
        """A booking as the shop's own systems see it."""
        answer = await self.http.get(f"/api/v2/bookings/{booking_id}", headers=shop.headers)
        return dict(answer.raise_for_status().json())

    async def cancel(
        self, shop: Shop, booking: dict[str, Any], key: str | None = None, **body: Any
    ) -> httpx.Response:
        """Cancel a booking as the shop's own systems do."""
        return await self.http.post(
            f"/api/v2/bookings/{booking['id']}/cancel",
            json=body,
            headers={**shop.headers, "Idempotency-Key": key or f"cancel-{booking['id']}"},
        )

    async def move(
        self, shop: Shop, booking: dict[str, Any], starts_at: str, **body: Any
    ) -> httpx.Response:
        """Move a booking as the shop's own systems do, under a key of its own."""
        key = body.pop("key", None) or f"move-{next(_keys)}"
        return await self.http.post(
            f"/api/v2/bookings/{booking['id']}/move",
            json={"starts_at": starts_at, **body},
            headers={**shop.headers, "Idempotency-Key": key},
        )

    async def begin(self, booking: dict[str, Any]) -> None:
        """Let time pass until a visit begins."""
        starts_at = datetime.fromisoformat(booking["starts_at"])
        await self.advance(max(starts_at - self.clock.now(), timedelta()))

    async def complete(self, shop: Shop, booking: dict[str, Any]) -> httpx.Response:
        """Complete a booking as the shop's own systems do: once it has begun."""
        seen = await self.booking(shop, booking["id"])
        if seen["state"] == "confirmed":
            await self.begin(seen)
        return await self.http.post(
            f"/api/v2/bookings/{booking['id']}/complete", headers=shop.headers
        )

    async def desk(
        self, shop: Shop, method: str, path: str, key: str | None = None, **body: Any
    ) -> httpx.Response:
        """Ask for something as the shop's own systems do, under a key of its own."""
        headers = {**shop.headers, "Idempotency-Key": key or f"desk-{next(_keys)}"}
        json = body if method == "POST" else None
        return await self.http.request(method, f"/api/v2/{path}", json=json, headers=headers)

    async def walk_in(
        self, shop: Shop, service: str = "Skin fade", *, key: str | None = None, **given: Any
    ) -> httpx.Response:
        """Put somebody who walked in on the first barber's time."""
        wish = {
            "barber": shop.menu["barbers"][0]["id"],
            "service": shop.service(service)["id"],
            "name": "Walter Inn",
            **given,
        }
        return await self.desk(shop, "POST", "walk-ins", key, **wish)

    async def refund(
        self, shop: Shop, payment: dict[str, Any], amount: int | None = None, **given: Any
    ) -> httpx.Response:
        """Refund part of a payment, or all that is left, under a key of its own."""
        key = given.pop("key", None) or f"refund-{next(_keys)}"
        body = dict(given)
        if amount is not None:
            body["amount"] = {"amount": amount, "currency": payment["amount"]["currency"]}
        return await self.http.post(
            f"/api/v2/payments/{payment['id']}/refunds",
            json=body,
            headers={**shop.headers, "Idempotency-Key": key},
        )

    async def fault(self, method: str, path: str, kind: str, **more: Any) -> None:
        """Have Stripe fail at a route; see `sandbox/faults.py`."""
        await self.control("POST", "faults", {"method": method, "path": path, "kind": kind, **more})

    async def hold_deliveries(self, *, held: bool = True) -> None:
        """Have Stripe keep its events to itself, or let them go again."""
        await self.control("POST", "deliveries", {"mode": "held" if held else "auto"})

    async def query(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Rows of the product's database, across shops."""
        async with self.means.database.platform() as db:
            return [dict(row) for row in await db.fetch(sql, *values)]

    async def tally(self) -> dict[str, int]:
        """How many rows each table of the product has."""
        tables = await self.query(
            "select tablename from pg_tables where schemaname = 'public'"
            " and tablename <> 'alembic_version'"
        )
        counts = " union all ".join(
            f"select '{t['tablename']}' as name, count(*) as rows from {t['tablename']}"  # noqa: S608 # names out of the catalogue
            for t in tables
        )
        return {row["name"]: row["rows"] for row in await self.query(counts)}

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the sandbox's control routes."""
        answer = await self.sandbox.request(method, f"/_sandbox/{path}", json=body)
        return answer.raise_for_status().json()

    async def rows(self, kind: str) -> list[dict[str, Any]]:
        """The sandbox's own rows of one kind of object."""
        return [row["row"] for row in (await self.control("GET", f"rows?object={kind}"))["rows"]]

    async def settle(self) -> None:
        """Let everything that is under way arrive: charges' movements, deliveries, jobs."""
        for pause in [SOON] * 10 + [HOP] * 20:
            await self.advance(pause)
            left = await self._under_way()
            if not left:
                return
        raise AssertionError(f"the world does not come to rest: {left}")

    async def _under_way(self) -> list[dict[str, Any]]:
        log = await self.control("GET", "deliveries?state=pending")
        waiting = await self.query(
            "select type as what, failure from webhook_events where state = 'ready' union all"
            " select kind, failure from jobs where state = 'ready' and run_at <= $1",
            self.clock.now(),
        )
        return [*log["deliveries"], *waiting]

    async def advance(self, by: timedelta) -> None:
        """Let time pass for the product and for Stripe, and do what falls due.

        In hops, so that what Stripe signs on the way is fresh when it arrives; in a leap of many
        hours what happens on the way arrives stale, and is delivered again.
        """
        await self.arrive()
        if by > 30 * HOP:
            await self._move(by - 2 * HOP)
            by = 2 * HOP
        while by > timedelta():
            await self._move(min(by, HOP))
            by -= HOP

    async def _move(self, by: timedelta) -> None:
        await self.tick(by)
        await self.arrive()

    async def tick(self, by: timedelta) -> None:
        """Move both clocks on; what falls due at Stripe happens, and the product does nothing."""
        self.clock.advance(by)
        await self.control("POST", "clock", {"now": self.clock.now().timestamp()})

    async def arrive(self) -> None:
        """Do what is due at this moment, deliveries included."""
        await self.worker.drain()
        await self.control("POST", "deliveries/settle")
        await self.worker.drain()

    async def prove(self) -> None:
        """The books close, by the sandbox's own rows and by reading nothing but postings."""
        await closed_books.prove(self)


@asynccontextmanager
async def living(
    app_url: str,
    platform_url: str,
    *,
    retries: int = 2,
    patience: float = 30,
    hold: timedelta = timedelta(minutes=10),
) -> AsyncIterator[World]:
    """A world, until the block ends; `retries` is how often the SDK tries again by itself, and
    `patience` how many seconds it waits for Stripe."""
    clock = ManualClock(MONDAY)
    door, back = free_socket(), free_socket()
    sandbox_url, site_url = url_of(back), url_of(door)
    sandbox = create_sandbox(
        secret_key=SECRET_KEY,
        publishable_key=PUBLISHABLE_KEY,
        origin=sandbox_url,
        extra_routes=browser_routes,
    )
    async with AsyncExitStack() as house:
        await house.enter_async_context(serving(sandbox, back))
        control = await house.enter_async_context(
            httpx.AsyncClient(base_url=sandbox_url, timeout=30)
        )
        frozen = {"mode": "frozen", "now": clock.now().timestamp()}
        (await control.post("/_sandbox/clock", json=frozen)).raise_for_status()
        carrier: Any = stripe.AIOHTTPClient()
        house.push_async_callback(carrier.close_async)
        client = stripe.StripeClient(
            SECRET_KEY, base_addresses={"api": sandbox_url}, http_client=carrier
        )
        endpoint = await client.v1.webhook_endpoints.create_async(
            {"url": f"{site_url}/webhooks/stripe", "enabled_events": ["*"]}
        )
        breakers = Breakers(seconds_of(clock))
        processor = Processor(
            api_key=SECRET_KEY,
            api_base=sandbox_url,
            breakers=breakers,
            timeout=patience,
            retries=retries,
        )
        house.push_async_callback(processor.close)
        database = await Database.open(app_url, platform_url, size=4)
        house.push_async_callback(database.close)
        master = master_key_of(base64.b64encode(bytes(32)).decode())
        means = Means(
            database=database,
            processor=processor,
            vault=Vault(master),
            hold=hold,
            link_key=master.derive("links"),
            site_url=site_url,
            breakers=breakers,
        )
        context = Context(
            means=means,
            clock=clock,
            limiter=LocalLimiter(seconds_of(clock)),
            demo=True,
            wall=clock,
        )
        site = Site(stripe=Stripe.sandbox(sandbox_url, f"{sandbox_url}/v3/"), test_mode=True)
        app = assemble(House(context, site, PUBLISHABLE_KEY), [str(endpoint.secret)])
        await house.enter_async_context(serving(app, door))
        yield World(
            means=means,
            clock=clock,
            worker=Worker(means, clock),
            http=await house.enter_async_context(httpx.AsyncClient(base_url=site_url, timeout=30)),
            sandbox=control,
            sandbox_url=sandbox_url,
            stripe=client,
            webhook_secret=str(endpoint.secret),
            stripe_account=await processor.account_id(),
            site_url=site_url,
            context=context,
        )
