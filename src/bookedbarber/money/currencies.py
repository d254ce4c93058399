"""Stripe's currencies: how many decimals, which amounts exist, and between which bounds.

Source: docs.stripe.com/currencies. Stripe's representation is followed, not ISO 4217's: ISK and
UGX have no minor unit in life but are sent as hundredths, and MGA, which has one, is sent whole.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from bookedbarber.errors import Refused


class UnknownCurrency(Refused):
    """The code is not one of the lower-case codes Stripe charges in."""

    code: ClassVar[str] = "currency_unknown"


@dataclass(frozen=True, slots=True)
class Currency:
    """One of Stripe's currencies; two are equal when their codes are.

    `exponent` is the number of decimals of Stripe's minor unit, and `step` the smallest
    difference between two amounts that can be charged, in minor units. `minimum` and `maximum`
    bound one charge; a currency without a documented minimum has its step, and Stripe judges
    the rest after conversion. `payout_step` is what payouts must be a multiple of.
    """

    code: str
    exponent: int = field(compare=False)
    step: int = field(compare=False)
    minimum: int = field(compare=False)
    maximum: int = field(compare=False)
    payout_step: int = field(compare=False)

    def __str__(self) -> str:
        return self.code


def currency(code: str) -> Currency:
    """Return the currency of a lower-case code; UnknownCurrency for any other text."""
    try:
        return CURRENCIES[code]
    except (KeyError, TypeError):
        raise UnknownCurrency(f"{code!a:.20} is not a currency code") from None


def _codes(listed: str) -> list[str]:
    return listed.split()


_NO_DECIMALS: Final = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
_TWO_DECIMALS: Final = _codes(
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad "
    "cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl "
    "htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop "
    "mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar "
    "sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs wst "
    "xcd xcg yer zar zmw"
)
_THREE_DECIMALS: Final = _codes("bhd jod kwd omr tnd")

# Whole units in life, hundredths on the wire: an amount must be divisible by 100.
_WHOLE_AS_HUNDREDTHS: Final = frozenset({"isk", "ugx"})
# Charged to the hundredth, paid out in whole units only.
_PAID_OUT_WHOLE: Final = frozenset({"huf", "twd"}) | _WHOLE_AS_HUNDREDTHS

_MINIMUM: Final = {
    code: minimum
    for minimum, codes in {
        30: "gbp",
        50: "ars aud brl cad chf cop eur ils inr jpy krw nzd php rub sgd usd zar",
        100: "bgn",
        200: "aed myr pln ron",
        250: "dkk",
        300: "nok sek",
        400: "hkd",
        1_000: "mxn thb",
        1_500: "czk",
        17_500: "huf",
    }.items()
    for code in _codes(codes)
}

_EIGHT_DIGITS: Final = 99_999_999
_TWELVE_DIGITS: Final = 999_999_999_999


def _entry(code: str, exponent: int) -> Currency:
    # The last of three decimals must be 0, or Stripe's partners refuse the amount.
    step = 100 if code in _WHOLE_AS_HUNDREDTHS else 10 if exponent == 3 else 1
    largest = _TWELVE_DIGITS if code == "idr" else _EIGHT_DIGITS
    return Currency(
        code,
        exponent=exponent,
        step=step,
        minimum=_MINIMUM.get(code, step),
        maximum=largest - largest % step,
        payout_step=100 if code in _PAID_OUT_WHOLE else step,
    )


CURRENCIES: Final = {
    code: _entry(code, exponent)
    for exponent, codes in {0: _NO_DECIMALS, 2: _TWO_DECIMALS, 3: _THREE_DECIMALS}.items()
    for code in codes
}
