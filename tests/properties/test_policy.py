"""Whom a shop surprises by a move, over any history of moves."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.booking import policy
from bookedbarber.booking.states import MovedBy
from bookedbarber.money import CURRENCIES, Money
from tests.properties.test_quote import shop

NOW = datetime(2035, 3, 5, 9, tzinfo=UTC)
SHOP = replace(shop(CURRENCIES["usd"]), free_cancel_hours=24)


@dataclass(frozen=True)
class Step:
    """A move, as the policy looks at it."""

    moved_by: MovedBy
    moved_at: datetime
    from_starts_at: datetime
    to_starts_at: datetime


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Moves one after the other, each decided before the visit begins."""
    at, starts, steps = NOW, NOW + timedelta(hours=draw(st.integers(1, 100))), []
    for _ in range(draw(st.integers(0, 5))):
        at = min(starts, at + timedelta(hours=draw(st.integers(0, 30))))
        to = at + timedelta(hours=draw(st.integers(1, 100)))
        steps.append(Step(draw(st.sampled_from(MovedBy)), at, starts, to))
        starts = to
    return steps


def hours_left(at: datetime, starts: datetime) -> float:
    return (starts - at).total_seconds() / 3600


@given(steps=histories())
def test_nobody_is_surprised_but_by_the_shop_who_was_free_before_and_is_not_after(
    steps: list[Step],
) -> None:
    """The walk through the moves, written down the long way round."""
    expected = False
    for step in steps:
        had = expected or hours_left(step.moved_at, step.from_starts_at) >= 24
        has = hours_left(step.moved_at, step.to_starts_at) >= 24
        expected = step.moved_by is MovedBy.SHOP and had and not has
    assert policy.surprised(SHOP, steps) is expected
    if expected:
        last = steps[-1].to_starts_at
        assert policy.free_until(SHOP, last, steps) == last
        kept = policy.missed(
            SHOP, deposit=Money(800, CURRENCIES["usd"]), paid=Money(800, CURRENCIES["usd"]),
            moves=steps,
        )  # fmt: skip
        assert kept.minor == 0


@given(steps=histories())
def test_a_client_who_moves_themselves_is_under_the_terms_again(steps: list[Step]) -> None:
    starts = steps[-1].to_starts_at if steps else NOW + timedelta(days=3)
    own = Step(MovedBy.CLIENT, starts - timedelta(hours=1), starts, starts + timedelta(hours=2))
    assert not policy.surprised(SHOP, [*steps, own])
