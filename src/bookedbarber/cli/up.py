"""`bookedbarber up`: the whole house, one process tree, nothing left behind.

In order: the folder is claimed, the ports are looked at, PostgreSQL starts, the schema is brought
up to date, the sandbox stands in for Stripe where there is no key, demo data is put in, then the
pages and the worker start. Stopping runs the same way backwards.
"""

import asyncio
import contextlib
import http.client
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Final

from bookedbarber import clock, config, log
from bookedbarber.cli import demo_begin, endpoint, greeting, household, neighbours, ports, schema
from bookedbarber.cli.greeting import Seeded
from bookedbarber.cli.household import CannotRun, Household
from bookedbarber.cli.supervisor import Child, Supervisor, program
from bookedbarber.clock import SharedClock
from bookedbarber.config import Settings
from bookedbarber.database import embedded
from bookedbarber.database.embedded import Addresses, Server
from bookedbarber.history import History
from bookedbarber.pages import assets

_ENTRY: Final = ("-m", "bookedbarber.cli")
_PATIENCE: Final = 60.0  # seconds that the first page may take on a machine at its limits
_OWNER: Final = ("database_url",)  # the owner's address: for us and for migrations, nobody else
_A_MOMENT: Final = 1.0  # seconds in which a part that ended is seen to have
_CUT_OFF: Final = "was cut off"
_AFTERMATH: Final = 5.0  # seconds that processes of a killed house may take to be gone


def run(settings: Settings, *, fresh: bool) -> None:
    """Run the house until someone asks it to stop."""
    log.configure(level=settings.log_level)
    began = time.monotonic()
    _check_browser_files()
    neighbours.check_mail(settings)
    neighbours.check_redis(settings)
    settings = settings.model_copy(update={"data_dir": settings.data_dir.resolve()})
    with household.claim(settings.data_dir) as house, _door(settings, house) as listener:
        if fresh:
            house.start_over()
        house.check()
        with Supervisor() as supervisor:
            settings = _ground(settings, supervisor)
            house.tell(settings, pages=True)
            supervisor.start(*web(settings, listener.fileno()), worker(settings))
            seeded = _seed(settings) if settings.demo else None  # while those find their feet
            _await_first_page(settings, supervisor)
            supervisor.start(*life(settings))
            greeting.show(settings, seeded, seconds=time.monotonic() - began)
            supervisor.watch()


def _door(settings: Settings, house: Household) -> socket.socket:
    """Our listening socket, taken before anything starts, with the sandbox's port looked at."""
    patience = _AFTERMATH if house.unclean else 0.0
    if _brings_sandbox(settings):
        port, variable = settings.sandbox_port, "BOOKEDBARBER_SANDBOX_PORT"
        ports.check_free(settings.host, port, variable=variable, patience=patience)
    return ports.listen(
        settings.host, settings.port, variable="BOOKEDBARBER_PORT", patience=patience
    )


def _ground(settings: Settings, supervisor: Supervisor) -> Settings:
    """Start what the site stands on; the settings come back complete."""
    ours = _brings_sandbox(settings)
    settings = household.complete(settings)  # before there are data that only a kept key opens
    if ours:
        demo_begin.begin(settings, now=datetime.now(UTC))
    if settings.demo:
        SharedClock(settings.data_dir / clock.FILE).now()  # each part will ask: say so once
    if settings.database_app_url is None:
        database = _Database(settings)
        supervisor.start(database.child())
        settings = household.housed(settings, database.addresses())
    if ours:
        supervisor.start(sandbox(settings))
    if settings.database_url is not None:
        schema.migrate(settings)  # while the sandbox finds its feet
    supervisor.settle()
    if ours:
        settings = endpoint.register(settings)
    return settings


def web(settings: Settings, listener: int) -> Iterator[Child]:
    """The web processes, which take their callers from one socket."""
    for number in range(settings.web_workers):
        start = program(
            [*_ENTRY, "web", "--fd", str(listener)],
            environment=_environment(settings, without=_OWNER),
            pass_fds=[listener],
        )
        yield Child(name=f"web process {number + 1}", start=start)


def worker(settings: Settings) -> Child:
    """The process that runs jobs."""
    start = program([*_ENTRY, "worker"], environment=_environment(settings, without=_OWNER))
    return Child(name="worker", start=start)


