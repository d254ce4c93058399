"""How much of each part of a payment a refund gives back. Pure."""

from collections.abc import Iterable
from typing import Final

from bookedbarber.booking.queries import Appointment
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import Currency, Money, allocate_refund, currency
from bookedbarber.payments.queries import Payment, Refund
from bookedbarber.payments.states import RefundReason, RefundState

UNDONE: Final = (RefundState.CANCELLED, RefundState.REFUSED)  # as if never promised


def whole_of(paid: Payment) -> Parts:
    """What a payment was made of when it came."""
    code = currency(paid.currency)
    return Parts(
        Money(paid.service_amount, code),
        Money(paid.tax_amount, code),
        Money(paid.tip_amount, code),
    )


def due(visit: Appointment, refunds: Iterable[Refund]) -> Parts:
    """What a visit costs: what was sold, less what was given back out of goodwill before it."""
    code = currency(visit.currency)
    given = [r for r in refunds if r.reason is RefundReason.GOODWILL and r.state not in UNDONE]
    return Parts(
        _less(visit.service_amount, (r.service_amount for r in given), code),
        _less(visit.tax_amount, (r.tax_amount for r in given), code),
        _less(visit.tip_amount, (r.tip_amount for r in given), code),
    )


def _less(sold: int, given: Iterable[int], code: Currency) -> Money:
    return Money(max(sold - sum(given), 0), code)


def share(whole: Parts, left: Parts, wanted: Money) -> Parts:
    """The part of each that a refund of `wanted` gives back, out of what is `left` of `whole`.

    After any steps each part has given back what one refund of their sum would have taken from
    it. Where that cannot be, because the policy kept a part or a refund in between was withdrawn,
    what is left is shared alone.
    """
    gone = whole.total - left.total
    given = _allocated(whole, gone, wanted)
    fits = all(
        0 <= part.minor <= most.minor
        for part, most in zip(_three(given), _three(left), strict=True)
    )
    return given if fits else portion(left, wanted)


def portion(parts: Parts, amount: Money) -> Parts:
    """`amount` shared out in the proportion of `parts`, and from none more than it has."""
    return _allocated(parts, Money.zero(amount.currency), amount)


def untipped(parts: Parts) -> Parts:
    """The same without its tip."""
    return Parts(parts.service, parts.tax, Money.zero(parts.tip.currency))


def joined(one: Parts, other: Parts) -> Parts:
    """Both together, part by part."""
    return Parts(one.service + other.service, one.tax + other.tax, one.tip + other.tip)


def difference(one: Parts, other: Parts) -> Parts:
    """The one less the other, part by part."""
    return Parts(one.service - other.service, one.tax - other.tax, one.tip - other.tip)


def _allocated(parts: Parts, gone: Money, wanted: Money) -> Parts:
    named = {"service": parts.service, "tax": parts.tax, "tip": parts.tip}
    given = allocate_refund(named, gone, wanted)
    return Parts(given["service"], given["tax"], given["tip"])


def _three(parts: Parts) -> tuple[Money, Money, Money]:
    return parts.service, parts.tax, parts.tip
