"""How much of each part of a payment a refund gives back. Pure."""

from bookedbarber.ledger.rules import Parts
from bookedbarber.money import Money, allocate_refund, currency
from bookedbarber.payments.queries import Payment


def whole_of(paid: Payment) -> Parts:
    """What a payment was made of when it came."""
    code = currency(paid.currency)
    return Parts(
        Money(paid.service_amount, code),
        Money(paid.tax_amount, code),
        Money(paid.tip_amount, code),
    )


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
    return given if fits else _allocated(left, Money.zero(wanted.currency), wanted)


def _allocated(parts: Parts, gone: Money, wanted: Money) -> Parts:
    named = {"service": parts.service, "tax": parts.tax, "tip": parts.tip}
    given = allocate_refund(named, gone, wanted)
    return Parts(given["service"], given["tax"], given["tip"])


def _three(parts: Parts) -> tuple[Money, Money, Money]:
    return parts.service, parts.tax, parts.tip
