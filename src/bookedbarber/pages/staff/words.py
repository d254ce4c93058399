"""What the desk's pages call the states, acts, accounts and reasons that lie below."""

from collections.abc import Mapping
from typing import Final

from bookedbarber.checkout.work import WorkKind
from bookedbarber.ledger.chart import Account
from bookedbarber.ledger.rules import EntryKind
from bookedbarber.lookup.breakdown import WaitingFor
from bookedbarber.lookup.words import Status
from bookedbarber.pages.texts import N_
from bookedbarber.payments.cards import brand
from bookedbarber.payments.states import RefundState

Pill = tuple[str, str, str]  # icon, tone, word

STATUS: Final[Mapping[Status, Pill]] = {
    Status.CAPTURED: ("circle-check", "ok", N_("Paid")),
    Status.PARTLY_REFUNDED: ("undo-2", "", N_("Partly refunded")),
    Status.REFUNDED: ("undo-2", "", N_("Refunded")),
    Status.DECLINED: ("circle-alert", "bad", N_("Declined")),
    Status.PROCESSING: ("landmark", "warn", N_("Awaiting the bank")),
    Status.OPEN: ("clock", "warn", N_("Awaiting the client")),
    Status.CANCELLED: ("circle-x", "", N_("Cancelled")),
}
REFUND: Final[Mapping[RefundState, Pill]] = {
    RefundState.REQUESTED: ("clock", "warn", N_("Being sent")),
    RefundState.PENDING: ("landmark", "warn", N_("At the bank")),
    RefundState.SUCCEEDED: ("circle-check", "ok", N_("Sent back")),
    RefundState.FAILED: ("circle-alert", "bad", N_("Came back")),
    RefundState.CANCELLED: ("circle-x", "", N_("Withdrawn")),
    RefundState.REFUSED: ("circle-x", "bad", N_("Refused")),
}
ACTS: Final[Mapping[str, Pill]] = {
    "appointment.held": ("calendar-plus", "", N_("Time held")),
    "appointment.expired": ("calendar-x", "", N_("Time let go: it was not paid")),
    "appointment.cancelled": ("calendar-x", "", N_("Booking cancelled")),
    "appointment.walked_in": ("footprints", "", N_("Client walked in")),
    "appointment.arrival_undone": ("undo-2", "", N_("Check-in taken back")),
    "appointment.arrived": ("user-check", "ok", N_("Checked in")),
    "appointment.completed": ("calendar-check", "ok", N_("Visit completed")),
    "appointment.no_show": ("user-x", "bad", N_("Client did not come")),
    "appointment.moved": ("calendar-clock", "", N_("Visit moved")),
    "payment.opened": ("credit-card", "", N_("Payment opened")),
    "payment.moved_to_checkout": ("credit-card", "", N_("Payment goes on at Stripe")),
    "payment.processing": ("landmark", "warn", N_("The client's bank thinks it over")),
    "payment.declined": ("circle-alert", "bad", N_("Attempt declined")),
    "payment.cancelled": ("circle-x", "", N_("Payment given up")),
    "payment.captured": ("circle-check", "ok", N_("Paid")),
    "refund.promised": ("undo-2", "", N_("Refund asked for")),
    "refund.pending": ("landmark", "warn", N_("Refund at the bank")),
    "refund.succeeded": ("circle-check", "ok", N_("Refund sent back")),
    "refund.failed": ("circle-alert", "bad", N_("Refund came back")),
    "refund.cancelled": ("circle-x", "", N_("Refund withdrawn")),
    "refund.refused": ("circle-x", "bad", N_("Refund refused")),
    "refund.sent_again": ("refresh-cw", "", N_("Refund sent again")),
    "charge": ("scale", "", N_("Stripe booked the payment")),
    "refund": ("scale", "", N_("Stripe booked the refund")),
    "refund_failure": ("scale", "bad", N_("Stripe took the refund back")),
    WorkKind.TELL_CONFIRMED: ("mail", "", N_("Confirmation written to the client")),
    WorkKind.TELL_CANCELLED: ("mail", "", N_("Cancellation written to the client")),
    WorkKind.TELL_MISSED: ("mail", "", N_("Client told of the missed visit")),
    WorkKind.TELL_SLOT_LOST: ("mail", "", N_("Client told that the time was lost")),
    WorkKind.TELL_MOVED: ("mail", "", N_("Client told of the move")),
    WorkKind.TELL_MINE: ("mail", "", N_("Link to all bookings written to the client")),
}
ACTORS: Final[Mapping[str, str]] = {
    "client": N_("the client"),
    "stripe": N_("Stripe"),
    "system": N_("BookedBarber"),
    "operator": N_("an operator"),
}
WAITING: Final[Mapping[WaitingFor, str]] = {
    WaitingFor.CHARGE_MOVEMENT: N_("Stripe has not said yet what it keeps of this payment."),
    WaitingFor.REFUND_SENDING: N_("A refund is being sent."),
    WaitingFor.REFUND_BANK: N_("A refund is with the client's bank."),
    WaitingFor.REFUND_MOVEMENT: N_("A refund was sent; Stripe has yet to book it."),
    WaitingFor.REFUND_OWED: N_("A refund came back and is still owed to the client."),
}
ACCOUNTS: Final[Mapping[Account, str]] = {
    Account.STRIPE_BALANCE: N_("Balance at Stripe"),
    Account.AWAITING_STRIPE: N_("Awaiting Stripe"),
    Account.RECEIVABLE_FROM_CLIENT: N_("Owed by the client"),
    Account.CLIENT_DEPOSITS: N_("Clients' deposits"),
    Account.REFUNDS_PAYABLE: N_("Refunds owed"),
    Account.TAX_PAYABLE: N_("Tax owed"),
    Account.TIPS_PAYABLE: N_("Tips owed to barbers"),
    Account.SUSPENSE: N_("Not yet explained"),
    Account.CURRENCY_EXCHANGE: N_("Currency exchange"),
    Account.SERVICE_INCOME: N_("Income from services"),
    Account.LATE_CANCELLATION_INCOME: N_("Income from late cancellations"),
    Account.STRIPE_FEES: N_("Stripe's fees"),
}
ENTRIES: Final[Mapping[str, str]] = {
    EntryKind.PAYMENT_CAPTURED: N_("Payment taken"),
    EntryKind.BALANCE_TRANSACTION: N_("Booked by Stripe"),
    EntryKind.CURRENCY_EXCHANGED: N_("Converted by Stripe"),
    EntryKind.VISIT_COMPLETED: N_("Visit completed"),
    EntryKind.REFUND_PROMISED: N_("Refund promised"),
    EntryKind.REFUND_UNDONE: N_("Refund undone"),
    EntryKind.CANCELLED_LATE: N_("Cancelled late"),
    EntryKind.NO_SHOW: N_("Client did not come"),
    EntryKind.DEPOSIT_APPLIED: N_("Deposit applied"),
}
EVENTS: Final[Mapping[str, Pill]] = {
    "ready": ("clock", "warn", N_("Waiting")),
    "done": ("circle-check", "ok", N_("Handled")),
    "dead": ("circle-alert", "bad", N_("Failed")),
}
PURPOSE: Final[Mapping[str, str]] = {
    "deposit": N_("Deposit"),
    "full": N_("In full"),
}
LETTER_STATES: Final[Mapping[str, str]] = {
    "queued": N_("waiting to be sent"),
    "sent": N_("sent"),
    "failed": N_("could not be sent"),
}
SAID: Final[Mapping[str, Pill]] = {  # of what was asked for on the page of a payment
    "sent-again": (
        "refresh-cw",
        "ok",
        N_("Stripe was asked to send the refund again. Below is how it stands."),
    ),
    "again-waits": (
        "clock",
        "warn",
        N_("Stripe does not answer just now. The refund is sent again as soon as it does."),
    ),
    "again-failed": (
        "circle-alert",
        "bad",
        N_("Stripe refused the refund again. Below is why; it is still owed."),
    ),
    "refund_not_failed": (
        "circle-alert",
        "bad",
        N_("That refund is not owed any more: below is how it stands."),
    ),
}
# What is said of a refund that was sent again, by how it stands then.
SENT_AGAIN: Final[Mapping[RefundState, str]] = {
    RefundState.REQUESTED: "again-waits",
    RefundState.PENDING: "sent-again",
    RefundState.SUCCEEDED: "sent-again",
    RefundState.FAILED: "again-failed",
    RefundState.CANCELLED: "refund_not_failed",
    RefundState.REFUSED: "refund_not_failed",
}
UNKNOWN: Final[Pill] = ("circle-dot", "", "")


def in_words(code: str) -> str:
    """A code of ours or of Stripe's as words, where no better ones are known."""
    return code.replace(".", " ").replace("_", " ").capitalize()


def card(code: str | None, last4: str | None) -> str:
    """A card as people tell it from others."""
    return f"{brand(code)} ·· {last4}" if last4 else ""


def purpose(of: str) -> str:
    """What a payment collects."""
    return PURPOSE.get(of, in_words(of))


def act(what: str) -> Pill:
    """What happened: icon, tone and words; of an act without words, its own."""
    return ACTS.get(what, (UNKNOWN[0], UNKNOWN[1], in_words(what)))
