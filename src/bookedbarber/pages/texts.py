"""The sentences behind codes and states, ready for translation.

`N_` only marks a sentence for the catalogue; the template translates it. A decline says what the
client can do and never what the bank suspects: a card reported stolen reads like any refusal.
"""

from collections.abc import Mapping
from typing import Final

from bookedbarber.pages.views import BookingState, ErrorKind, RefundState, RefundStep


def N_(sentence: str) -> str:  # noqa: N802 - the name gettext tools know
    """Mark `sentence` for translation, unchanged."""
    return sentence


PROBLEMS: Final[Mapping[str, str]] = {
    "not_open": N_("This shop does not take bookings yet. Nothing was charged."),
    "service_missing": N_("Choose a service."),
    "service_offline": N_("This service cannot be paid online. Call the shop to book it."),
    "barber_missing": N_("Choose a barber, or any barber."),
    "slot_missing": N_("Choose a time."),
    "slot_taken": N_("That time was taken a moment ago. Choose another one."),
    "name_missing": N_("Enter your name."),
    "email_missing": N_("Enter your email address, for the receipt."),
    "email_invalid": N_("Enter an email address like name@example.com."),
    "phone_invalid": N_("Enter a phone number with digits, or leave it empty."),
    "plan_missing": N_("Choose how much to pay now."),
    "tip_invalid": N_("Enter the tip as an amount, like %(example)s, or choose one above."),
    "tip_too_large": N_("That tip is larger than we can take online. Enter a smaller one."),
    "price_changed": N_("The amount changed since you last saw it. Check it and book again."),
    "terms_changed": N_("The shop changed its terms meanwhile. Read them and book again."),
    "too_many_holds": N_("You already hold other times. Pay for them or let them lapse first."),
    "unavailable": N_("Payments cannot be started right now. Nothing was charged. Try again soon."),
}
ROLES: Final[Mapping[str, str]] = {
    "owner": N_("Owner"),
    "manager": N_("Manager"),
    "receptionist": N_("Reception"),
    "barber": N_("Barber"),
    "admin": N_("BookedBarber"),
    "finance": N_("BookedBarber finance"),
    "support": N_("BookedBarber support"),
    "auditor": N_("Auditor"),
}
PLANTED: Final[Mapping[str, str]] = {
    "spike_of_declines": N_("An evening on which card after card is declined"),
    "slow_day": N_("A working day on which next to nobody comes"),
    "refund_sent_back": N_("A refund that the client's bank sends back"),
}
PROBLEM_OTHER: Final = N_("This could not be accepted. Check it and try again.")

DECLINE_OTHER: Final = N_(
    "Your bank declined the card without saying why. "
    "Try another card, or ask your bank to allow the payment."
)
_CHECK_NUMBER: Final = N_("The card number is not right. Check it and try again.")
_EXPIRED: Final = N_("The card has expired. Use another card.")
_CODE: Final = N_("The security code is not right. Check the digits and try again.")
_FUNDS: Final = N_("The card has too little money or limit left. Try another card.")
_LIMIT: Final = N_("The card reached its limit. Try another card, or try again tomorrow.")
_KIND: Final = N_("This kind of card cannot make this payment. Try another card.")
_BANK: Final = N_("Your bank could not be reached. Nothing was charged. Try again in a minute.")
_AUTH: Final = N_(
    "Your bank could not confirm it was you, so nothing was charged. "
    "Try again, or use another card."
)
_POSTCODE: Final = N_("The postcode does not fit the card. Check it and try again.")
_TWICE: Final = N_("This looks like the payment you just made. Check your receipt before retrying.")

DECLINES: Final[Mapping[str, str]] = {
    "incorrect_number": _CHECK_NUMBER,
    "invalid_number": _CHECK_NUMBER,
    "invalid_account": _KIND,
    "expired_card": _EXPIRED,
    "invalid_expiry_month": _EXPIRED,
    "invalid_expiry_year": _EXPIRED,
    "incorrect_cvc": _CODE,
    "invalid_cvc": _CODE,
    "insufficient_funds": _FUNDS,
    "card_velocity_exceeded": _LIMIT,
    "withdrawal_count_limit_exceeded": _LIMIT,
    "card_not_supported": _KIND,
    "currency_not_supported": _KIND,
    "transaction_not_allowed": _KIND,
    "testmode_decline": N_("A test card cannot pay for real. Use a real card."),
    "live_mode_test_card": N_("A test card cannot pay for real. Use a real card."),
    "test_mode_live_card": N_("This shop is in test mode. Use one of the test cards."),
    "issuer_not_available": _BANK,
    "processing_error": _BANK,
    "reenter_transaction": _BANK,
    "try_again_later": _BANK,
    "authentication_required": _AUTH,
    "authentication_not_handled": _AUTH,
    "payment_intent_authentication_failure": _AUTH,
    "incorrect_zip": _POSTCODE,
    "incorrect_address": _POSTCODE,
    "duplicate_transaction": _TWICE,
}

HOLD_SOON: Final = N_("One minute left of your hold.")

