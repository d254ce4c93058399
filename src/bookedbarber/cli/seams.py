"""Where the house meets the floors it starts, looked up by name while those are being laid.

Each seam says so when its floor is not there, and takes it as soon as it is.
"""

import asyncio
import importlib
import importlib.util
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bookedbarber.cli.household import CannotRun
from bookedbarber.config import Settings

_LOG = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the demo put in: pages to open, people to log in as, and what there is to see."""

    pages: tuple[tuple[str, str], ...] = ()  # (name, path)
    logins: tuple[tuple[str, str, str], ...] = ()  # (who, e-mail, password)
    facts: tuple[str, ...] = ()


def migrate(settings: Settings) -> None:
    """Bring the schema to the newest version. Raises `CannotRun` when the database will not."""
    from bookedbarber import migrations  # noqa: PLC0415 # Alembic: half a second no page needs

    if not (settings.database_url and settings.database_app_url and settings.database_platform_url):
        raise CannotRun("DATABASE_URL is missing: migrations need the address of the owner role.")
    try:
        migrations.upgrade(
            settings.database_url,
            app_url=settings.database_app_url,
            platform_url=settings.database_platform_url,
        )
    except migrations.RolesMissing as error:
        raise CannotRun(str(error)) from None
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
        mend = "see that DATABASE_URL is right and that the server runs"
        raise CannotRun(f"The database does not let us in ({said}): {mend}.") from None


def pending_migrations(owner_url: str) -> list[str]:
    """The versions the schema still lacks, oldest first."""
    from bookedbarber import migrations  # noqa: PLC0415 # as above

    return migrations.pending(owner_url)


def seed(settings: Settings, *, now: datetime) -> Seeded:
    """Put demo data in where there is none: `cli.demo.seed`."""
    plant = _find("bookedbarber.cli.demo", "seed")
    if plant is None:
        return Seeded()
    planted = plant(settings, now=now)
    if inspect.isawaitable(planted):
        planted = asyncio.run(_wait_for(planted))
    return planted if isinstance(planted, Seeded) else Seeded(facts=(str(planted),))


def demo_data(settings: Settings) -> bool | None:
    """Whether demo data is in the database: `cli.demo.present`; None when it cannot be told."""
    present = _find("bookedbarber.cli.demo", "present")
    return None if present is None else bool(present(settings))


async def work(settings: Settings) -> None:
    """Run jobs until cancelled: `worker.run`."""
    run = _find("bookedbarber.worker", "run")
    if run is None:
        _LOG.warning("worker_has_nothing_to_run_yet")
        await asyncio.Event().wait()
    else:
        await run(settings)


def site() -> str:
    """The name of the factory that builds the pages and the API: `cli.web.build`."""
    found = _find("bookedbarber.cli.web", "build")
    return "bookedbarber.cli.seams:bare" if found is None else "bookedbarber.cli.web:build"


def bare() -> Starlette:
    """A site with one line on it, for a house whose pages are not there yet."""

    def home(request: Request) -> PlainTextResponse:
        del request
        return PlainTextResponse("The house stands; its pages are still to come.\n")

    return Starlette(routes=[Route("/", home)])


def has_sandbox() -> bool:
    """Whether this build carries the sandbox."""
    try:
        return importlib.util.find_spec("bookedbarber.sandbox.__main__") is not None
    except ModuleNotFoundError:
        return False


def _find(module: str, name: str) -> Callable[..., Any] | None:
    try:
        if importlib.util.find_spec(module) is None:
            return None
    except ModuleNotFoundError:
        return None
    found: Callable[..., Any] | None = getattr(importlib.import_module(module), name, None)
    return found


async def _wait_for(answer: Any) -> Any:
    return await answer
