"""Stripe's documented test cards: what each number is and what happens when it is used.

Source: docs.stripe.com/testing. A card is known by its number from the card frame, by its
`pm_card_*` name or by its `tok_*` name; after that only its profile is kept, never the number.
"""

from dataclasses import dataclass, field
from typing import Literal

ThreeDS = Literal[
    "optional", "required", "unless_set_up", "off_session_ready", "unsupported", "none"
]
Refunding = Literal["at_once", "pending", "fails"]
Disputing = Literal["no", "fraudulent", "product_not_received", "inquiry"]


@dataclass(frozen=True, slots=True)
class Decline:
    """Why an issuer refuses: Stripe's error code, the decline code and the words."""

    code: str
    message: str
    decline_code: str | None = None
    advice: str | None = "try_again_later"
    network_code: str | None = "01"
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One test card."""

    number: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    decline: Decline | None = None
    attach_declined: bool = False
    three_ds: ThreeDS = "optional"
    three_ds_flow: Literal["challenge", "frictionless"] = "challenge"
    three_ds_error: bool = False
    refund: Refunding = "at_once"
    dispute: Disputing = "no"
    bypass_pending: bool = False
    risk: Literal["normal", "elevated", "highest"] = "normal"
    checks: dict[str, str] = field(default_factory=dict)

    @property
    def last4(self) -> str:
        """The only digits that are ever shown."""
        return self.number[-4:]


def _declined(decline_code: str, advice: str = "try_again_later") -> Decline:
    return Decline("card_declined", _WORDS[decline_code], decline_code, advice)


_WORDS = {
    "card_velocity_exceeded": "Your card was declined for making repeated attempts too frequently "
    "or exceeding its amount limit.",
    "fraudulent": "Your card was declined.",
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "stolen_card": "Your card was declined.",
}

GENERIC = _declined("generic_decline")
INSUFFICIENT = _declined("insufficient_funds")
EXPIRED = Decline("expired_card", "Your card has expired.", None, "do_not_try_again")
INCORRECT_CVC = Decline(
    "incorrect_cvc", "Your card's security code is incorrect.", None, "confirm_card_data"
)
PROCESSING_ERROR = Decline(
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
BLOCKED = Decline(
    "card_declined", "Your card was declined.", "fraudulent", None, None, blocked=True
)
_UNSAFE_CVC = {"cvc_check": "fail"}

_CARDS: dict[str, Card] = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "mastercard_2series": Card("2223003122003222", "mastercard"),
    "mastercard_debit": Card("5200828282828210", "mastercard", "debit"),
    "mastercard_prepaid": Card("5105105105105100", "mastercard", "prepaid"),
    "amex": Card("378282246310005", "amex", three_ds="unsupported"),
    "amex_2": Card("371449635398431", "amex"),
    "discover": Card("6011111111111117", "discover"),
    "discover_2": Card("6011000990139424", "discover"),
    "discover_debit": Card("6011981111111113", "discover", "debit"),
    "diners": Card("3056930009020004", "diners"),
    "diners_14digits": Card("36227206271667", "diners"),
    "bccard": Card("6555900000604105", "discover"),
    "jcb": Card("3566002020360505", "jcb"),
    "unionpay": Card("6200000000000005", "unionpay"),
    "unionpay_debit": Card("6200000000000047", "unionpay", "debit"),
    "unionpay_19digits": Card("6205500000000000004", "unionpay"),
    # by country
    "au": Card("4000000360000006", country="AU"),
    "br": Card("4000000760000002", country="BR"),
    "ca": Card("4000001240000000", country="CA"),
    "ch": Card("4000007560000009", country="CH"),
    "de": Card("4000002760000016", country="DE"),
    "es": Card("4000007240000007", country="ES"),
    "fr": Card("4000002500000003", country="FR"),
    "gb": Card("4000008260000000", country="GB"),
    "gb_debit": Card("4000058260000005", funding="debit", country="GB"),
    "ie": Card("4000003720000005", country="IE"),
    "in": Card("4000003560000008", country="IN"),
    "it": Card("4000003800000008", country="IT"),
    "jp": Card("4000003920000003", country="JP"),
    "mx": Card("4000004840008001", country="MX"),
    "nl": Card("4000005280000002", country="NL"),
    "se": Card("4000007520000008", country="SE"),
    # declines
    "chargeDeclined": Card("4000000000000002", decline=GENERIC, attach_declined=True),
    "chargeDeclinedInsufficientFunds": Card(
        "4000000000009995", decline=INSUFFICIENT, attach_declined=True
    ),
    "chargeDeclinedLostCard": Card(
        "4000000000009987",
        decline=_declined("lost_card", "do_not_try_again"),
        attach_declined=True,
    ),
    "chargeDeclinedStolenCard": Card(
        "4000000000009979",
        decline=_declined("stolen_card", "do_not_try_again"),
        attach_declined=True,
    ),
    "chargeDeclinedExpiredCard": Card("4000000000000069", decline=EXPIRED, attach_declined=True),
    "chargeDeclinedIncorrectCvc": Card(
        "4000000000000127", decline=INCORRECT_CVC, attach_declined=True, checks=_UNSAFE_CVC
    ),
    "chargeDeclinedProcessingError": Card(
        "4000000000000119", decline=PROCESSING_ERROR, attach_declined=True
    ),
    "visa_chargeDeclinedVelocityLimitExceeded": Card(
        "4000000000006975", decline=_declined("card_velocity_exceeded"), attach_declined=True
    ),
    "chargeCustomerFail": Card("4000000000000341", decline=GENERIC),
    # fraud prevention
    "radarBlock": Card("4100000000000019", decline=BLOCKED, risk="highest"),
    "riskLevelHighest": Card("4000000000004954", risk="highest"),
    "riskLevelElevated": Card("4000000000009235", risk="elevated"),
    "cvcCheckFail": Card("4000000000000101", checks=_UNSAFE_CVC),
    "avsZipFail": Card("4000000000000036", checks={"address_postal_code_check": "fail"}),
    "avsLine1Fail": Card("4000000000000028", checks={"address_line1_check": "fail"}),
    "avsFail": Card(
        "4000000000000010",
        checks={"address_line1_check": "fail", "address_postal_code_check": "fail"},
    ),
    "avsUnchecked": Card(
        "4000000000000044",
        checks={"address_line1_check": "unavailable", "address_postal_code_check": "unavailable"},
    ),
    # disputes, refunds, balance
    "createDispute": Card("4000000000000259", dispute="fraudulent"),
    "createDisputeProductNotReceived": Card("4000000000002685", dispute="product_not_received"),
    "createDisputeInquiry": Card("4000000000001976", dispute="inquiry"),
    "pendingRefund": Card("4000000000007726", refund="pending"),
    "refundFail": Card("4000000000005126", refund="fails"),
    "bypassPending": Card("4000000000000077", bypass_pending=True),
    "bypassPendingInternational": Card("4000003720000278", country="IE", bypass_pending=True),
    # 3-D Secure
    "authenticationRequiredOnSetup": Card("4000002500003155", three_ds="unless_set_up"),
    "authenticationRequired": Card("4000002760003184", three_ds="required"),
    "authenticationRequiredSetupForOffSession": Card(
        "4000003800000446", three_ds="off_session_ready"
    ),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", three_ds="required", decline=INSUFFICIENT
    ),
    "threeDSecure2Required": Card("4000000000003220", three_ds="required"),
    "threeDSecureRequired": Card("4000000000003063", three_ds="required"),
    "threeDSecureRequiredChargeDeclined": Card(
        "4000008400001629", three_ds="required", decline=GENERIC
    ),
    "threeDSecureRequiredProcessingError": Card(
        "4000008400001280", three_ds="required", three_ds_error=True
    ),
    "threeDSecureOptional": Card("4000000000003055", three_ds="optional"),
    "threeDSecureOptionalProcessingError": Card(
        "4000000000003097", three_ds="optional", three_ds_error=True
    ),
    "threeDSecureFrictionless": Card(
        "4000000000003253", three_ds="required", three_ds_flow="frictionless"
    ),
}

_ALIASES = {
    "visa_chargeDeclined": "chargeDeclined",
    "visa_chargeDeclinedInsufficientFunds": "chargeDeclinedInsufficientFunds",
    "visa_chargeDeclinedLostCard": "chargeDeclinedLostCard",
    "visa_chargeDeclinedStolenCard": "chargeDeclinedStolenCard",
    "chargeDeclinedFraudulent": "radarBlock",
    "chargeDeclinedVelocityLimitExceeded": "visa_chargeDeclinedVelocityLimitExceeded",
    "us": "visa",
    "amex_threeDSecureNotSupported": "amex",
    "dinersclub": "diners",
}

_BY_NUMBER = {card.number: name for name, card in _CARDS.items()}
NAMES = (*_CARDS, *_ALIASES)


def profile(name: str) -> Card:
    """The card kept under a profile name."""
    return _CARDS[name]


def by_alias(alias: str) -> str | None:
    """The profile behind `pm_card_visa` or `tok_visa`; none when Stripe has no such name."""
    for prefix in ("pm_card_", "tok_"):
        if alias.startswith(prefix):
            name = alias.removeprefix(prefix)
            name = _ALIASES.get(name, name)
            return name if name in _CARDS else None
    return None


def by_number(number: str) -> str | None:
    """The profile of a test card's number; none for any other number."""
    return _BY_NUMBER.get(number)


def passes_luhn(number: str) -> bool:
    """Whether the check digit is right; `4242424242424241` is Stripe's test of a wrong one."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
