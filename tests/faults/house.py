"""Parts of a house that can be broken one by one: a sandbox that outlives the product, and a
product that joins a sandbox already running."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx2 as httpx
import stripe

from bookedbarber import api
from bookedbarber.api.context import Context
from bookedbarber.checkout.means import Means
from bookedbarber.clock import Clock, ManualClock, seconds_of
from bookedbarber.database import Database
from bookedbarber.processor.client import Processor
from bookedbarber.resilience.breaker import Breakers
from bookedbarber.resilience.limiter import LocalLimiter, Rule
from bookedbarber.sandbox.app import create as create_sandbox
from bookedbarber.vault import Vault, master_key_of
from bookedbarber.worker import Worker
from tests.house.processes import free_port
from tests.servers import free_socket, serving, url_of
from tests.world import MONDAY, PUBLISHABLE_KEY, SECRET_KEY, World


class Unlimited:
    """A limiter for tests in which one address does what a city would."""

    async def take(self, rule: Rule, key: str, cost: int = 1) -> None:
        """Let everybody in."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Where the product and its surroundings meet: all that a process needs to join."""

    sandbox_url: str
    site_port: int
    webhook_secret: str
    app_url: str
    platform_url: str
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request that reached the sandbox."""
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    """Requests that wait at the sandbox's door, by how their path begins, until told to go on."""

    def hold_next(self, path: str) -> asyncio.Event:
        """Let the next request whose path begins so wait, unanswered, until the event is set."""
        self.held[path] = asyncio.Event()
        return self.held[path]

    async def let_in(self, scope: Any) -> None:
        """A request knocks at the sandbox's door."""
        self.asked.append((scope["method"], scope["path"]))
        for path in [path for path in self.held if scope["path"].startswith(path)]:
            await self.held.pop(path).wait()

    @property
    def site_url(self) -> str:
        """Where Stripe and clients reach the product."""
        return f"http://127.0.0.1:{self.site_port}"


@asynccontextmanager
async def sandbox(
    app_url: str, platform_url: str, *, now: datetime = MONDAY, **settings: Any
) -> AsyncIterator[Joint]:
    """A sandbox on a frozen clock, with a webhook endpoint for a product to come."""
    back, port = free_socket(), free_port()
    url = url_of(back)
    app = create_sandbox(secret_key=SECRET_KEY, publishable_key=PUBLISHABLE_KEY, origin=url)
    joint = Joint(url, port, "", app_url, platform_url)

    async def door(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await joint.let_in(scope)
        await app(scope, receive, send)

    async with serving(door, back), httpx.AsyncClient(base_url=url, timeout=30) as control:
        frozen = {"mode": "frozen", "now": now.timestamp()}
        (await control.post("/_sandbox/clock", json=frozen)).raise_for_status()
        if settings:
            (await control.post("/_sandbox/settings", json=settings)).raise_for_status()
        answer = await control.post(
            "/v1/webhook_endpoints",
            content=f"url=http://127.0.0.1:{port}/webhooks/stripe&enabled_events[]=*",
            headers={
                "Authorization": f"Bearer {SECRET_KEY}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        secret = str(answer.raise_for_status().json()["secret"])
        yield replace(joint, webhook_secret=secret)


@asynccontextmanager
async def joining(
    joint: Joint, *, patience: float = 5, retries: int = 2, connections: int = 4, serve: bool = True
) -> AsyncIterator[World]:
    """The product, joined to a sandbox that lives on when it dies; time is the sandbox's."""
    carrier: Any = stripe.AIOHTTPClient()
    client = stripe.StripeClient(
        SECRET_KEY,
        base_addresses={"api": joint.sandbox_url},
        http_client=carrier,
        max_network_retries=2,
    )
    master = master_key_of(base64.b64encode(bytes(32)).decode())
    async with (
        httpx.AsyncClient(base_url=joint.sandbox_url, timeout=60) as control,
        httpx.AsyncClient(base_url=joint.site_url, timeout=60) as http,
    ):
        clock = ManualClock(await _present(control))
        processor = Processor(
            api_key=SECRET_KEY,
            api_base=joint.sandbox_url,
            breakers=Breakers(seconds_of(clock)),
            timeout=patience,
            retries=retries,
        )
        database = await Database.open(joint.app_url, joint.platform_url, size=connections)
        means = Means(
            database=database,
            processor=processor,
            vault=Vault(master),
            hold=timedelta(minutes=10),
            link_key=master.derive("links"),
            site_url=joint.site_url,
        )
        counting = LocalLimiter(seconds_of(clock))
        try:
            world = World(
                means=means,
                context=Context(means=means, clock=clock, limiter=counting, demo=True),
                clock=clock,
                worker=Worker(means, clock),
                http=http,
                sandbox=control,
                sandbox_url=joint.sandbox_url,
                stripe=client,
                webhook_secret=joint.webhook_secret,
                stripe_account=await processor.account_id(),
                site_url=joint.site_url,
            )
            if serve:
                async with serving(_site(means, clock, joint), listening_on(joint.site_port)):
                    yield world
            else:
                yield world
        finally:
            await database.close()
            await processor.close()
            await carrier.close_async()


async def rest(world: World) -> None:
    """Let time pass until nothing is under way: ten minutes at most, whatever had happened."""
    for _ in range(60):
        await world.advance(timedelta(seconds=10))
        if not await world._under_way():
            return
    late = (await world.control("GET", "deliveries?state=pending"))["deliveries"]
    raise AssertionError(f"ten minutes after the last fault something is still under way: {late}")


def listening_on(port: int) -> socket.socket:
    """A listening socket on this very port, as a product that comes back needs it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(512)
    return listener


def _site(means: Means, clock: Clock, joint: Joint) -> Any:
    context = Context(means=means, clock=clock, limiter=Unlimited(), demo=True)
    return api.build(context, webhook_secrets=[joint.webhook_secret])


async def _present(control: httpx.AsyncClient) -> datetime:
    answer = (await control.get("/_sandbox/clock")).raise_for_status()
    return datetime.fromtimestamp(answer.json()["now"], MONDAY.tzinfo)
