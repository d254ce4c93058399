"""`bookedbarber demo`: how its people fare, paused and let in again, and what was planted."""

from datetime import UTC, datetime

from bookedbarber.checkout.means import clock_of
from bookedbarber.cli.household import CannotRun
from bookedbarber.config import Settings
from bookedbarber.demo.memory import Memory
from bookedbarber.history import History, Life, Stage
from bookedbarber.pages.demo import Demo


def status(settings: Settings) -> str:
    """What goes on in the demo, and what its people have done."""
    done = Memory.of(settings.data_dir).counts
    what = ", ".join(f"{number} {name}" for name, number in sorted(done.items()))
    return f"{_sentence(_life(settings))}\nDone so far: {what or 'nothing'}"


def pause(settings: Settings) -> str:
    """Let nobody come any more. Raises `CannotRun` while the history races."""
    _turn(settings, Stage.LIVING, Stage.PAUSED)
    return _sentence(_life(settings))


def resume(settings: Settings) -> str:
    """Let visitors come again. Raises `CannotRun` while the history races."""
    _turn(settings, Stage.PAUSED, Stage.LIVING)
    return _sentence(_life(settings))


def planted(settings: Settings) -> str:
    """What is planted in the history, and the bookings that make it, one a line."""
    _life(settings)
    lines = []
    for one in Demo(settings.data_dir).planted():
        lines.append(f"{one.kind.replace('_', ' ')}: {one.shop} on {one.day}")
        lines += [f"  {booking}" for booking in one.bookings or ("still to come",)]
    return "\n".join(lines)


def _turn(settings: Settings, source: Stage, to: Stage) -> None:
    history = History(settings.data_dir)
    if not history.turn(source, to) and _life(settings).stage is Stage.RACING:
        mend = "wait until it has caught up"
        raise CannotRun(f"The demo still lives through its past, which cannot be paused: {mend}.")


def _life(settings: Settings) -> Life:
    now = clock_of(settings).now()
    life = History(settings.data_dir).life(now=now, machine=datetime.now(UTC))
    if life is None:
        raise CannotRun("This house plays no history: start over with `up --fresh` for one.")
    return life


def _sentence(life: Life) -> str:
    if life.progress:
        left = life.progress.minutes_left
        about = f", about {left} min left" if left else ""
        return f"Living through its past: day {life.progress.day} of {life.progress.days}{about}."
    return "Paused: nobody comes." if life.stage is Stage.PAUSED else "Visitors come and go."
