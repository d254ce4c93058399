"""What can be typed, and how being refused is told.

Each command imports its own parts when it runs: a house is five processes, and what one of them
does not need would cost all of them half a second.
"""
# ruff: noqa: PLC0415

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bookedbarber import config, log
from bookedbarber.cli import household
from bookedbarber.cli.household import CannotRun
from bookedbarber.config import BadSetting, Settings
from bookedbarber.database import embedded
from bookedbarber.database.embedded import CannotStart
from bookedbarber.errors import BookedBarberError
from bookedbarber.history import History
from bookedbarber.kept import KeptFileBroken


class _Commands(TyperGroup):
    """Commands that answer what the operator got wrong with one sentence and exit code 2."""

    def invoke(self, ctx: Any) -> Any:  # typer carries its own, untyped copy of click
        try:
            return super().invoke(ctx)
        except (BadSetting, CannotRun, CannotStart, KeptFileBroken, BookedBarberError) as refusal:
            typer.echo(f"bookedbarber: {refusal}", err=True)
            raise typer.Exit(2) from None


app = typer.Typer(
    cls=_Commands,
    help="Payments for barbershops, with books that close.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # would print local variables, secrets among them
)
docs = typer.Typer(help="Documents generated from the code.", no_args_is_help=True)
app.add_typer(docs, name="docs")
demo = typer.Typer(help="The people who live in the demo.", no_args_is_help=True)
app.add_typer(demo, name="demo")

DataDir = Annotated[Path | None, typer.Option(help="The data folder, `.data` if not given.")]
Host = Annotated[str | None, typer.Option(help="Address to serve on.")]
Port = Annotated[int | None, typer.Option(help="Port to serve on.")]


@app.command("up")
def up_command(
    data_dir: DataDir = None,
    host: Host = None,
    port: Port = None,
    history_days: Annotated[
        int | None, typer.Option(help="Days of history that a new demo lives through, 90.")
    ] = None,
    *,
    no_history: Annotated[bool, typer.Option("--no-history", help="None at all.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over: forget all data.")] = False,
) -> None:
    """Run the whole house: PostgreSQL, sandbox, pages, worker."""
    from bookedbarber.cli import up

    days = 0 if no_history else history_days
    given = config.load(data_dir=data_dir, host=host, port=port, history_days=days)
    up.run(given, fresh=fresh)
    # Stopped as asked. Taking the product's modules down one by one would cost a second more.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@app.command()
