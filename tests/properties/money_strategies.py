"""What Hypothesis draws for money: every currency, amounts of every size, both signs."""

from hypothesis import strategies as st

from bookedbarber.money import CURRENCIES, Currency, Money

currencies = st.one_of(
    # The odd ones often: no decimals, three decimals, whole units sent as hundredths.
    st.sampled_from([CURRENCIES[code] for code in ("jpy", "kwd", "isk", "usd", "huf")]),
    st.sampled_from(list(CURRENCIES.values())),
)
minor_units = st.one_of(st.integers(-200, 200), st.integers(-(10**12), 10**12))


@st.composite
def moneys(draw: st.DrawFn, of: Currency | None = None) -> Money:
    """Any amount, also one that nobody could charge."""
    return Money(draw(minor_units), of or draw(currencies))


@st.composite
def askable(draw: st.DrawFn, of: Currency | None = None) -> Money:
    """An amount a person may ask for: not negative, in the currency's steps, within its maximum."""
    chosen = of or draw(currencies)
    steps = draw(st.one_of(st.integers(0, 300), st.integers(0, chosen.maximum // chosen.step)))
    return Money(steps * chosen.step, chosen)


rates = st.one_of(
    st.integers(0, 20_000),
    st.decimals(min_value=0, max_value=20_000, places=3, allow_nan=False, allow_infinity=False),
)