# State, as icon, tone and word: never colour alone.
BOOKING_STATES: Final[Mapping[BookingState, tuple[str, str, str]]] = {
    BookingState.HELD: ("clock", "warn", N_("Not paid yet")),
    BookingState.CONFIRMED: ("circle-check", "ok", N_("Confirmed")),
    BookingState.ARRIVED: ("user-check", "ok", N_("Checked in")),
    BookingState.COMPLETED: ("check", "ok", N_("Completed")),
    BookingState.CANCELLED: ("calendar-x", "", N_("Cancelled")),
    BookingState.NO_SHOW: ("circle-alert", "warn", N_("Missed")),
    BookingState.LOST: ("undo-2", "warn", N_("Not booked")),
}
REFUND_STATES: Final[Mapping[RefundState, tuple[str, str, str]]] = {
    RefundState.PENDING: ("clock", "warn", N_("On its way")),
    RefundState.DONE: ("circle-check", "ok", N_("Returned")),
    RefundState.FAILED: ("circle-alert", "bad", N_("Came back, still owed to you")),
}
REFUND_STEPS: Final[Mapping[RefundStep, tuple[str, str]]] = {
    RefundStep.ASKED: ("undo-2", N_("Asked for")),
    RefundStep.ASKED_AGAIN: ("rotate-ccw", N_("Asked for once more")),
    RefundStep.SENT: ("landmark", N_("Sent to your bank")),
    RefundStep.ARRIVED: ("circle-check", N_("Arrived at your bank")),
    RefundStep.CAME_BACK: ("circle-alert", N_("Came back, still owed to you")),
}
PARTS_OF_DAY: Final[Mapping[str, str]] = {
    "morning": N_("Morning"),
    "afternoon": N_("Afternoon"),
    "evening": N_("Evening"),
}

# For each kind of error: icon, headline, what happened and what to do.
ERRORS: Final[Mapping[ErrorKind, tuple[str, str, str]]] = {
    ErrorKind.UNKNOWN_LINK: (
        "search-x",
        N_("This link does not work"),
        N_(
            "It may have been cut short on its way. Open it again from your email, "
            "whole. If it still fails, ask the shop to send it again."
        ),
    ),
    ErrorKind.UNKNOWN_SHOP: (
        "search-x",
        N_("No shop lives here"),
        N_("Check the address for a typing mistake, or ask the shop for its booking page."),
    ),
    ErrorKind.NOT_FOUND: (
        "search-x",
        N_("There is no such page"),
        N_("Check the address for a typing mistake."),
    ),
    ErrorKind.CROSS_SITE: (
        "shield-check",
        N_("We stopped that, to be safe"),
        N_("The request came from another site. Nothing was done. Open the page here and repeat."),
    ),
    ErrorKind.SIGNED_OUT: (
        "lock",
        N_("You were signed out"),
        N_("Nothing was done. Sign in again at /desk, then repeat what you wanted."),
    ),
    ErrorKind.NOT_ALLOWED: (
        "lock",
        N_("Your role does not allow this"),
        N_("Nothing was done. The owner of the shop decides who may do what."),
    ),
    ErrorKind.TOO_MANY: (
        "clock",
        N_("A little slower, please"),
        N_(
            "Too many requests came from your network. Wait a minute, then load the page again. "
            "If you were paying, do not pay again before you have seen how it stands."
        ),
    ),
    ErrorKind.UNAVAILABLE: (
        "unplug",
        N_("We cannot reach our payment partner"),
        N_(
            "Try again in a minute. If you were paying, do not pay again before you have seen how "
            "it stands: the link in your email, or this page, always shows the truth."
        ),
    ),
    ErrorKind.OUT: (
        "unplug",
        N_("We are out for a moment"),
        N_(
            "Something on our side does not answer just now. Whatever we told you is done, is "
            "done. Try again in a minute. If you were paying, do not pay again before you have "
            "seen how it stands: the link in your email always shows the truth."
        ),
    ),
    ErrorKind.DEFECT: (
        "circle-alert",
        N_("Something broke on our side"),
        N_(
            "We have been told. If you were paying, do not pay again: open the link in your "
            "email, it always shows the truth."
        ),
    ),
}
# What whoever works here is told instead: they were not paying.
DESK_ERRORS: Final[Mapping[ErrorKind, str]] = {
    ErrorKind.UNKNOWN_SHOP: N_(
        "Check the address for a typing mistake, or choose among your shops."
    ),
    ErrorKind.SIGNED_OUT: N_("Nothing was done. Sign in again, then repeat what you wanted."),
    ErrorKind.TOO_MANY: N_("Too many requests came at once. Wait a minute, then go on."),
    ErrorKind.UNAVAILABLE: N_(
        "Try again in a minute. Before you repeat anything with money, look at the visit: "
        "it shows what was done."
    ),
    ErrorKind.OUT: N_(
        "Something on our side does not answer just now. Whatever we told you is done, is done. "
        "Try again in a minute, and look at the visit before you repeat anything with money."
    ),
    ErrorKind.DEFECT: N_(
        "We have been told. Before you repeat anything with money, look at the visit: "
        "it shows what was done."
    ),
}
