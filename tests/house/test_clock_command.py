"""`bookedbarber clock`: the demo's time moves on, for the house and its sandbox together."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bookedbarber.clock import SharedClock
from tests.house.processes import House, house, running_house, slowness
from tests.house.visit import Visit


def clock(up: House, *arguments: str) -> str:
    """What the command says, typed in another shell."""
    answer = house("clock", *arguments, "--data-dir", str(up.data_dir))
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def told(said: str) -> datetime:
    return datetime.fromisoformat(said[:19]).replace(tzinfo=UTC)


def stripes_time(up: House) -> datetime:
    return datetime.fromtimestamp(up.stripe("/_sandbox/clock")["now"], UTC)


def deliveries(up: House, state: str) -> int:
    return len(up.stripe(f"/_sandbox/deliveries?state={state}")["deliveries"])


@pytest.mark.proves("X2")
def test_the_time_of_the_whole_demo_moves_on_at_once(data_dir: Path) -> None:
    with running_house(data_dir) as up:
        till = re.search(r"bbk_\S+", up.said.partition("API key of Fade Street")[2])
        assert till is not None
        sandbox = f"http://127.0.0.1:{up.environment['BOOKEDBARBER_SANDBOX_PORT']}"
        visit = Visit(f"http://127.0.0.1:{up.port}", sandbox, data_dir, till[0])
        assert clock(up).endswith(" UTC, as on this machine\n")
        held, paid = visit.book(), visit.book()
        visit.pay(paid)
        assert visit.becomes(paid, "confirmed", within=slowness() * 20)

        said = clock(up, "+1h")
        assert "1:00:00 ahead of this machine" in said
        assert abs(told(said) - datetime.now(UTC) - timedelta(hours=1)) < timedelta(seconds=60)
        assert abs(stripes_time(up) - told(said)) < timedelta(seconds=60)
        assert visit.becomes(held, "expired", within=slowness() * 20)

        goal = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)
        assert told(clock(up, "--to", goal.isoformat())) - goal < timedelta(seconds=60)
        later = visit.book()
        visit.pay(later)
        assert visit.becomes(later, "confirmed", within=slowness() * 20)
        # Funds became available on the way and more: nothing that Stripe told us was refused.
        assert deliveries(up, "failed") == 0
        tries = up.stripe("/_sandbox/deliveries")["deliveries"]
        assert {t["status"] for delivery in tries for t in delivery["tries"]} == {200}
        assert house("books", "--data-dir", str(data_dir)).returncode == 0
        until = told(clock(up))
    with running_house(data_dir, **up.environment, PORT=str(up.port)) as again:
        assert until <= told(clock(again)) <= stripes_time(again)
        answer = house("clock", "--to", "2020-01-01", "--data-dir", str(data_dir))
        assert answer.returncode == 2
        assert "time does not go back: name a later time" in answer.stderr
        SharedClock(data_dir / "clock.json").advance(timedelta(hours=1))  # one without the other
        assert "The sandbox is 3600 s behind: `bookedbarber clock +1s` brings" in clock(again)
        assert "behind" not in clock(again, "+1s")


@pytest.mark.parametrize("arguments", [["+1x"], ["1h"], ["+"], ["--to", "noon"], ["+9999999w"]])
def test_a_time_that_cannot_be_read_is_refused(data_dir: Path, arguments: list[str]) -> None:
    given = {
        "STRIPE_API_KEY": "sk_test_x",
        "BOOKEDBARBER_DATABASE_APP_URL": "postgresql://app@db/x",
        "BOOKEDBARBER_DATABASE_PLATFORM_URL": "postgresql://platform@db/x",
        "BOOKEDBARBER_SANDBOX_URL": "http://127.0.0.1:1",
    }
    answer = house("clock", *arguments, BOOKEDBARBER_DATA_DIR=str(data_dir), **given)
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert any(word in answer.stderr for word in ("no span of time", "no time", "than there are"))


def test_stripes_own_time_cannot_be_moved(data_dir: Path) -> None:
    given = {
        "STRIPE_API_KEY": "sk_test_x",
        "BOOKEDBARBER_DATABASE_APP_URL": "postgresql://app@db/x",
        "BOOKEDBARBER_DATABASE_PLATFORM_URL": "postgresql://platform@db/x",
    }
    answer = house("clock", "+1h", BOOKEDBARBER_DATA_DIR=str(data_dir), **given)
    assert answer.returncode == 2
    assert "Only a demo with its own sandbox has a clock to move" in answer.stderr