def life(settings: Settings) -> Iterator[Child]:
    """The process in which the people of the demo live, in a house that plays a history."""
    if settings.demo and History(settings.data_dir).story():
        environment = _environment(settings, without=_OWNER)
        yield Child(name="life", start=program([*_ENTRY, "demo-life"], environment=environment))


def sandbox(settings: Settings) -> Child:
    """The process that stands in for Stripe. It is given its two keys and no setting of ours."""
    if settings.stripe_api_key is None or settings.stripe_publishable_key is None:
        raise CannotRun("The sandbox has no keys: it runs in demo only, without STRIPE_API_KEY.")
    folder = settings.data_dir / "sandbox"
    folder.mkdir(mode=0o700, exist_ok=True)
    arguments = [
        *("-m", "bookedbarber.sandbox"),
        *("--host", settings.host),
        *("--port", str(settings.sandbox_port)),
        *("--data", str(folder)),
        *("--seed", str(settings.sandbox_seed)),
        *("--origin", settings.sandbox_url or ""),
    ]
    if story := History(settings.data_dir).story():
        arguments += ["--begin-at", str(story.begins.timestamp())]  # if it is a new one
    environment = {
        **config.without_settings(os.environ),
        "SANDBOX_SECRET_KEY": settings.stripe_api_key.get_secret_value(),
        "SANDBOX_PUBLISHABLE_KEY": settings.stripe_publishable_key,
    }
    return Child(
        name="sandbox",
        start=program(arguments, environment=environment),
        ready=lambda: endpoint.status(f"{settings.stripe_api_base}/") is not None,
        grace=0.2,
    )


def _brings_sandbox(settings: Settings) -> bool:
    """Whether this house runs its own sandbox; one given by address is someone else's."""
    return household.plays_sandbox(settings) and not settings.sandbox_url


def _seed(settings: Settings) -> Seeded:
    # The whole product: imported while the others start, not before.
    from bookedbarber.checkout.means import clock_of  # noqa: PLC0415
    from bookedbarber.cli import demo  # noqa: PLC0415

    return asyncio.run(demo.seed(settings, now=clock_of(settings).now()))


def _environment(settings: Settings, *, without: Collection[str]) -> dict[str, str]:
    """Our environment with the settings of a child spelled out, so that it need not guess."""
    bare = config.without_settings(os.environ)
    return {**bare, **settings.to_environment(without=without), "PYTHONUNBUFFERED": "1"}


def _await_first_page(settings: Settings, supervisor: Supervisor) -> None:
    """Wait until the first page answers.

    Raises `CannotRun` when it fails, never comes, or a part of the house ends instead.
    """
    caller = http.client.HTTPConnection(settings.near_host, settings.port)
    with contextlib.closing(caller):
        caller.request("GET", "/")  # it queues in our socket until a web process takes it
        said = [caller.sock]
        came = supervisor.until(lambda: bool(select.select(said, [], [], 0)[0]), _PATIENCE)
        how = "did not come" if not came else _failure(caller)
    if how == _CUT_OFF:
        supervisor.until(lambda: False, _A_MOMENT)  # names the part that ended over it
    if how:
        raise CannotRun(f"The first page {how}: the lines above say why.")


def _failure(caller: http.client.HTTPConnection) -> str | None:
    try:
        status = caller.getresponse().status
    except (OSError, http.client.HTTPException):
        return _CUT_OFF
    return f"failed with {status}" if status >= 500 else None


def _check_browser_files() -> None:
    """Refuse to start pages whose scripts and fonts were not fetched; they would all fail."""
    try:
        assets.verify()
    except assets.AssetsError as error:
        raise CannotRun(str(error)) from None


class _Database:
    """The embedded PostgreSQL as a child: restarted on the same folder, so its addresses stay."""

    def __init__(self, settings: Settings) -> None:
        self._data_dir, self._connections = settings.data_dir, settings.connections
        self._server: Server | None = None

    def child(self) -> Child:
        return Child(
            name="PostgreSQL",
            start=self._start,
            gentle=signal.SIGINT,  # fast shutdown
            harsh=signal.SIGQUIT,  # at once; the log is replayed at the next start
            sees_to_itself=True,
            grace=0.5,
        )

    def addresses(self) -> Addresses:
        if self._server is None:
            raise RuntimeError("asked for the addresses of a server that was never started")
        return self._server

    def _start(self) -> subprocess.Popen[bytes]:
        if self._server is not None:
            embedded.stop(self._server)
        self._server = embedded.start(self._data_dir, connections=self._connections)
        return self._server.process
