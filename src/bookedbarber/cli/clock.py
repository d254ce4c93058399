"""`bookedbarber clock`: the demo's one time, shown, and moved on for every process and the sandbox.

The two are moved together, from one thing that falls due at the sandbox to the next, so that what
the sandbox signs on the way is fresh when it arrives. Jobs of the house that fell due in between
are done as soon as the worker looks, within a second or two.
"""

import json
import re
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bookedbarber.checkout.means import clock_of
from bookedbarber.cli.household import CannotRun
from bookedbarber.clock import SharedClock
from bookedbarber.config import Settings
from bookedbarber.history import History

_STEP: Final = re.compile(r"(\d+)([smhdw])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORGIVEN: Final = 60.0  # seconds that the two may differ before it is worth a word
_PATIENCE: Final = 120.0  # seconds that the deliveries of one stop may take


def show(settings: Settings) -> str:
    """What time it is in the house, and whether the sandbox agrees."""
    now = _shared(settings).now()
    apart = now.timestamp() - _ask(settings)["now"]
    said = f"{now:%Y-%m-%d %H:%M:%S} UTC, {_ahead(now - datetime.now(UTC))}"
    if abs(apart) > _FORGIVEN:
        said += f"\nThe sandbox is {abs(apart):.0f} s {'behind' if apart > 0 else 'ahead'}: "
        said += "`bookedbarber clock +1s` brings both together."
    return said


def goal(settings: Settings, *, by: str | None, to: str | None) -> datetime:
    """The instant that was asked for. Raises `CannotRun` when it cannot be read or has passed."""
    now = _shared(settings).now()
    try:
        instant = _instant(to) if to is not None else now + _duration(by or "")
    except OverflowError:
        raise CannotRun("That is further than there are dates: ask for less.") from None
    if instant < now:
        mend = "name a later time, or start over with --fresh"
        raise CannotRun(f"It is {now:%Y-%m-%d %H:%M:%S} UTC, and time does not go back: {mend}.")
    return instant


def move(settings: Settings, instant: datetime) -> None:
    """Let time pass until an instant, for the house and its sandbox alike. Raises `CannotRun`."""
    if History(settings.data_dir).racing():
        mend = "wait until it has caught up"
        raise CannotRun(f"The demo lives through its past and moves its own clock: {mend}.")
    clock, answer = _shared(settings), _ask(settings)
    last = max(instant.timestamp(), answer["now"])
    while True:
        stop = min(last, max(answer["next"] or last, answer["now"]))
        clock.set(max(clock.now(), datetime.fromtimestamp(stop, UTC)))
        answer = _ask(settings, {"now": clock.now().timestamp()})
        if answer["now"] >= last:
            return


def _shared(settings: Settings) -> SharedClock:
    clock = clock_of(settings)
    if not isinstance(clock, SharedClock) or settings.sandbox_url is None:
        raise CannotRun("Only a demo with its own sandbox has a clock to move: Stripe's goes on.")
    return clock


def _duration(text: str) -> timedelta:
    steps = _STEP.findall(text)
    if not text.startswith("+") or "".join(map("".join, steps)) != text[1:] or not steps:
        raise CannotRun(f"{text!r} is no span of time: write +90m, +1h30m, +3d or +2w.")
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in steps), timedelta())


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        example = "write 2035-03-05T09:00+00:00; without a zone it is UTC"
        raise CannotRun(f"{text!r} is no time: {example}.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _ahead(by: timedelta) -> str:
    seconds = timedelta(seconds=round(by.total_seconds()))
    return f"{seconds} ahead of this machine" if seconds else "as on this machine"


def _ask(settings: Settings, wish: dict[str, float] | None = None) -> dict[str, Any]:
    """Where the sandbox's clock stands and when something falls due, after moving it if wished."""
    request = urllib.request.Request(  # noqa: S310 # our own sandbox's http address
        f"{settings.stripe_api_base}/_sandbox/clock",
        data=json.dumps(wish).encode() if wish else None,
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 # as above
            body: dict[str, Any] = json.load(answer)
            return body
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        raise CannotRun(
            f"The sandbox at {settings.stripe_api_base} does not tell its time ({why}): "
            "start the house with `bookedbarber up`."
        ) from None
