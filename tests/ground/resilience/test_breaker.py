"""The breaker: opens for outages only, waits, probes, and never counts what it must not."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bookedbarber.clock import ManualClock, seconds_of
from bookedbarber.errors import Refused, Unavailable
from bookedbarber.resilience.breaker import (
    MOVES,
    Breaker,
    BreakerOpen,
    Breakers,
    Report,
    Rules,
    State,
)
from tests.whole import at_most


class StripeDown(Unavailable):
    """An outage, as the processor raises it."""

    code = "stripe_unavailable"


class CardDeclined(Refused):
    """An answer, though not the one hoped for."""

    code = "card_declined"


RULES = Rules()


class Hand:
    """A clock moved by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def breaker_at(hand: Hand, rules: Rules = RULES) -> Breaker:
    """A breaker whose waits are not shortened."""
    return Breaker("stripe.charges.create", hand, rules=rules, jitter=lambda: 0.0)


async def answers() -> str:
    return "ok"


async def is_down() -> str:
    raise StripeDown


def taking(hand: Hand, seconds: float) -> Callable[[], Awaitable[str]]:
    async def slow() -> str:
        hand.at += seconds
        return "ok"

    return slow


async def go(breaker: Breaker, *operations: Callable[[], Awaitable[str]]) -> None:
    """Call each, whatever becomes of it."""
    for operation in operations:
        await asyncio.gather(breaker.call(operation), return_exceptions=True)


async def test_arguments_and_results_pass_through() -> None:
    async def add(one: int, *, other: int) -> int:
        return one + other

    assert await breaker_at(Hand()).call(add, 1, other=2) == 3


async def test_nineteen_failures_are_too_few_to_judge_by_and_twenty_open() -> None:
    breaker = breaker_at(Hand())
    await go(breaker, *[is_down] * 19)
    assert breaker.report().state is State.CLOSED
    await go(breaker, is_down)
    assert breaker.report().state is State.OPEN


async def test_half_failing_opens_and_less_does_not() -> None:
    less, half = breaker_at(Hand()), breaker_at(Hand())
    await go(less, *[answers] * 11, *[is_down] * 10)
    await go(half, *[answers] * 10, *[is_down] * 10)
    assert less.report().state is State.CLOSED
    assert half.report().state is State.OPEN


async def test_four_in_five_slow_opens_and_less_does_not() -> None:
    rules = Rules(slow_after=1.0)
    hand = Hand()
    less, enough = breaker_at(hand, rules), breaker_at(hand, rules)
    await go(less, *[answers] * 5, *[taking(hand, 1.0)] * 15)
    assert less.report().slow == 15
    assert less.report().state is State.CLOSED
    await go(enough, *[answers] * 4, *[taking(hand, 1.0)] * 16)
    assert enough.report().state is State.OPEN


async def test_an_open_breaker_tries_nothing_and_says_when_to_come_back() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 20)
    hand.at += 1.0
    tried = False

    async def leaves_a_trace() -> None:
        nonlocal tried
        tried = True

    with pytest.raises(BreakerOpen) as refused:
        await breaker.call(leaves_a_trace)
    assert not tried
    assert refused.value.retry_after == 4.0
    assert refused.value.code == "breaker_open"
    assert isinstance(refused.value, Unavailable)


async def test_refusals_are_answers_and_never_open_it() -> None:
    async def declined() -> str:
        raise CardDeclined

    async def broken() -> str:
        raise ZeroDivisionError

    breaker = breaker_at(Hand())
    await go(breaker, *[declined] * 100, *[broken] * 100)
    assert breaker.report() == Report(breaker.name, State.CLOSED, 200, 0, 0, 0, 0.0)


async def test_the_caller_may_say_otherwise_what_a_failure_is() -> None:
    hand = Hand()
    breaker = Breaker("smtp.send", hand, counts_as_failure=lambda error: isinstance(error, OSError))

    async def reset_by_peer() -> str:
        raise ConnectionResetError

    await go(breaker, *[is_down] * 30)
    assert breaker.report().failures == 0
    await go(breaker, *[reset_by_peer] * 30)
    assert breaker.report().state is State.OPEN


async def test_failures_of_more_than_a_minute_ago_are_forgotten() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 19)
    hand.at += 60.0
    assert breaker.report().calls == 0
    await go(breaker, is_down)
    assert breaker.report().state is State.CLOSED
    assert breaker.report().failures == 1


