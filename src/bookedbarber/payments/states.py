"""The lives of payments and refunds: one table of allowed moves each."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a payment collects."""

    DEPOSIT = "deposit"
    FULL = "full"


class Via(StrEnum):
    """Where the client enters the card: in Stripe's field on our page, or on Stripe's own page."""

    ELEMENT = "element"
    CHECKOUT = "checkout"


class PaymentState(StrEnum):
    """Where a payment stands. `captured` and `cancelled` are final."""

    PENDING = "pending"  # written down; Stripe has not answered yet
    OPEN = "open"  # Stripe waits for the client
    PROCESSING = "processing"  # the client's bank has not answered yet
    CAPTURED = "captured"  # the money is in the Stripe account
    CANCELLED = "cancelled"  # Stripe will never collect it


class RefundState(StrEnum):
    """Where a refund stands."""

    REQUESTED = "requested"  # promised in the books; Stripe has not answered yet
    PENDING = "pending"  # Stripe accepted it and has not sent it yet
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # it came to nothing, at the bank or at Stripe: still owed to the client
    CANCELLED = "cancelled"  # withdrawn before it was sent: the promise is undone
    REFUSED = "refused"  # Stripe refused it: the promise is undone


class RefundReason(StrEnum):
    """Why money goes back."""

    REQUESTED_BY_CUSTOMER = "requested_by_customer"
    CANCELLED_BY_SHOP = "cancelled_by_shop"
    NO_SHOW = "no_show"
    SLOT_LOST = "slot_lost"
    DUPLICATE = "duplicate"
    GOODWILL = "goodwill"


_P, _R = PaymentState, RefundState
PAYMENT_MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    _P.PENDING: frozenset({_P.OPEN, _P.PROCESSING, _P.CAPTURED, _P.CANCELLED}),
    _P.OPEN: frozenset({_P.OPEN, _P.PROCESSING, _P.CAPTURED, _P.CANCELLED}),
    _P.PROCESSING: frozenset({_P.OPEN, _P.PROCESSING, _P.CAPTURED, _P.CANCELLED}),
    _P.CAPTURED: frozenset(),
    _P.CANCELLED: frozenset(),
}
REFUND_MOVES: dict[RefundState, frozenset[RefundState]] = {
    _R.REQUESTED: frozenset({_R.PENDING, _R.SUCCEEDED, _R.FAILED, _R.CANCELLED, _R.REFUSED}),
    _R.PENDING: frozenset({_R.SUCCEEDED, _R.FAILED, _R.CANCELLED}),
    # A refund that had arrived can still be sent back by the client's bank.
    _R.SUCCEEDED: frozenset({_R.FAILED}),
    _R.FAILED: frozenset({_R.REQUESTED}),  # sent again, by whoever asks for it
    _R.CANCELLED: frozenset(),
    _R.REFUSED: frozenset(),
}


def may_become_payment(state: PaymentState) -> list[str]:
    """The states a payment may leave to reach `state`."""
    return [source.value for source, allowed in PAYMENT_MOVES.items() if state in allowed]


def may_become_refund(state: RefundState) -> list[str]:
    """The states a refund may leave to reach `state`."""
    return [source.value for source, allowed in REFUND_MOVES.items() if state in allowed]
