"""What the overview calls what it shows."""

from collections.abc import Mapping
from typing import Final

from bookedbarber.insights.kinds import Kind
from bookedbarber.insights.periods import Range
from bookedbarber.pages.texts import N_

RANGES: Final[Mapping[Range, str]] = {
    Range.TODAY: N_("Today"),
    Range.WEEK: N_("7 days"),
    Range.MONTH: N_("4 weeks"),
    Range.YEAR: N_("12 months"),
}
VOLUMES: Final[Mapping[Range, str]] = {
    Range.TODAY: N_("Gross volume today"),
    Range.WEEK: N_("Gross volume, 7 days"),
    Range.MONTH: N_("Gross volume, 4 weeks"),
    Range.YEAR: N_("Gross volume, 12 months"),
}
BEFORE: Final[Mapping[Range, str]] = {
    Range.TODAY: "",  # a day that has a name
    Range.WEEK: N_("in the 7 days before"),
    Range.MONTH: N_("in the 4 weeks before"),
    Range.YEAR: N_("in the 12 months before"),
}
STEPS: Final[Mapping[Range, str]] = {
    Range.TODAY: N_("per 15 minutes"),
    Range.WEEK: N_("per day"),
    Range.MONTH: N_("per day"),
    Range.YEAR: N_("per week"),
}
ATTENTION: Final[Mapping[Kind, tuple[str, str, str]]] = {  # icon, tone, what to do
    Kind.REFUND_CAME_BACK: ("undo-2", "bad", N_("Send again")),
    Kind.REFUND_WAITS: ("hand-coins", "warn", N_("Inspect")),
    Kind.VISIT_NOT_COMPLETED: ("calendar-clock", "warn", N_("Open")),
    Kind.MOVEMENT_MISSING: ("scale", "warn", N_("Inspect")),
    Kind.JOB_DEAD: ("unplug", "bad", N_("How to replay")),
    Kind.EVENT_DEAD: ("unplug", "bad", N_("How to replay")),
}
# What a bank says, for the shop and not for the client: it may name what it suspects.
DECLINES: Final[Mapping[str, str]] = {
    "insufficient_funds": N_("Insufficient funds"),
    "generic_decline": N_("Bank gave no reason"),
    "do_not_honor": N_("Bank gave no reason"),
    "authentication_required": N_("3-D Secure not passed"),
    "payment_intent_authentication_failure": N_("3-D Secure not passed"),
    "expired_card": N_("Expired card"),
    "incorrect_cvc": N_("Wrong security code"),
    "invalid_cvc": N_("Wrong security code"),
    "incorrect_number": N_("Wrong card number"),
    "invalid_number": N_("Wrong card number"),
    "processing_error": N_("Bank not reached"),
    "issuer_not_available": N_("Bank not reached"),
    "card_velocity_exceeded": N_("Card over its limit"),
    "withdrawal_count_limit_exceeded": N_("Card over its limit"),
    "lost_card": N_("Card reported lost"),
    "stolen_card": N_("Card reported stolen"),
    "fraudulent": N_("Suspected of fraud"),
    "": N_("Bank gave no reason"),
}


def reason(code: str) -> str:
    """A bank's reason in words; a code without words reads as it is."""
    return DECLINES.get(code, code.replace("_", " ").capitalize())
