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

EXPANDABLE_NEW_IN_THE_SDK: dict[tuple[str, str], str] = {
    ("payment_intent", "payment_record"): "new; null",
    ("payment_intent", "source"): "described again with 2026-07-29.dahlia; not sent here",
    ("refund", "customer"): "new",
    ("refund", "payment_method"): "new",
}
"""(object, field) that can be expanded and the description does not know."""

_CARD_FRAME = "sent by Stripe.js from the card frame; Stripe describes it for payment methods only"

_NEW_METHOD = "came with a newer version; refused"

PARAMETERS_NOT_DESCRIBED: dict[str, str] = {
    "allowed_payment_method_types": _LIST_OF_TYPES,
    "intended_submission_method": "new with Smart Disputes; refused",
    "line_items.price_data.product_data.tax_details": "new with taxes; refused",
    "payment_method_data.card": _CARD_FRAME,
    "payment_method_data.paypay": _NEW_METHOD,
    "payment_method_data.sequra": _NEW_METHOD,
    "payment_method_options.blik": _NEW_METHOD,
    "payment_method_options.card.moto": "written by more accounts since; refused",
    "payment_method_options.card.setup_credential_usage": "new; refused",
    "payment_method_options.card.stored_credential_usage": "new; refused",
    "payment_method_options.paypay": _NEW_METHOD,
    "payment_method_options.sequra": _NEW_METHOD,
    "payment_method_options.sunbit": _NEW_METHOD,
    "paypay": _NEW_METHOD,
    "radar_options.referrer": "new; refused",
    "sequra": _NEW_METHOD,
    "validate": "new check of customers' addresses; refused",
    "POST /v1/checkout/sessions/{id} payment_intent_data": "may now be updated; refused",
}
"""Parameters the sandbox declares and the description does not have."""

PARAMETERS_GONE_FROM_THE_SDK: dict[str, str] = {
    "client_secret": "given by the browser's script, which is not the SDK's business",
    "line_items.dynamic_tax_rates": "old; refused",
    "payment_method_data.card": _CARD_FRAME,
    "payment_method_types": "no longer written since 2026-09-30.endive: the sandbox answers "
    "Stripe's `payment_method_types_no_longer_supported`, but for the setting `strict: false`, "
    "with which Stripe's own trigger scenarios, that still send it, can be played",
    "POST /v1/accounts bank_account": "old; refused",
    "POST /v1/customers/{id} bank_account": "old; refused",
    "POST /v1/customers/{id} card": "old; refused",
    "POST /v1/customers/{id} default_alipay_account": "old; refused",
    "POST /v1/customers/{id} default_bank_account": "old; refused",
    "POST /v1/customers/{id} default_card": "old; refused",
    "POST /v1/payment_methods/{id} payto": "only cards are played; refused",
}
"""Parameters the sandbox declares and the SDK does not have."""

_EMPTIED = "may be emptied here only"
_UNSET = "typed as plain text, yet an empty one unsets it: 'can be unset' in Stripe's references"
_LINE = "forms send empty lines along; Stripe takes them for none"

VALUES: dict[tuple[str, str], str] = {
    ("*address.*", _EMPTIED): _LINE,
    ("*shipping.carrier", _EMPTIED): _LINE,
    ("*shipping.phone", _EMPTIED): _LINE,
    ("*shipping.tracking_number", _EMPTIED): _LINE,
    ("*metadata", _EMPTIED): "an empty value unsets all keys wherever metadata is taken",
    ("description", _EMPTIED): _UNSET,
    ("email", _EMPTIED): _UNSET,
    ("invoice_settings.default_payment_method", _EMPTIED): _UNSET,
    ("name", _EMPTIED): _UNSET,
    ("payment_method", _EMPTIED): "'To unset this field to null, pass in an empty string' (SDK)",
    ("phone", _EMPTIED): _UNSET,
    ("receipt_email", _EMPTIED): _UNSET,
    ("statement_descriptor", _EMPTIED): _UNSET,
    ("statement_descriptor_suffix", _EMPTIED): _UNSET,
    ("api_version", "lacks names"): "one version is spoken, so one may be asked for",
    ("enabled_events[]", "takes any name"): "checked by the route itself, with a shorter refusal",
    ("payment_method_types[]", "refuses 5000 characters"): "described as any text; kinds are named",
    ("GET /v1/payouts status", "refuses 5000 characters"): "described as any text; states are few",
}
"""(place, what is wrong) of values that are taken or refused otherwise than either source says."""

REQUIRED_HERE_ONLY: dict[str, str] = {
    "POST /v1/checkout/sessions line_items": "Stripe asks for it in payment mode, the only one",
    "POST /v1/checkout/sessions mode": "Stripe asks for it unless items imply it; no guessing here",
    "POST /v1/checkout/sessions success_url": "Stripe asks for it of hosted pages, the only ones",
    "POST /v1/payment_methods type": "Stripe asks for it unless a method is cloned",
    "POST /v1/payment_methods/{id}/attach customer": "else `customer_account`, which is refused",
    "POST /v1/transfers amount": "Stripe may take it from `source_transaction`; no guessing here",
}
"""Parameters the sandbox insists on and the description calls optional."""
