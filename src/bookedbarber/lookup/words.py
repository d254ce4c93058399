"""How a payment stands, as people say it."""

from enum import StrEnum

from bookedbarber.payments.states import Purpose


class Status(StrEnum):
    """A payment's state in the words of people; the database tells it from the row."""

    CAPTURED = "captured"  # paid, and nothing of it goes back
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DECLINED = "declined"  # the last attempt failed; the client may try again
    PROCESSING = "processing"  # the client's bank has not answered yet
    OPEN = "open"  # waits for the client
    CANCELLED = "cancelled"


STATUS = {
    Status.CAPTURED: "Paid",
    Status.PARTLY_REFUNDED: "Partly refunded",
    Status.REFUNDED: "Refunded",
    Status.DECLINED: "Declined",
    Status.PROCESSING: "Awaiting the bank",
    Status.OPEN: "Awaiting the client",
    Status.CANCELLED: "Cancelled",
}
PURPOSE = {Purpose.DEPOSIT: "Deposit", Purpose.FULL: "In full"}