async def test_slow_calls_of_more_than_a_minute_ago_are_forgotten() -> None:
    hand = Hand()
    breaker = breaker_at(hand, Rules(slow_after=1.0))
    await go(breaker, taking(hand, 1.0))
    assert breaker.report().slow == 1
    hand.at += 60.0
    assert breaker.report().slow == 0


async def test_failures_within_the_minute_add_up_second_by_second() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    for _ in range(20):
        assert breaker.report().state is State.CLOSED
        await go(breaker, is_down)
        hand.at += 3.0
    assert breaker.report().times_opened == 1


async def test_five_good_probes_close_it_and_a_sixth_waits_for_their_verdict() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 20)
    hand.at += 5.0
    answer = asyncio.Event()

    async def waits() -> str:
        await answer.wait()
        return "ok"

    probes = [asyncio.create_task(breaker.call(waits)) for _ in range(5)]
    await asyncio.sleep(0)
    assert breaker.report().state is State.HALF_OPEN
    with pytest.raises(BreakerOpen):
        await breaker.call(answers)
    answer.set()
    assert await asyncio.gather(*probes) == ["ok"] * 5
    assert breaker.report().state is State.CLOSED
    assert breaker.report().calls == 0
    assert await breaker.call(answers) == "ok"


async def test_probes_count_however_seldom_callers_come() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 20)
    for _ in range(5):
        hand.at += 50.0
        await breaker.call(answers)
    assert breaker.report().state is State.CLOSED


@pytest.mark.parametrize(("failing", "then"), [(2, State.CLOSED), (3, State.OPEN)])
async def test_probes_are_judged_by_the_same_half(failing: int, then: State) -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 20)
    hand.at += 5.0
    await go(breaker, *[is_down] * failing, *[answers] * (5 - failing))
    assert breaker.report().state is then


async def test_each_failed_round_of_probes_doubles_the_wait_up_to_a_minute() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 20)
    waits = []
    for _ in range(6):
        waits.append(breaker.report().retry_after)
        hand.at += waits[-1]
        await go(breaker, *[is_down] * 5)
    assert waits == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    hand.at += 60.0
    await go(breaker, *[answers] * 5)
    await go(breaker, *[is_down] * 20)
    assert breaker.report().retry_after == 5.0


async def test_jitter_shortens_the_wait_by_a_quarter_at_most() -> None:
    waits = set()
    for seed in range(50):
        breaker = Breaker("x", Hand(), jitter=random.Random(seed).random)
        await go(breaker, *[is_down] * 20)
        waits.add(breaker.report().retry_after)
    assert len(waits) == 50
    assert 3.75 <= min(waits) < max(waits) <= 5.0


async def test_a_probe_whose_caller_gave_up_returns_its_place() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 20)
    hand.at += 5.0
    for _ in range(10):
        probe = asyncio.create_task(breaker.call(asyncio.sleep, 60))
        await asyncio.sleep(0)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
    await go(breaker, *[answers] * 5)
    assert breaker.report().state is State.CLOSED


async def test_a_caller_who_gives_up_says_nothing_of_the_other_side() -> None:
    breaker = breaker_at(Hand())
    for _ in range(30):
        call = asyncio.create_task(breaker.call(asyncio.sleep, 60))
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    assert breaker.report().calls == 0


async def test_probes_that_never_come_back_open_it_again() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 20)
    hand.at += 5.0
    lost = [asyncio.create_task(breaker.call(asyncio.sleep, 3600)) for _ in range(5)]
    await asyncio.sleep(0)
    hand.at += 60.0
    with pytest.raises(BreakerOpen) as refused:
        await breaker.call(answers)
    assert refused.value.retry_after == 10.0
    assert breaker.report().state is State.OPEN
    for probe in lost:
        probe.cancel()
    await asyncio.gather(*lost, return_exceptions=True)


async def test_a_call_begun_before_the_breaker_opened_is_no_probe() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    fail = asyncio.Event()

    async def fails_late() -> str:
        await fail.wait()
        raise StripeDown

    late = [asyncio.create_task(breaker.call(fails_late)) for _ in range(10)]
    await asyncio.sleep(0)
    await go(breaker, *[is_down] * 20)
    hand.at += 5.0
    await breaker.call(answers)
    fail.set()
    await asyncio.gather(*late, return_exceptions=True)
    assert breaker.report() == Report(breaker.name, State.HALF_OPEN, 1, 0, 0, 1, 0.0)


