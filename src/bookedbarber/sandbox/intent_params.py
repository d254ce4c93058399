"""Parameters of PaymentIntents and SetupIntents, declared apart because they are many."""

from bookedbarber.sandbox.common_params import (
    ALLOWED_TYPE,
    ALLOWED_TYPES,
    CARD_ONLY,
    METHOD_DATA,
    OTHER_METHODS,
    RADAR,
    SHIPPING,
)
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing
from bookedbarber.sandbox.shapes import (
    Params,
    array,
    boolean,
    integer,
    metadata,
    one_of,
    params,
    record,
    required,
    text,
)

CAPTURE_METHODS = ("automatic", "automatic_async", "manual")

_AUTOMATIC = params(allow_redirects=one_of("always", "never"), enabled=required(boolean()))

_CARD_OPTIONS = params(
    capture_method=one_of("manual", clearable=True),
    request_three_d_secure=one_of("any", "automatic", "challenge"),
    setup_future_usage=one_of("none", "off_session", "on_session", clearable=True),
    refused="cvc_token installments moto mandate_options network request_extended_authorization "
    "request_incremental_authorization request_multicapture request_overcapture "
    "require_cvc_recollection setup_credential_usage stored_credential_usage "
    "statement_descriptor_suffix_kana statement_descriptor_suffix_kanji "
    "three_d_secure",
)
_OTHER_OPTIONS = f"{OTHER_METHODS} card_present"
PAYMENT_OPTIONS = params(card=record(_CARD_OPTIONS, clearable=True), refused=_OTHER_OPTIONS)
SETUP_OPTIONS = params(
    card=record(
        params(
            request_three_d_secure=one_of("any", "automatic", "challenge"),
            refused="mandate_options moto network setup_credential_usage three_d_secure",
        )
    ),
    refused="acss_debit amazon_pay bacs_debit bizum blik card_present klarna link paypal payto pix "
    "sepa_debit upi us_bank_account",
)

_OFF_SESSION = one_of("true", "false", "one_off", "recurring")
_ACCEPTANCE = params(
    accepted_at=integer(),
    offline=record(params()),
    online=record(params(ip_address=text(), user_agent=text())),
    type=required(one_of("offline", "online")),
)
_MANDATE = record(params(customer_acceptance=required(record(_ACCEPTANCE))), clearable=True)
"""Accepted as Stripe accepts it; a mandate has no effect on cards here."""

_CLEARABLE_METHOD = params(payment_method=text(clearable=True))
"""A method may be unset by updating; creating and confirming take none or one."""

_PAYABLE = params(
    allowed_payment_method_types=ALLOWED_TYPES,
    description=text(longest=1000, clearable=True),
    metadata=metadata(),
    payment_method=text(),
    payment_method_data=record(METHOD_DATA),
    payment_method_options=record(PAYMENT_OPTIONS),
    payment_method_types=array(CARD_ONLY),
    receipt_email=text(clearable=True),
    setup_future_usage=one_of("off_session", "on_session", clearable=True),
    shipping=record(SHIPPING, clearable=True),
).plus(EXPAND)

_NOT_YET_CLEARABLE = params(
    setup_future_usage=one_of("off_session", "on_session"), shipping=record(SHIPPING)
)
"""What is not set yet cannot be unset."""

_OWNED = params(
    capture_method=one_of(*CAPTURE_METHODS),
    customer=text(),
    statement_descriptor=text(longest=22, clearable=True),
    statement_descriptor_suffix=text(longest=22, clearable=True),
    transfer_group=text(),
    refused="amount_details application_fee_amount customer_account excluded_payment_method_types "
    "hooks payment_details payment_method_configuration transfer_data",
)

_NOW = params(
    error_on_requires_action=boolean(),
    mandate_data=_MANDATE,
    off_session=_OFF_SESSION,
    radar_options=record(RADAR.plus(params(refused="referrer"))),
    return_url=text(),
    use_stripe_sdk=boolean(),
    refused="confirmation_token mandate",
)

PI_CREATE = (
    params(
        amount=required(integer(least=1)),
        automatic_payment_methods=record(_AUTOMATIC),
        confirm=boolean(),
        confirmation_method=one_of("automatic", "manual"),
        currency=required(text()),
        refused="on_behalf_of",
    )
    .plus(_PAYABLE)
    .plus(_OWNED)
    .plus(_NOW)
    .plus(_NOT_YET_CLEARABLE)
)
PI_UPDATE = (
    params(amount=integer(least=1), currency=text())
    .plus(_PAYABLE)
    .plus(_OWNED)
    .plus(_CLEARABLE_METHOD)
)
PI_CONFIRM = (
    Params(
        {n: f for n, f in _PAYABLE.fields.items() if n not in ("description", "metadata")},
        frozenset(
            [
                "amount_details",
                "amount_to_confirm",
                "excluded_payment_method_types",
                "hooks",
                "payment_details",
            ]
        ),
    )
    .plus(_NOW)
    .plus(params(capture_method=one_of(*CAPTURE_METHODS), client_secret=text()))
)
PI_CAPTURE = params(
    amount_to_capture=integer(least=1),
    final_capture=boolean(),
    metadata=metadata(),
    statement_descriptor=text(longest=22),
    statement_descriptor_suffix=text(longest=22),
    refused="amount_details application_fee_amount hooks payment_details transfer_data",
).plus(EXPAND)
PI_CANCEL = params(
    cancellation_reason=one_of("abandoned", "duplicate", "fraudulent", "requested_by_customer")
).plus(EXPAND)
PI_RETRIEVE = params(client_secret=text()).plus(EXPAND)
PI_LIST = listing(created=CREATED, customer=text(), refused="customer_account")

_SI_COMMON = params(
    allowed_payment_method_types=ALLOWED_TYPES,
    customer=text(),
    description=text(longest=1000, clearable=True),
    metadata=metadata(),
    payment_method=text(),
    payment_method_data=record(METHOD_DATA),
    payment_method_options=record(SETUP_OPTIONS),
    payment_method_types=array(CARD_ONLY),
    refused="attach_to_self customer_account excluded_payment_method_types flow_directions "
    "payment_method_configuration",
).plus(EXPAND)
SI_CREATE = params(
    automatic_payment_methods=record(_AUTOMATIC),
    confirm=boolean(),
    mandate_data=_MANDATE,
    return_url=text(),
    usage=one_of("off_session", "on_session"),
    use_stripe_sdk=boolean(),
    refused="confirmation_token on_behalf_of single_use",
).plus(_SI_COMMON)
SI_UPDATE = _SI_COMMON.plus(_CLEARABLE_METHOD).plus(
    params(allowed_payment_method_types=array(ALLOWED_TYPE, clearable=True))
)
SI_CONFIRM = params(
    allowed_payment_method_types=ALLOWED_TYPES,
    client_secret=text(),
    mandate_data=_MANDATE,
    payment_method=text(),
    payment_method_data=record(METHOD_DATA),
    payment_method_options=record(SETUP_OPTIONS),
    return_url=text(),
    use_stripe_sdk=boolean(),
    refused="confirmation_token",
).plus(EXPAND)
SI_CANCEL = params(
    cancellation_reason=one_of("abandoned", "duplicate", "requested_by_customer")
).plus(EXPAND)
SI_RETRIEVE = params(client_secret=text()).plus(EXPAND)
SI_LIST = listing(
    created=CREATED,
    customer=text(),
    payment_method=text(),
    refused="attach_to_self customer_account",
)
