"""`Money`: an amount of one currency, and the ways in and out of it.

Amounts that people ask for (`parse`, `from_json`) must be amounts Stripe can move. Amounts that
Stripe or a bank reports (`parse_reported`, the constructor) are taken as they are: a fee may well
end in a fraction that nobody could charge.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, final

from bookedbarber.errors import Refused
from bookedbarber.money.currencies import Currency, currency

_DECIMAL: Final = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)
_BIGINT_DIGITS: Final = 19
_BIGINT: Final = 2**63 - 1


class AmountInvalid(Refused):
    """What was given is not an amount: a word, an exponent, a sign where none may stand."""

    code: ClassVar[str] = "amount_invalid"


class AmountNotExact(Refused):
    """The amount has more precision than its currency, or came as a float."""

    code: ClassVar[str] = "amount_not_exact"


class AmountTooLarge(Refused):
    """The amount is above what the currency, or the column, can carry."""

    code: ClassVar[str] = "amount_too_large"


class AmountTooSmall(Refused):
    """The amount is below the least that Stripe charges in this currency."""

    code: ClassVar[str] = "amount_too_small"


class CurrencyMismatch(Refused):
    """Two amounts of different currencies were to be added or compared."""

    code: ClassVar[str] = "currency_mismatch"


@final
@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of one currency, signed, within a BIGINT."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        # A bool is an int to Python, but never an amount; a float here is a defect, not a refusal.
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        if not -_BIGINT <= self.minor <= _BIGINT:
            raise AmountTooLarge(currency=self.currency.code)

    @staticmethod
    def zero(of: Currency) -> "Money":
        """Nothing, of that currency."""
        return Money(0, of)

    @staticmethod
    def parse(text: object, of: Currency) -> "Money":
        """Read what a person asks for: a plain decimal string in major units, such as `32.50`.

        Refuses floats and excess precision (AmountNotExact), signs, exponents and separators
        (AmountInvalid), and more than one charge can carry (AmountTooLarge). Zero is an amount.
        """
        read = Money.parse_reported(text, of)
        if isinstance(text, str) and text.startswith("-"):
            raise AmountInvalid("an amount asked for has no sign", currency=of.code)
        return _askable(read)

    @staticmethod
    def parse_reported(text: object, of: Currency) -> "Money":
        """Read what Stripe or a bank reports in major units: a sign and any size are taken."""
        if isinstance(text, float):
            raise AmountNotExact("send the amount as text, not as a float", currency=of.code)
        found = _DECIMAL.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise AmountInvalid("not a plain decimal amount", currency=of.code)
        sign, whole, fraction = found[1], found[2], found[3] or ""
        if len(fraction) > of.exponent:
            detail = f"{of.code} has {of.exponent} decimals"
            raise AmountNotExact(detail, currency=of.code, decimals=of.exponent)
        # Measured before it is read: int() of thousands of digits is slow, then refused.
        if len(whole) > _BIGINT_DIGITS:
            raise AmountTooLarge(currency=of.code)
        minor = int(whole + fraction.ljust(of.exponent, "0"))
        return Money(-minor if sign else minor, of)

    @staticmethod
    def from_json(value: object) -> "Money":
        """Read `{"amount": 3250, "currency": "usd"}`: minor units as a JSON integer, no sign."""
        if not isinstance(value, dict) or value.keys() != {"amount", "currency"}:
            raise AmountInvalid("expected an object of amount and currency, nothing else")
        amount, of = value["amount"], currency(value["currency"])
        if isinstance(amount, float):
            raise AmountNotExact("send minor units as an integer", currency=of.code)
        if type(amount) is not int or amount < 0:
            raise AmountInvalid("send minor units as an integer, 0 or more", currency=of.code)
        return _askable(Money(amount, of))

    def to_json(self) -> dict[str, int | str]:
        """Write `{"amount": 3250, "currency": "usd"}`."""
        return {"amount": self.minor, "currency": self.currency.code}

    def to_major(self) -> str:
        """Write the amount in major units, as `parse` reads it: `32.50`. Not for pages."""
        digits = str(abs(self.minor)).rjust(self.currency.exponent + 1, "0")
        cut = len(digits) - self.currency.exponent
        point = "." if self.currency.exponent else ""
        return f"{'-' if self.minor < 0 else ''}{digits[:cut]}{point}{digits[cut:]}"

    def __str__(self) -> str:
        return f"{self.to_major()} {self.currency.code}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __mul__(self, times: int) -> "Money":
        if type(times) is not int:
            raise TypeError("money is multiplied by a whole number; use portion for a rate")
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money meets only money, not {type(other).__name__}")
        if other.currency != self.currency:
            pair = {"left": self.currency.code, "right": other.currency.code}
            raise CurrencyMismatch("amounts of two currencies", **pair)
        return other.minor


def total(amounts: Iterable[Money], of: Currency) -> Money:
    """Add amounts of one currency; nothing at all is zero of it."""
    result = Money.zero(of)
    for amount in amounts:
        result = result + amount
    return result


def chargeable(amount: Money) -> Money:
    """Return the amount if Stripe would charge it, else refuse it as too small, large or fine."""
    if amount.minor < amount.currency.minimum:
        detail = f"the least charge in {amount.currency.code} is {amount.currency.minimum}"
        raise AmountTooSmall(detail, minimum=amount.currency.minimum)
    return _askable(amount)


def _askable(amount: Money) -> Money:
    of = amount.currency
    if amount.minor > of.maximum:
        raise AmountTooLarge(currency=of.code, maximum=of.maximum)
    if amount.minor % of.step:
        raise AmountNotExact(f"{of.code} moves in steps of {of.step}", currency=of.code)
    return amount