def web(
    host: Host = None,
    port: Port = None,
    workers: Annotated[int | None, typer.Option(help="Number of processes.")] = None,
    fd: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve the pages and the API, for a house whose database runs already."""
    from bookedbarber.cli import endpoint, ports
    from bookedbarber.cli.serve import serve

    settings = config.load(host=host, port=port, web_workers=workers)
    if fd is not None:  # whoever gave us the socket has seen to the rest
        serve(settings, socket.socket(fileno=fd))
        return
    settings = _part(settings, pages=False)
    if settings.sandbox_url and not household.has_pages(settings.data_dir):
        settings = endpoint.register(settings)
    with ports.listen(settings.host, settings.port, variable="BOOKEDBARBER_PORT") as listener:
        if settings.web_workers == 1:
            serve(settings, listener)
            return
        _serve_together(settings, listener)


@app.command()
def worker() -> None:
    """Run the jobs, for a house whose database runs already."""
    from bookedbarber import worker as jobs

    settings = _part(config.load(), pages=True)
    log.configure(level=settings.log_level, hushed=History(settings.data_dir).racing)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(jobs.run(settings))


@app.command("demo-life", hidden=True)
def demo_life() -> None:
    """Let the people of the demo live, in a house that runs already."""
    from bookedbarber.cli import demo_life as life

    settings = _part(config.load(), pages=True)
    log.configure(level=settings.log_level)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(life.run(settings))


@app.command()
def sandbox(data_dir: DataDir = None) -> None:
    """Run the sandbox that stands in for Stripe."""
    from bookedbarber.cli import ports, up
    from bookedbarber.cli.supervisor import Supervisor

    settings = config.load(data_dir=data_dir)
    log.configure(level=settings.log_level)
    port, variable = settings.sandbox_port, "BOOKEDBARBER_SANDBOX_PORT"
    with household.claim(settings.data_dir) as house:
        ports.check_free(settings.host, port, variable=variable)
        house.check()
        settings = household.complete(settings)
        with Supervisor() as supervisor:
            supervisor.start(up.sandbox(settings))
            supervisor.settle()
            house.tell(settings, pages=False)
            typer.echo(f"The sandbox answers at {settings.sandbox_url}/   (Ctrl-C stops it)")
            supervisor.watch()


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database schema to the newest version; needs the owner's address."""
    from bookedbarber.cli import schema

    with _database(config.load(data_dir=data_dir)) as settings:
        schema.migrate(settings)


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Say what is missing to go live; exit code 1 while anything is."""
    from bookedbarber.cli import doctor as checks

    settings = config.load(tolerant=True, data_dir=data_dir)
    with contextlib.suppress(CannotRun):
        settings = _resident(settings)
    raise typer.Exit(0 if checks.show(settings) else 1)


@app.command()
def books(data_dir: DataDir = None) -> None:
    """Print the books and compare them with Stripe's; exit code 1 when they do not close."""
    from bookedbarber.cli import books as books_page

    settings = _resident(config.load(data_dir=data_dir))
    raise typer.Exit(0 if asyncio.run(books_page.show(settings)) else 1)


@app.command()
def inbox(
    event: Annotated[str | None, typer.Argument(help="An event (evt_...) to print whole.")] = None,
    data_dir: DataDir = None,
) -> None:
    """List events and jobs that failed for good; exit code 1 when there are any."""
    from bookedbarber.cli import inbox as inbox_page

    settings = _resident(config.load(data_dir=data_dir))
    if event is not None:
        body = asyncio.run(inbox_page.said(settings, event))
        if body is None:
            raise CannotRun(f"There is no {event}, or what it said was forgotten after a month.")
        typer.echo(body, nl=False)
        return
    raise typer.Exit(0 if asyncio.run(inbox_page.show(settings)) else 1)


@app.command()
def replay(
    name: Annotated[str, typer.Argument(help="An event (evt_...) or a dead job (job_...).")],
    data_dir: DataDir = None,
) -> None:
    """Ask for an event or a dead job to be handled again."""
    from bookedbarber.cli import inbox as inbox_page

    settings = _resident(config.load(data_dir=data_dir))
    if not asyncio.run(inbox_page.replay(settings, name)):
        raise CannotRun(f"There is no handled or dead {name}.")
    typer.echo(f"{name} will be handled again.")


@app.command("clock")
def clock_command(
    by: Annotated[str | None, typer.Argument(help="How far to move on: +90m, +1h30m, +3d.")] = None,
    to: Annotated[str | None, typer.Option(help="A time to move on to, in ISO 8601.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Show the demo's time, or move it on, for the house and its sandbox together."""
    from bookedbarber.cli import clock

    settings = _resident(config.load(data_dir=data_dir))
    if by is not None or to is not None:
        clock.move(settings, clock.goal(settings, by=by, to=to))
    typer.echo(clock.show(settings))


@app.command()
def key(
    shop: Annotated[str, typer.Argument(help="The shop's public name, as in /b/NAME.")],
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    data_dir: DataDir = None,
) -> None:
    """Make an API key of a shop; it is shown this once."""
    from bookedbarber.cli import keys as api_keys

    settings = _resident(config.load(data_dir=data_dir))
    typer.echo(asyncio.run(api_keys.create(settings, slug=shop, name=name)))


@app.command()
def hire(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    *,
    shop: Annotated[str | None, typer.Option(help="The shop's public name.")] = None,
    role: Annotated[str, typer.Option(help="owner, manager, receptionist, barber.")] = "owner",
    name: Annotated[str, typer.Option(help="Their name, for a new account.")] = "",
    barber: Annotated[str | None, typer.Option(help="The barber whose column is theirs.")] = None,
    house: Annotated[
        str | None,
        typer.Option(help="What they are in the house: admin, finance, support, auditor."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Give somebody an account and a role in a shop; a first password is shown once."""
    from bookedbarber.cli import staff

    settings = _resident(config.load(data_dir=data_dir))
    asked = staff.Hire(email, shop, role, name, barber, house)
    typer.echo(asyncio.run(staff.hire(settings, asked)))


@app.command()
def staff(
    shop: Annotated[str, typer.Argument(help="The shop's public name.")], data_dir: DataDir = None
) -> None:
    """List who works in a shop."""
    from bookedbarber.cli import staff as people

    asyncio.run(people.show(_resident(config.load(data_dir=data_dir)), slug=shop))


@app.command()
def dismiss(
    shop: Annotated[str, typer.Argument(help="The shop's public name.")],
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    data_dir: DataDir = None,
) -> None:
    """Let somebody into a shop no more, at once; their account stays."""
    from bookedbarber.cli import staff

    settings = _resident(config.load(data_dir=data_dir))
    typer.echo(asyncio.run(staff.dismiss(settings, slug=shop, email=email)))


@app.command()
def close(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")], data_dir: DataDir = None
) -> None:
    """End an account in every shop, or of the house, with its sessions, at once and for good."""
    from bookedbarber.cli import staff

    settings = _resident(config.load(data_dir=data_dir))
    typer.echo(asyncio.run(staff.close(settings, email=email)))


@app.command()
def keys(
    shop: Annotated[str, typer.Argument(help="The shop's public name, as in /b/NAME.")],
    data_dir: DataDir = None,
) -> None:
    """List the API keys of a shop, without their secrets."""
    from bookedbarber.cli import keys as api_keys

    settings = _resident(config.load(data_dir=data_dir))
    asyncio.run(api_keys.show(settings, slug=shop))


@app.command()
def revoke(
    shop: Annotated[str, typer.Argument(help="The shop's public name, as in /b/NAME.")],
    key: Annotated[str, typer.Argument(help="The key's id (key_...), or its name.")],
    data_dir: DataDir = None,
) -> None:
    """Put an API key of a shop out of force, at once and for good."""
    from bookedbarber.cli import keys as api_keys

    settings = _resident(config.load(data_dir=data_dir))
    revoked = asyncio.run(api_keys.revoke(settings, slug=shop, key=key))
    typer.echo(f"{revoked} is revoked.")


@demo.command("status")
def demo_status(data_dir: DataDir = None) -> None:
    """Say what goes on in the demo, and what its people have done."""
    from bookedbarber.cli import demo_commands

    typer.echo(demo_commands.status(config.load(data_dir=data_dir)))


@demo.command("pause")
def demo_pause(data_dir: DataDir = None) -> None:
    """Let nobody come any more."""
    from bookedbarber.cli import demo_commands

    typer.echo(demo_commands.pause(config.load(data_dir=data_dir)))


@demo.command("resume")
def demo_resume(data_dir: DataDir = None) -> None:
    """Let visitors come again."""
    from bookedbarber.cli import demo_commands

    typer.echo(demo_commands.resume(config.load(data_dir=data_dir)))


@demo.command("planted")
def demo_planted(data_dir: DataDir = None) -> None:
    """List what is planted in the history, and the bookings that make it."""
    from bookedbarber.cli import demo_commands

    typer.echo(demo_commands.planted(config.load(data_dir=data_dir)))


@docs.command("settings")
def docs_settings() -> None:
    """Print docs/settings.md, made from the settings' own descriptions."""
    from bookedbarber.cli import manual

    typer.echo(manual.settings(), nl=False)


@docs.command("errors")
def docs_errors() -> None:
    """Print docs/errors.md, made from the catalogue of errors."""
    from bookedbarber.cli import manual

    typer.echo(manual.errors(), nl=False)


def _resident(settings: Settings, *, pages: bool = True, making: bool = False) -> Settings:
    """The settings of a process in a house that runs already, here or elsewhere."""
    settings = household.beside(settings, pages=pages)
    if settings.database_app_url is not None:
        return household.complete(settings, making=making)
    addresses = embedded.locate(settings.data_dir)
    if addresses is None:
        mend = "start one with `bookedbarber up`, or set DATABASE_URL"
        raise CannotRun(f"No database runs on {settings.data_dir}: {mend}.")
    return household.housed(household.complete(settings, making=making), addresses)


def _part(settings: Settings, *, pages: bool) -> Settings:
    """The settings of a part that runs alone, once all that it stands on is there."""
    from bookedbarber.cli import neighbours, schema

    settings = _resident(settings, pages=pages, making=True)
    neighbours.check_mail(settings)
    schema.demand_newest(settings)
    return settings.model_copy(update={"database_url": None})  # for migrations, and not for us


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[Settings]:
    """The settings with a database: the given one, the running one, or one started for us."""
    if settings.database_app_url is not None:
        yield settings
    elif (found := embedded.locate(settings.data_dir)) is not None:
        yield household.housed(settings, found)
    else:
        with household.claim(settings.data_dir) as house:
            house.check()
            settings = household.complete(settings)  # before there are data that only a key opens
            server = embedded.start(settings.data_dir, connections=settings.connections)
            try:
                yield household.housed(settings, server)
            finally:
                embedded.stop(server)


def _serve_together(settings: Settings, listener: socket.socket) -> None:
    """Several web processes on one socket, kept alive until we are asked to stop."""
    from bookedbarber.cli import up
    from bookedbarber.cli.supervisor import Supervisor

    log.configure(level=settings.log_level)
    with Supervisor() as supervisor:
        supervisor.start(*up.web(settings, listener.fileno()))
        supervisor.watch()
