"""What is kept of a visit and what goes back, over all its payments: every cent once, no tip."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.checkout import closing
from bookedbarber.checkout.closing import Left
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import CURRENCIES, Money, total
from bookedbarber.payments.queries import Payment
from bookedbarber.payments.states import PaymentState, Purpose, Via

AT = datetime(2035, 3, 5, 9, tzinfo=UTC)
USD = CURRENCIES["usd"]
amounts = st.integers(0, 10**6)


def left(number: int, service: int, tax: int, tip: int) -> Left:
    parts = Parts(Money(service, USD), Money(tax, USD), Money(tip, USD))
    payment = Payment(
        UUID(int=1), UUID(int=number), UUID(int=2), Purpose.FULL, PaymentState.CAPTURED,
        service, tax, tip, service + tax + tip, 0, "usd", "acct_1", Via.ELEMENT, "pi", None, None,
        "ch", None, None, None, AT, AT,
    )  # fmt: skip
    return Left(payment, parts)


@given(st.lists(st.tuples(amounts, amounts, amounts), max_size=4), st.data())
@pytest.mark.proves("X1", "R0.2")
def test_every_payment_of_a_visit_is_shared_into_kept_and_returned(
    payments: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    found = [left(number, *parts) for number, parts in enumerate(payments)]
    stake = closing.at_stake(found, "usd")
    kept = Money(data.draw(st.integers(0, stake.minor)), USD)
    outcome = closing.share(found, kept)
    assert outcome.kept.total == kept
    assert outcome.kept.tip.minor == 0
    everything = total((one.parts.total for one in found), USD)
    assert outcome.refund + kept == everything
    assert [share.payment for share in outcome.shares] == [one.payment for one in found]
    for one, share in zip(found, outcome.shares, strict=True):
        for name in ("service", "tax", "tip"):
            stays, back = getattr(share.kept, name), getattr(share.refund, name)
            assert stays + back == getattr(one.parts, name)
            assert stays.minor >= 0
            assert back.minor >= 0
    # The oldest gives first: nothing is kept of a later one while an earlier one has any left.
    for earlier, later in zip(outcome.shares, outcome.shares[1:], strict=False):
        if later.kept.total.minor:
            assert earlier.refund.service.minor == earlier.refund.tax.minor == 0
