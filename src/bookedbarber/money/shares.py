"""Dividing money: shares that add up, rates whose rounding is named, refunds in any steps.

All arithmetic is on integers and exact fractions. Where the currency moves in steps (ISK, KWD)
the shares of a chargeable amount are chargeable too.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, assert_never

from bookedbarber.money.amounts import AmountInvalid, AmountNotExact, AmountTooLarge, Money, total
from bookedbarber.money.currencies import Currency

Rate = int | Decimal
"""Basis points; a `Decimal` for the rates that need a fraction of one (New York City: 887.5)."""

_WHOLE: Final = 10_000


class Rounding(StrEnum):
    """What becomes of a fraction of a minor unit; each treats -x as the mirror of x."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


def split(whole: Money, weights: Sequence[int]) -> list[Money]:
    """Divide by weights, conserving every unit (largest remainder; ties go to the earlier).

    Each share is within one step of its exact part, and a weight of 0 gets nothing. A negative
    amount splits into the negatives of its opposite's shares, so a reversal mirrors its entry.
    """
    if not weights or any(type(w) is not int or w < 0 for w in weights) or not sum(weights):
        raise ValueError("weights are whole, none negative, at least one above 0")
    unit = _unit(whole.currency, [whole])
    units = abs(whole.minor) // unit
    shares, remainders = zip(*(divmod(units * w, sum(weights)) for w in weights), strict=True)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    favoured = set(by_remainder[: units - sum(shares)])
    signed = -unit if whole.minor < 0 else unit
    return [Money((n + (i in favoured)) * signed, whole.currency) for i, n in enumerate(shares)]


def portion(whole: Money, basis_points: Rate, rounding: Rounding) -> Money:
    """Take a rate of an amount, rounded as named to an amount the currency can move."""
    return _rounded(whole.minor * _fraction(basis_points), whole.currency, rounding)


def tax_on(net: Money, rate: Rate, rounding: Rounding = Rounding.HALF_UP) -> Money:
    """Return the tax to add to a price that excludes it."""
    return portion(net, rate, rounding)


def tax_within(gross: Money, rate: Rate, rounding: Rounding = Rounding.HALF_UP) -> Money:
    """Return the tax contained in a price that includes it."""
    r = _fraction(rate)
    return _rounded(gross.minor * r / (1 + r), gross.currency, rounding)


def allocate_refund(
    parts: Mapping[str, Money], refunded_so_far: Money, now_refunding: Money
) -> dict[str, Money]:
    """Say how much of each part (service, tax, tip) one refund gives back.

    What is refunded in total decides what each part has given in total, whatever the steps: any
    sequence of partial refunds ends where one refund of their sum would, and each step takes
    from no part below nothing or above what is left of it. Refuses a refund beyond the parts
    (AmountTooLarge), a negative one (AmountInvalid), or one that is not exact in parts that
    are (AmountNotExact).
    """
    whole = total(parts.values(), now_refunding.currency)
    after = refunded_so_far + now_refunding
    if now_refunding.minor < 0 or refunded_so_far.minor < 0:
        raise AmountInvalid("a refund is not negative")
    if any(part.minor < 0 for part in parts.values()):
        raise ValueError("a part of a payment is not negative")
    if after > whole:
        left = whole - refunded_so_far
        raise AmountTooLarge("more than is left to refund", left=left.minor, asked=after.minor)
    unit = _unit(whole.currency, parts.values())
    if refunded_so_far.minor % unit or now_refunding.minor % unit:
        raise AmountNotExact(f"{whole.currency.code} moves in steps of {unit}")
    names = sorted(parts)
    sizes = [parts[name].minor // unit for name in names]
    before_units = _first_units(sizes, refunded_so_far.minor // unit)
    after_units = _first_units(sizes, after.minor // unit)
    given = {
        name: Money((b - a) * unit, whole.currency)
        for name, a, b in zip(names, before_units, after_units, strict=True)
    }
    return {name: given[name] for name in parts}


def _first_units(sizes: Sequence[int], count: int) -> list[int]:
    """Hand `count` units to parts in one fixed queue, so that a longer queue only adds.

    The queue is Webster's: a part of size p stands for its k-th unit at p / (2k - 1), the larger
    first, ties by position. Largest remainder has no such queue (the Alabama paradox: more money
    can shrink a share), which is why it cannot allocate refunds. Rounding each exact share lands
    on a prefix of the queue near `count`; a few steps along it end exactly there.
    """
    whole = sum(sizes)
    if not whole:
        return [0] * len(sizes)
    got = [(2 * size * count + whole) // (2 * whole) for size in sizes]
    indexes = range(len(sizes))
    while sum(got) < count:
        got[max(indexes, key=lambda i: (Fraction(sizes[i], 2 * got[i] + 1), -i))] += 1
    while sum(got) > count:
        holders = [i for i in indexes if got[i]]
        got[min(holders, key=lambda i: (Fraction(sizes[i], 2 * got[i] - 1), -i))] -= 1
    return got


def _unit(of: Currency, amounts: Iterable[Money]) -> int:
    """Return the currency's step where all amounts keep to it, else one minor unit."""
    return of.step if all(amount.minor % of.step == 0 for amount in amounts) else 1


def _fraction(rate: Rate) -> Fraction:
    if type(rate) not in {int, Decimal} or not Decimal(rate).is_finite() or rate < 0:
        raise ValueError("a rate is basis points, whole or Decimal, 0 or more")
    return Fraction(rate) / _WHOLE


def _rounded(exact: Fraction, of: Currency, rounding: Rounding) -> Money:
    steps, rest = divmod(abs(exact) / of.step, 1)
    rounded = (steps + _carry(steps, rest, rounding)) * of.step
    return Money(-rounded if exact < 0 else rounded, of)


def _carry(steps: int, rest: Fraction, rounding: Rounding) -> int:
    """Say whether a fraction of a step becomes a whole one."""
    half = Fraction(1, 2)
    match rounding:
        case Rounding.DOWN:
            return 0
        case Rounding.UP:
            return int(rest > 0)
        case Rounding.HALF_UP:
            return int(rest >= half)
        case Rounding.HALF_EVEN:
            return int(rest > half or (rest == half and steps % 2 == 1))
        case _:
            assert_never(rounding)
