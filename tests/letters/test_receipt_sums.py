"""Whatever was paid and went back: the parts of a visit add up, in any currency."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout.receipt import Figures, PaymentLine, RefundLine, figures, parts
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import Money, currency, split
from bookedbarber.payments.states import PaymentState, Purpose, RefundReason, RefundState

THEN = datetime(2035, 3, 5, 9, tzinfo=UTC)
CODES = st.sampled_from(["jpy", "usd", "kwd", "isk"])
STANDING = [s for s in RefundState if s not in (RefundState.CANCELLED, RefundState.REFUSED)]


def payment(state: PaymentState, amount: Parts, number: int = 1) -> PaymentLine:
    captured = THEN if state is PaymentState.CAPTURED else None
    return PaymentLine(
        UUID(int=number), Purpose.FULL, state, amount, None, None, None, THEN, captured
    )


def refund(
    state: RefundState, amount: Parts, reason: RefundReason = RefundReason.REQUESTED_BY_CUSTOMER
) -> RefundLine:
    return RefundLine(UUID(int=9), UUID(int=1), state, amount, reason, "", None, THEN, THEN, None)


@st.composite
def amounts(draw: st.DrawFn, code: str) -> Parts:
    step = currency(code).step
    service, tax, tip = (draw(st.integers(0, 10**6)) * step for _ in range(3))
    return parts(service + step, tax, tip, code)


@st.composite
def visits(draw: st.DrawFn, state: AppointmentState) -> tuple[int, Figures, int]:
    """A visit whose payment is a share of its price, and refunds that are shares of the payment:
    what it costs after goodwill, its figures, and what is kept of the payment."""
    code = draw(CODES)
    sold = draw(amounts(code))
    weights = draw(st.tuples(st.integers(1, 100), st.integers(0, 100)))
    now, _ = split(sold.service, weights)
    paid = Parts(now, Money.zero(now.currency), sold.tip)
    payment_state = draw(st.sampled_from(list(PaymentState)))
    gone, forgiven, left, refunds = 0, 0, paid.service, []
    if payment_state is PaymentState.CAPTURED:
        for refund_state in draw(st.lists(st.sampled_from(list(RefundState)), max_size=4)):
            back, rest = split(left, draw(st.tuples(st.integers(0, 9), st.integers(1, 9))))
            reason = draw(st.sampled_from(list(RefundReason)))
            refunds.append(refund(refund_state, parts(back.minor, 0, 0, code), reason))
            if refund_state in STANDING:
                left, gone = rest, gone + back.minor
                forgiven += back.minor if reason is RefundReason.GOODWILL else 0
    owed = Money(draw(st.integers(0, 10**6)), now.currency)
    sums = figures(
        state=state,
        sold=sold,
        payments=[payment(payment_state, paid)],
        refunds=refunds,
        owed=owed,
    )
    collected = paid.total.minor if payment_state is PaymentState.CAPTURED else 0
    assert sums.total == sold.total
    return sold.total.minor - forgiven, sums, collected - gone


@given(visits(AppointmentState.HELD))
def test_while_held_paid_now_and_later_add_up_to_the_price(
    drawn: tuple[int, Figures, int],
) -> None:
    cost, sums, kept = drawn
    assert sums.kept.minor == kept
    assert (sums.kept + sums.due_now + sums.due_at_shop).minor == cost


@given(visits(AppointmentState.CONFIRMED))
def test_once_confirmed_what_is_not_kept_is_due_at_the_shop(
    drawn: tuple[int, Figures, int],
) -> None:
    cost, sums, kept = drawn
    assert sums.due_now.minor == 0
    assert sums.due_at_shop.minor == cost - kept


@given(visits(AppointmentState.COMPLETED), visits(AppointmentState.CANCELLED))
def test_nothing_is_ever_due_twice_or_negative(
    done: tuple[int, Figures, int], gone: tuple[int, Figures, int]
) -> None:
    for _, sums, _ in (done, gone):
        for amount in (sums.paid, sums.refunded, sums.returned, sums.due_now, sums.due_at_shop):
            assert amount.minor >= 0
        assert sums.returned <= sums.refunded <= sums.paid
    assert gone[1].due_at_shop.minor == gone[1].due_now.minor == 0


def test_money_paid_twice_and_kept_is_never_due_as_less_than_nothing() -> None:
    sold = parts(2000, 0, 0, "usd")
    lines = [payment(PaymentState.CAPTURED, sold, number) for number in (1, 2)]
    undone = [refund(RefundState.REFUSED, sold)]
    sums = figures(
        state=AppointmentState.CONFIRMED,
        sold=sold,
        payments=lines,
        refunds=undone,
        owed=Money.zero(currency("usd")),
    )
    assert sums.kept == Money(4000, currency("usd"))
    assert sums.due_at_shop == Money(0, currency("usd"))
