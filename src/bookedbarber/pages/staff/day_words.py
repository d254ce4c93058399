"""The words of the desk's day: states as icon, tone and word; acts; what was wrong."""

from collections.abc import Mapping
from typing import Final

from bookedbarber.booking.states import AppointmentState, CancelledBy
from bookedbarber.checkout.day import Verb
from bookedbarber.pages.texts import N_
from bookedbarber.payments.states import RefundReason, RefundState

STATES: Final[Mapping[AppointmentState, tuple[str, str, str]]] = {
    AppointmentState.HELD: ("clock", "warn", N_("Being paid")),
    AppointmentState.CONFIRMED: ("calendar-check", "", N_("Booked")),
    AppointmentState.ARRIVED: ("user-check", "ok", N_("Checked in")),
    AppointmentState.COMPLETED: ("circle-check", "", N_("Completed")),
    AppointmentState.CANCELLED: ("calendar-x", "", N_("Cancelled")),
    AppointmentState.NO_SHOW: ("user-x", "bad", N_("No-show")),
    AppointmentState.EXPIRED: ("clock", "", N_("Never paid")),
}
NOT_HERE_YET: Final = ("clock", "warn", N_("Not here yet"))

# Each as icon and word.
VERBS: Final[Mapping[Verb, tuple[str, str]]] = {
    Verb.CHECK_IN: ("user-check", N_("Check in")),
    Verb.UNDO_CHECK_IN: ("rotate-ccw", N_("Undo check-in")),
    Verb.COMPLETE: ("circle-check", N_("Complete")),
    Verb.MOVE: ("move", N_("Move")),
    Verb.CANCEL: ("calendar-x", N_("Cancel…")),
    Verb.NO_SHOW: ("user-x", N_("No-show…")),
    Verb.REFUND: ("undo-2", N_("Refund…")),
}

REASONS: Final[Mapping[RefundReason, str]] = {
    RefundReason.REQUESTED_BY_CUSTOMER: N_("The client asked"),
    RefundReason.GOODWILL: N_("Goodwill: it lowers the price"),
    RefundReason.DUPLICATE: N_("Paid twice"),
}
WHY: Final[Mapping[RefundReason, str]] = {
    **REASONS,
    RefundReason.CANCELLED_BY_SHOP: N_("The shop cancelled"),
    RefundReason.NO_SHOW: N_("The client did not come"),
    RefundReason.SLOT_LOST: N_("The time was lost before the payment came"),
}
BY: Final[Mapping[CancelledBy, str]] = {
    CancelledBy.CLIENT: N_("Cancelled by the client"),
    CancelledBy.SHOP: N_("Cancelled by the shop"),
}

# What was done, as icon, tone and sentence.
DONE: Final[Mapping[str, tuple[str, str, str]]] = {
    "check-in": ("user-check", "ok", N_("Checked in.")),
    "undo-check-in": ("rotate-ccw", "ok", N_("The check-in was taken back.")),
    "complete": ("circle-check", "ok", N_("Completed.")),
    "cancel": ("calendar-x", "ok", N_("Cancelled. What goes back is being sent.")),
    "no-show": ("user-x", "ok", N_("Noted as a no-show. What goes back is being sent.")),
    "refund": ("undo-2", "ok", N_("Refunded. The money is on its way.")),
    "refund-waits": (
        "clock",
        "warn",
        N_("The refund is noted. Stripe does not answer just now: it is sent as soon as it does."),
    ),
    "refund-failed": (
        "circle-alert",
        "bad",
        N_("Stripe refused the refund, and it is still owed. Send it again from the payment."),
    ),
    "refund-refused": (
        "circle-alert",
        "bad",
        N_("Stripe refused the refund: nothing goes back. The payment says why."),
    ),
    "walk-in": ("footprints", "ok", N_("The walk-in has a place.")),
}

# What is said of a refund that was asked for, by how it stands then.
REFUNDED: Final[Mapping[RefundState, str]] = {
    RefundState.REQUESTED: "refund-waits",
    RefundState.PENDING: "refund",
    RefundState.SUCCEEDED: "refund",
    RefundState.FAILED: "refund-failed",
    RefundState.CANCELLED: "refund-refused",
    RefundState.REFUSED: "refund-refused",
}

# What was wrong, by its code; shown beside a field or above the page.
PROBLEMS: Final[Mapping[str, str]] = {
    "appointment_not_open": N_("That is not possible any more: see how the visit stands now."),
    "appointment_not_begun": N_("The visit has not begun yet."),
    "check_in_too_early": N_("This visit is on another day. Check the client in on that day."),
    "client_arrived": N_("The client was checked in. Take that back first if they are not here."),
    "too_late_to_cancel": N_("The visit has begun: now only the shop can cancel it."),
    "refund_changed": N_("What goes back has changed meanwhile. Look at it again, then decide."),
    "amount_invalid": N_("Type an amount, in digits."),
    "amount_not_exact": N_("That has more decimals than the currency."),
    "amount_too_large": N_("That is more than any payment may be."),
    "refund_exceeds_payment": N_("That is more than is left of this payment."),
    "refund_is_nothing": N_("Type an amount above zero."),
    "name_missing": N_("Who is it for?"),
    "email_invalid": N_("That is not an e-mail address. Check it, or leave it out."),
    "slot_taken": N_("The barber has somebody else then. Choose another time or another barber."),
    "barber_unknown": N_("This barber does not give this service."),
    "service_unknown": N_("The shop does not sell this any more."),
    "walk_in_not_today": N_("Choose a time of today that is not long past."),
    "time_invalid": N_("Type a time, like 14:30."),
}
PROBLEM_OTHER: Final = N_("That was not possible. Nothing was changed.")


def said(code: str) -> tuple[str, str, str] | None:
    """What to say of an act that an address names, or of the refusal it met; None of nothing."""
    if not code:
        return None
    return DONE.get(code) or ("circle-alert", "bad", PROBLEMS.get(code, PROBLEM_OTHER))
