"""What a visit costs, what is due when, what a cancellation keeps and what a refund gives back."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.booking import policy
from bookedbarber.booking.states import CancelledBy
from bookedbarber.checkout import quote as quotes
from bookedbarber.checkout import shares
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import CURRENCIES, Currency, Money
from bookedbarber.payments.states import Purpose
from bookedbarber.shops.queries import Service, Shop

AT = datetime(2035, 3, 5, 9, tzinfo=UTC)
codes = st.sampled_from([CURRENCIES[code] for code in ("usd", "gbp", "jpy", "kwd", "isk")])
rates = st.integers(0, 10_000)


def shop(code: Currency, tax: int = 0, *, included: bool = True, late_refund: int = 0) -> Shop:
    return Shop(
        shop_id=UUID(int=1), slug="fade", name="Fade", address="", phone=None, locale="en",
        time_zone="Europe/London", country="GB", currency=code.code, tax_name="Tax",
        tax_basis_points=tax, tax_included=included, slot_step_minutes=15, notice_minutes=0,
        horizon_days=60, free_cancel_hours=24, late_refund_basis_points=late_refund,
        checkout_hosted=False, stripe_account="acct_1", terms_version=1, terms="",
        opened_at=AT, colour=None, logo_mark=None,
    )  # fmt: skip


def service(price: Money, kind: str, value: int) -> Service:
    return Service(
        service_id=UUID(int=2), name="Cut", description="", duration_minutes=30, buffer_minutes=0,
        price=price.minor, currency=price.currency.code, deposit_kind=kind, deposit_value=value,
    )  # fmt: skip


@st.composite
def money(draw: st.DrawFn, code: Currency, least: int = 0, most: int = 2_000_000) -> Money:
    """An amount that the currency can move, between bounds in minor units."""
    steps = st.integers(-(-least // code.step), most // code.step)
    return Money(draw(steps) * code.step, code)


@given(
    data=st.data(), code=codes, tax=rates, included=st.booleans(), purpose=st.sampled_from(Purpose)
)
@pytest.mark.proves("R0.1", "R1.5", "X6")
def test_a_quote_adds_up_whatever_the_price_tax_deposit_and_tip(
    data: st.DataObject, code: Currency, tax: int, *, included: bool, purpose: Purpose
) -> None:
    price = data.draw(money(code, least=max(code.minimum, 1)))
    kind = data.draw(st.sampled_from(["none", "share", "fixed"]))
    fixed = data.draw(money(code, least=code.step, most=price.minor))
    value = {"none": 0, "share": data.draw(st.integers(1, 10_000)), "fixed": fixed.minor}[kind]
    tip = data.draw(money(code, most=price.minor * 2))
    sold = service(price, kind, value)
    asked = partial(
        quotes.quote, shop(code, tax, included=included), sold, purpose=purpose, tip=tip
    )
    if (kind, purpose) == ("none", "deposit"):
        with pytest.raises(quotes.DepositNotOffered):
            asked()
        return
    quote = asked()
    listed = quote.price if included else quote.service
    assert listed == price, "the shop's price is the price, to the unit"
    assert quote.now.total + quote.later == quote.total == quote.service + quote.tax + tip
    assert quote.now.tip == tip
    assert quote.later.minor >= 0
    for due in (quote.now.service, quote.now.tax, quote.later):
        assert due.minor >= 0
        assert due.minor % code.step == 0, "every part can be moved by itself"
    if purpose is Purpose.DEPOSIT:
        assert quote.now.service + quote.now.tax == quote.deposit <= quote.price
        assert quote.deposit.minor >= min(code.minimum, quote.price.minor)
    else:
        assert quote.later.minor == 0
    # The tax is that of the price, to within one step of the currency.
    exact = quote.service.minor * tax / 10_000
    assert abs(quote.tax.minor - exact) <= code.step


@given(st.data(), codes, rates)
def test_a_cancellation_keeps_nothing_in_time_and_never_more_than_the_deposit_late(
    data: st.DataObject, code: Currency, late_refund: int
) -> None:
    deposit, paid = data.draw(money(code)), data.draw(money(code))
    notice = timedelta(minutes=data.draw(st.integers(-60, 3 * 24 * 60)))
    cancelled = partial(
        policy.cancellation,
        shop(code, late_refund=late_refund),
        starts_at=AT + notice, deposit=deposit, paid=paid, now=AT,
    )  # fmt: skip
    assert cancelled(by=CancelledBy.SHOP).kept.minor == 0, "the terms never bind the shop"
    if notice <= timedelta():
        with pytest.raises(policy.TooLateToCancel):
            cancelled(by=CancelledBy.CLIENT)
        return
    terms = cancelled(by=CancelledBy.CLIENT)
    assert terms.free is (notice >= timedelta(hours=24))
    assert Money.zero(code) <= terms.kept <= min(deposit, paid)
    assert not (terms.free and terms.kept.minor)
    if not terms.free and late_refund == 0:
        assert terms.kept == min(deposit, paid)
    if late_refund == 10_000:
        assert terms.kept.minor == 0


@st.composite
def payments(draw: st.DrawFn) -> Parts:
    code = draw(codes)
    return Parts(draw(money(code, least=code.step)), draw(money(code)), draw(money(code)))


@given(payments(), st.data())
@pytest.mark.proves("X6")
def test_after_any_steps_each_part_has_given_what_one_refund_would(
    whole: Parts, data: st.DataObject
) -> None:
    code, left = whole.total.currency, whole
    while left.total.minor and data.draw(st.integers(0, 5)):
        step = data.draw(money(code, least=code.step, most=left.total.minor))
        given_back = shares.share(whole, left, step)
        assert given_back.total == step
        left = minus(left, given_back)
        gone = minus(whole, left)
        assert gone == shares.share(whole, whole, gone.total)
    if left.total.minor:
        assert shares.share(whole, left, left.total) == left


@given(payments(), st.data())
@pytest.mark.proves("X6")
def test_what_the_policy_kept_or_a_bank_sent_back_never_makes_a_part_negative(
    whole: Parts, data: st.DataObject
) -> None:
    """What is left need not be in the proportions of the whole."""
    code = whole.total.currency
    left = Parts(*(data.draw(money(code, most=part.minor)) for part in three(whole)))
    if not left.total.minor:
        return
    step = data.draw(money(code, least=code.step, most=left.total.minor))
    given_back = shares.share(whole, left, step)
    assert given_back.total == step
    for part, most in zip(three(given_back), three(left), strict=True):
        assert Money.zero(code) <= part <= most


def three(parts: Parts) -> tuple[Money, Money, Money]:
    return parts.service, parts.tax, parts.tip


def minus(one: Parts, other: Parts) -> Parts:
    return Parts(one.service - other.service, one.tax - other.tax, one.tip - other.tip)
