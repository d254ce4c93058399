"""Where the SDK's version (2026-10-28.endive) and the description's (2026-05-27.dahlia) differ.

Each entry is a difference the sandbox meets, and why it stands where it does: it speaks the SDK's
version. An entry that explains nothing any more fails the tests.
"""

_LIST_OF_TYPES = "came with 2026-07-29.dahlia, filters what `payment_method_types` was written for"

FIELDS_NEW_IN_THE_SDK: dict[tuple[str, str], str] = {
    ("charge", "authorization_code"): "moved up from the card's details",
    ("checkout.session", "allowed_payment_method_types"): _LIST_OF_TYPES,
    ("dispute", "intended_submission_method"): "new with Smart Disputes; always manual here",
    ("dispute", "network_reason_code"): "moved up from the card's details",
    ("payment_intent", "allowed_payment_method_types"): _LIST_OF_TYPES,
    ("payment_intent", "payment_record"): "new; null, since the sandbox keeps no payment records",
    ("refund", "customer"): "new; copied from the charge",
    ("refund", "customer_account"): "new; null, since the sandbox has no customer accounts",
    ("refund", "payment_method"): "new; copied from the charge",
    ("setup_intent", "allowed_payment_method_types"): _LIST_OF_TYPES,
}
"""(object, field) that the sandbox sends and only the SDK knows."""

_CARD_FRAME = "sent by Stripe.js from the card frame; Stripe describes it for payment methods only"

PARAMETERS_NOT_DESCRIBED: dict[str, str] = {
    "allowed_payment_method_types": _LIST_OF_TYPES,
    "intended_submission_method": "new with Smart Disputes; refused",
    "payment_method_data.card": _CARD_FRAME,
    "paypay": "a new payment method; refused",
    "sequra": "a new payment method; refused",
    "validate": "new check of customers' addresses; refused",
    "POST /v1/checkout/sessions/{id} payment_intent_data": "may now be updated; refused",
}
"""Parameters the sandbox declares and the description does not have."""

PARAMETERS_GONE_FROM_THE_SDK: dict[str, str] = {
    "client_secret": "given by the browser's script, which is not the SDK's business",
    "payment_method_types": "no longer written since 2026-09-30.endive: with the setting `strict` "
    "the sandbox answers Stripe's `payment_method_types_no_longer_supported`; without it Stripe's "
    "own trigger scenarios, which still send it, can be played",
    "POST /v1/accounts bank_account": "old; refused",
    "POST /v1/customers/{id} bank_account": "old; refused",
    "POST /v1/customers/{id} card": "old; refused",
    "POST /v1/customers/{id} default_alipay_account": "old; refused",
    "POST /v1/customers/{id} default_bank_account": "old; refused",
    "POST /v1/customers/{id} default_card": "old; refused",
    "POST /v1/payment_methods/{id} payto": "only cards are played; refused",
}
"""Parameters the sandbox declares and the SDK does not have."""

REQUIRED_HERE_ONLY: dict[str, str] = {
    "POST /v1/checkout/sessions line_items": "Stripe asks for it in payment mode, the only one",
    "POST /v1/checkout/sessions mode": "Stripe asks for it unless items imply it; no guessing here",
    "POST /v1/checkout/sessions success_url": "Stripe asks for it of hosted pages, the only ones",
    "POST /v1/payment_methods type": "Stripe asks for it unless a method is cloned",
    "POST /v1/payment_methods/{id}/attach customer": "else `customer_account`, which is refused",
    "POST /v1/transfers amount": "Stripe may take it from `source_transaction`; no guessing here",
}
"""Parameters the sandbox insists on and the description calls optional."""