async def test_an_operator_can_reset_it_from_any_state() -> None:
    hand = Hand()
    breaker = breaker_at(hand)
    await go(breaker, *[is_down] * 20)
    breaker.reset()
    assert breaker.report().state is State.CLOSED
    await go(breaker, *[is_down] * 20)
    hand.at += 60.0
    await breaker.call(answers)
    assert breaker.report().state is State.HALF_OPEN
    breaker.reset()
    assert await breaker.call(answers) == "ok"
    await go(breaker, *[is_down] * 5)
    breaker.reset()
    assert breaker.report().calls == 0


async def test_every_move_is_told() -> None:
    hand, told = Hand(), list[State]()
    breaker = Breaker("x", hand, on_move=lambda report: told.append(report.state))
    await go(breaker, *[is_down] * 20)
    hand.at += 5.0
    await go(breaker, *[is_down] * 5)
    hand.at += 10.0
    await go(breaker, *[answers] * 5)
    assert told == ["open", "half_open", "open", "half_open", "closed"]


async def test_each_operation_has_one_breaker_of_its_own() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    breakers = Breakers(seconds_of(clock))
    creating = breakers.of("stripe", "refunds.create")
    await go(creating, *[is_down] * 20)
    assert breakers.of("stripe", "refunds.create") is creating
    assert breakers.of("stripe", "refunds.list").report().state is State.CLOSED
    assert {one.name: one.report().state for one in breakers} == {
        "stripe.refunds.create": "open",
        "stripe.refunds.list": "closed",
    }


async def wait_on(answer: asyncio.Future[str]) -> str:
    return await answer


async def ended(*calls: asyncio.Task[str]) -> None:
    await asyncio.gather(*calls, return_exceptions=True)


class BreakerLife(RuleBasedStateMachine):
    """A breaker in every order of calls, ends, waits and resets, beside what is plainly known."""

    def __init__(self) -> None:
        super().__init__()
        self.hand = Hand()
        self.told = [State.CLOSED]
        self.flying: list[tuple[asyncio.Task[str], asyncio.Future[str]]] = []
        self.opened_at = 0.0

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.breaker = Breaker("x", self.hand, on_move=self.note)

    def note(self, report: Report) -> None:
        assert (self.told[-1], report.state) in MOVES
        self.told.append(report.state)
        if report.state is State.OPEN:
            self.opened_at = self.hand.at

    @rule(count=st.integers(1, 8))
    def call(self, count: int) -> None:
        for _ in range(count):
            answer: asyncio.Future[str] = self.loop.create_future()
            before, since = self.told[-1], self.hand.at - self.opened_at
            task = self.loop.create_task(self.breaker.call(wait_on, answer))
            self.loop.run_until_complete(asyncio.sleep(0))
            if not task.done():
                self.flying.append((task, answer))
                assert before is not State.OPEN or since >= 3.75
            else:
                assert isinstance(task.exception(), BreakerOpen)
                assert before is not State.CLOSED

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), end=st.sampled_from(["answer", "outage", "outage", "refusal", "cancel"]))
    def end(self, data: st.DataObject, end: str) -> None:
        count = data.draw(st.integers(1, len(self.flying)))
        for _ in range(count):
            task, answer = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
            if end == "cancel":
                task.cancel()
            elif end == "answer":
                answer.set_result("ok")
            else:
                answer.set_exception(StripeDown() if end == "outage" else CardDeclined())
            self.loop.run_until_complete(ended(task))

    @rule(seconds=st.sampled_from([0.1, 1.0, 5.0, 11.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.hand.at += seconds

    @rule()
    def reset(self) -> None:
        self.breaker.reset()

    @invariant()
    def the_counts_are_possible(self) -> None:
        report = self.breaker.report()
        assert report.state is self.told[-1]
        assert 0 <= report.failures <= report.calls
        assert 0 <= report.slow <= report.calls
        assert 0 <= report.retry_after <= 60.0
        assert report.times_opened >= self.told.count(State.OPEN) - self.told.count(State.CLOSED)
        if report.state is State.HALF_OPEN:
            assert report.calls < 5
        if report.state is State.CLOSED:
            assert report.calls < 20 or report.failures < report.calls

    def teardown(self) -> None:
        for task, _ in self.flying:
            task.cancel()
        self.loop.run_until_complete(ended(*(task for task, _ in self.flying)))
        self.loop.close()


TestBreakerLife = BreakerLife.TestCase
TestBreakerLife.settings = settings(max_examples=at_most(60), stateful_step_count=40)
