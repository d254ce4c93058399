"""The clock: real with an offset, or frozen; it moves forward and takes everything due along."""

import time

import pytest
import stripe

from tests.sandbox.payments import charge_of, pay
from tests.sandbox.running import ControlRefusedError, Sandbox, Stages


def test_a_frozen_clock_stands_still(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    now = sandbox.control("clock")["now"]
    paid = pay(client)
    time.sleep(0.05)
    assert sandbox.control("clock") == {
        "now": now,
        "mode": "frozen",
        "next": pytest.approx(now + 3),
    }
    assert paid.created == int(now)


def test_a_driven_clock_stops_at_everything_due(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    pay(client)
    start = sandbox.control("clock")["now"]
    sandbox.advance(1000)
    (moved,) = sandbox.rows("balance_transaction")
    assert moved["created"] == int(start + 3)


def test_a_clock_does_not_go_back(sandbox: Sandbox) -> None:
    with pytest.raises(ControlRefusedError):
        sandbox.control("clock", {"advance": -60})
    with pytest.raises(ControlRefusedError):
        sandbox.control("clock", {"now": 0})
    with pytest.raises(ControlRefusedError):
        sandbox.control("clock", {"mode": "sideways"})


def test_a_real_clock_runs_on_from_where_it_was_set(stages: Stages) -> None:
    with stages.running() as sandbox:
        tomorrow = time.time() + 86400
        sandbox.control("clock", {"now": tomorrow})
        client = sandbox.client()
        sandbox.control("settings", {"balance_transaction_delay": 0.05})
        paid = pay(client)
        assert paid.created >= int(tomorrow)
        end = time.monotonic() + 5
        while charge_of(client, paid).balance_transaction is None:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_the_same_seed_and_story_give_the_same_ids(stages: Stages) -> None:
    stories = []
    for seed in (3, 3, 4):
        with stages.running(seed=seed) as sandbox:
            sandbox.control("clock", {"mode": "frozen"})
            paid = pay(sandbox.client())
            stories.append((paid.id, paid.client_secret, paid.latest_charge))
    assert stories[0] == stories[1]
    assert stories[0] != stories[2]


def test_settings_refuse_what_they_do_not_know(sandbox: Sandbox) -> None:
    for wrong in ({"weather": 1}, {"duplicates": -1}, {"fees": {"usd": "free"}}, {"strict": 1}):
        with pytest.raises(ControlRefusedError):
            sandbox.control("settings", wrong)
    assert sandbox.control("settings", {"fees": {"usd": [100, 0]}})["fees"]["usd"] == [100, 0]
