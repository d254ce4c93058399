"""Each part started alone, on a machine where nothing is kept yet, as a real deployment does."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import psycopg
import pytest
from alembic.script import ScriptDirectory

from bookedbarber import config, kept, migrations
from bookedbarber.cli import demo, endpoint, household
from bookedbarber.clock import SystemClock
from bookedbarber.config import Settings
from bookedbarber.database.embedded import Addresses
from bookedbarber.migrations.upgrade import HERE, VERSIONS
from tests.conftest import Databases, named
from tests.faults.processes import Processes
from tests.house.processes import HOUSE, QUIET, eventually, free_port, house, slowness
from tests.house.visit import SHOP, Visit


@pytest.fixture
def parts(data_dir: Path) -> Iterator[Processes]:
    """Processes of a house in a data folder that nobody has made."""
    ports = {"BOOKEDBARBER_PORT": free_port(), "BOOKEDBARBER_SANDBOX_PORT": free_port()}
    known = {name: str(port) for name, port in ports.items()}
    processes = Processes(data_dir.parent, {"BOOKEDBARBER_DATA_DIR": str(data_dir), **known})
    yield processes
    processes.end()


@pytest.fixture
def beside(parts: Processes, databases: Databases) -> Processes:
    """The same, with a database that stands elsewhere; the owner's address is left away."""
    parts.environment |= {
        "BOOKEDBARBER_DATABASE_APP_URL": databases.app_url,
        "BOOKEDBARBER_DATABASE_PLATFORM_URL": databases.platform_url,
    }
    return parts


def site(parts: Processes) -> str:
    return f"http://127.0.0.1:{parts.environment['BOOKEDBARBER_PORT']}"


def sandbox_of(parts: Processes) -> str:
    return f"http://127.0.0.1:{parts.environment['BOOKEDBARBER_SANDBOX_PORT']}"


def start(parts: Processes, name: str, *arguments: str) -> None:
    parts.start(name, "bookedbarber.cli", name, *arguments)


def answers(url: str) -> bool:
    return eventually(lambda: endpoint.status(url) == 200, within=60)


def known(parts: Processes) -> Settings:
    settings = config.load(parts.environment)
    return household.complete(household.beside(settings, pages=True))


async def test_sandbox_pages_and_worker_alone_take_a_payment_together(beside: Processes) -> None:
    start(beside, "sandbox")
    assert answers(f"{sandbox_of(beside)}/_sandbox/health"), beside.said("sandbox")
    seeded = await demo.seed(await asyncio.to_thread(known, beside), now=SystemClock().now())
    start(beside, "web", "--workers", "1")
    start(beside, "worker")
    assert answers(f"{site(beside)}{SHOP}"), beside.said("web")
    key = re.search(r"Fade Street.*(bbk_\S+)", "\n".join(seeded.facts))
    assert key is not None
    visit = Visit(site(beside), sandbox_of(beside), beside.folder / "data", key[1])
    booking = visit.book()
    visit.pay(booking)
    assert visit.becomes(booking, "confirmed", within=30), beside.said("worker")
    for name in ("web", "worker", "sandbox"):
        assert "Traceback" not in beside.said(name)
        began = time.monotonic()
        beside.running[name].send_signal(signal.SIGTERM)
        assert beside.running[name].wait(timeout=30) in {0, -signal.SIGTERM}
        assert time.monotonic() - began < slowness() * 3


def test_parts_that_start_at_once_share_what_they_make(data_dir: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from bookedbarber import config\n"
        "from bookedbarber.cli import household\n"
        "made = household.complete(config.load({}, data_dir=Path(sys.argv[1])))\n"
        "print(made.master_key.get_secret_value(), made.stripe_api_key.get_secret_value())"
    )
    household.prepare(data_dir)
    with kept.in_turn(data_dir):  # until each of them has seen that nothing is there
        several = [
            subprocess.Popen(  # noqa: S603 # our own interpreter
                [sys.executable, "-c", program, str(data_dir)], stdout=subprocess.PIPE, text=True
            )
            for _ in range(4)
        ]
        time.sleep(2 * slowness())
    assert len({process.communicate(timeout=60)[0] for process in several}) == 1
    assert all(process.returncode == 0 for process in several)


