"""Real parts for every test: one PostgreSQL a session, a fresh copy of its schema a test."""

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import settings

from bookedbarber import log
from bookedbarber.database import embedded
from bookedbarber.database.embedded import Addresses
from bookedbarber.migrations import upgrade
from tests.house.conftest import short_folder
from tests.whole import EXAMPLES, WHOLE
from tests.world import World, living

log.configure(level="warning", plain=False)
# No deadline: a busy machine is no counterexample.
settings.register_profile("slice", deadline=None)
settings.register_profile("whole", deadline=None, max_examples=EXAMPLES)
settings.load_profile("whole" if WHOLE else "slice")
CI = bool(os.environ.get("CI"))
TEMPLATE = "bookedbarber"
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Databases:
    """The addresses of one test's own database, under each role."""

    owner_url: str
    app_url: str
    platform_url: str


@pytest.fixture(scope="session")
def postgres() -> Iterator[Addresses]:
    """A PostgreSQL of the session's own, with the newest schema as a template."""
    with embedded.scratch() as server:
        upgrade(server.owner_url, app_url=server.app_url, platform_url=server.platform_url)
        yield server


def named(url: str, database: str) -> str:
    """The same server and role, another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))


@pytest.fixture
async def databases(postgres: Addresses) -> AsyncIterator[Databases]:
    """A database of the test's own, cloned from the template; transactions really commit."""
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(named(postgres.admin_url, "postgres"))
    try:
        await admin.execute(
            f"create database {name} template {TEMPLATE} owner bookedbarber_owner"
            " strategy file_copy"
        )
        yield Databases(
            named(postgres.owner_url, name),
            named(postgres.app_url, name),
            named(postgres.platform_url, name),
        )
        await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()


@pytest.fixture
async def world(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The whole thread on real parts; the books are proved closed when the test ends.

    `@pytest.mark.impatient` is for tests of a Stripe that fails: its SDK does not retry by itself,
    and waits for an answer no longer than the mark's `patience`, where it names one.
    """
    marks = list(request.node.iter_markers("impatient"))
    async with living(
        databases.app_url,
        databases.platform_url,
        retries=0 if marks else 2,
        patience=min((mark.kwargs.get("patience", 30) for mark in marks), default=30),
    ) as alive:
        yield alive
        await alive.settle()
        await alive.prove()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder not yet made, in a short path: sockets live in it."""
    with short_folder() as folder:
        yield folder


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that draws examples has a whole: more of them."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("whole")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is a failure where nobody watches."""
    report = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(report.stats.get("skipped", ())) if report else 0
    if report and CI and skipped and session.exitstatus == 0:
        report.write_line(f"{skipped} skipped: a skipped test is a failure here.", red=True)
        session.exitstatus = 1
