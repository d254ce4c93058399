"""Currencies as Stripe takes them: decimals, least and greatest amounts, fees. All in minor units.

Source: docs.stripe.com/currencies (zero-decimal, three-decimal and special-case currencies, minimum
and maximum charge amounts).
"""

from bookedbarber.sandbox.errors import ParameterError, StripeError
from bookedbarber.sandbox.wire import words

ZERO_DECIMAL = frozenset(words("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"))
THREE_DECIMAL = frozenset(words("bhd jod kwd omr tnd"))
WHOLE_ONLY = frozenset(("isk", "ugx"))
"""Sent with two decimals for backward compatibility, though the decimals must be zero."""

CURRENCIES = words(
    """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp
    byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip
    gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt
    lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr
    nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd
    std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar
    zmw
    """
)

_LEAST = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200,
    "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip

_GREATEST_DIGITS = {"cop": 10, "huf": 10, "idr": 12, "inr": 9, "jpy": 10, "lbp": 12}

_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def currency(code: str, *, param: str = "currency") -> str:
    """The code in lower case, or Stripe's complaint when it is no currency."""
    lower = code.lower()
    if lower not in CURRENCIES:
        raise ParameterError(
            f"Invalid currency: {code}. Stripe currently supports these currencies: "
            f"{', '.join(CURRENCIES)}",
            param=param,
        )
    return lower


def decimals(code: str) -> int:
    """How many digits stand behind the point."""
    if code in ZERO_DECIMAL:
        return 0
    return 3 if code in THREE_DECIMAL else 2


def display(amount: int, code: str) -> str:
    """`$5.00`, as Stripe's messages write amounts; others with their code behind."""
    places = decimals(code)
    whole, part = divmod(abs(amount), 10**places)
    number = f"{whole:,}" + (f".{part:0{places}d}" if places else "")
    symbol = _SYMBOLS.get(code)
    sign = "-" if amount < 0 else ""
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {code}"


def check_charge(amount: int, code: str) -> None:
    """Raise Stripe's complaint when an amount cannot be charged in a currency."""
    least = _LEAST.get(code, 1)
    if amount < least:
        raise StripeError(
            f"Amount must be at least {display(least, code)} {code}",
            code="amount_too_small",
            param="amount",
        )
    greatest = 10 ** _GREATEST_DIGITS.get(code, 8) - 1
    if amount > greatest:
        raise StripeError(
            f"Amount must be no more than {display(greatest, code)}", code="amount_too_large"
        )
    check_step(amount, code)


def check_step(amount: int, code: str, *, param: str = "amount") -> None:
    """Raise when an amount is finer than the currency allows."""
    step = 10 if code in THREE_DECIMAL else 100 if code in WHOLE_ONLY else 1
    if amount % step:
        raise StripeError(
            f"Amounts in {code} must be divisible by {step}.",
            code="parameter_invalid_integer",
            param=param,
        )


def check_payout(amount: int, code: str) -> None:
    """HUF and TWD are charged with two decimals and paid out in whole units."""
    check_step(amount, code)
    if code in ("huf", "twd") and amount % 100:
        raise StripeError(
            f"Payouts in {code} must be divisible by 100.",
            code="parameter_invalid_integer",
            param="amount",
        )


def fee(amount: int, code: str, schedule: dict[str, tuple[int, int]]) -> int:
    """Stripe's price of a charge: basis points rounded half up, plus the fixed part, never more
    than all.
    """
    points, fixed = schedule.get(code, (290, 0))
    return min(amount, (amount * points + 5000) // 10000 + fixed)