async def test_an_endpoint_whose_secret_was_never_kept_is_replaced(parts: Processes) -> None:
    start(parts, "sandbox")
    assert answers(f"{sandbox_of(parts)}/_sandbox/health"), parts.said("sandbox")
    settings = await asyncio.to_thread(known, parts)
    first = endpoint.register(settings)
    (settings.data_dir / "secrets" / "webhook.json").unlink()  # killed before it was written
    moved = settings.model_copy(update={"port": settings.port + 1})
    second = endpoint.register(moved)
    assert second.stripe_webhook_secrets != first.stripe_webhook_secrets
    assert urls(settings) == [f"http://127.0.0.1:{moved.port}/webhooks/stripe"]
    assert endpoint.register(settings).stripe_webhook_secrets == second.stripe_webhook_secrets
    assert urls(settings) == [f"http://127.0.0.1:{settings.port}/webhooks/stripe"]


def urls(settings: Settings) -> list[str]:
    assert settings.stripe_api_key is not None
    answer = httpx.get(
        f"{settings.stripe_api_base}/v1/webhook_endpoints",
        headers={"Authorization": f"Bearer {settings.stripe_api_key.get_secret_value()}"},
    )
    return [found["url"] for found in answer.raise_for_status().json()["data"]]


async def test_pages_without_their_sandbox_say_so_in_one_sentence(beside: Processes) -> None:
    answer = house("web", **beside.environment)
    assert answer.returncode == 2
    assert f"The sandbox at {sandbox_of(beside)} did not register" in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.fixture
def bare(postgres: Addresses, parts: Processes) -> Iterator[Processes]:
    """Beside a database of which nobody has made anything; the owner's address is given."""
    with psycopg.connect(named(postgres.admin_url, "postgres"), autocommit=True) as admin:
        admin.execute("create database bare template template0 owner bookedbarber_owner")
        parts.environment |= {
            "DATABASE_URL": named(postgres.owner_url, "bare"),
            "BOOKEDBARBER_DATABASE_APP_URL": named(postgres.app_url, "bare"),
            "BOOKEDBARBER_DATABASE_PLATFORM_URL": named(postgres.platform_url, "bare"),
        }
        yield parts
        admin.execute("drop database bare with (force)")


@pytest.mark.parametrize("part", ["web", "worker"])
def test_a_database_that_was_never_migrated_is_refused(bare: Processes, part: str) -> None:
    answer = house(part, **bare.environment)
    assert answer.returncode == 2
    assert f"The database lacks version {VERSIONS[-1]} of the schema: run" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_upgrades_at_one_instant_take_turns(bare: Processes) -> None:
    several = [
        subprocess.Popen(  # noqa: S603 # our own interpreter
            [*HOUSE, "migrate"],
            env={**QUIET, **bare.environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[1] for process in several]
    assert [process.returncode for process in several] == [0] * 4, said
    assert migrations.pending(bare.environment["BOOKEDBARBER_DATABASE_PLATFORM_URL"]) == []


def test_the_versions_are_those_that_alembic_would_apply() -> None:
    chain = ScriptDirectory(str(HERE)).walk_revisions()
    assert [version.revision for version in chain][::-1] == VERSIONS


async def test_a_database_of_a_later_release_is_refused_by_every_part(
    beside: Processes, databases: Databases
) -> None:
    with psycopg.connect(databases.owner_url) as owner:
        owner.execute("update alembic_version set version_num = '9999'")
    for part, more in (
        ("web", {}),
        ("worker", {}),
        ("migrate", {"DATABASE_URL": databases.owner_url}),
    ):
        answer = await asyncio.to_thread(house, part, **beside.environment, **more)
        assert answer.returncode == 2
        assert "version 9999 of the schema, which this release does not know" in answer.stderr
        assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("trusted", "statuses"), [("", {404, 429}), ("127.0.0.0/8", {404})], ids=["nobody", "a proxy"]
)
async def test_only_a_trusted_proxy_may_say_where_a_request_came_from(
    beside: Processes, trusted: str, statuses: set[int]
) -> None:
    beside.environment |= {
        "BOOKEDBARBER_TRUSTED_PROXIES": trusted,
        "STRIPE_API_KEY": "sk_test_x",
        "BOOKEDBARBER_STRIPE_API_BASE": f"http://127.0.0.1:{free_port()}",
    }
    start(beside, "web", "--workers", "1")
    assert answers(f"{site(beside)}/api/v2/openapi.json"), beside.said("web")
    wish = json.dumps({
        "service": "svc_0", "pay": "full", "terms_version": 1, "starts_at": "2035-03-05T09:00Z",
        "client": {"name": "Mallory", "email": "mallory@example.com"},
    })  # fmt: skip
    seen = {
        httpx.post(
            f"{site(beside)}/api/v2/shops/nobody/bookings",
            content=wish,
            headers={"Content-Type": "application/json", "X-Forwarded-For": f"203.0.113.{n}"},
        ).status_code
        for n in range(40)
    }
    assert seen == statuses
