"""Parameters of Checkout Sessions; only paying once is played."""

from bookedbarber.sandbox.common_params import ALLOWED_TYPES, CARD_ONLY, SHIPPING
from bookedbarber.sandbox.intent_params import CAPTURE_METHODS
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing
from bookedbarber.sandbox.shapes import (
    array,
    integer,
    metadata,
    one_of,
    params,
    record,
    required,
    text,
)
from bookedbarber.sandbox.wire import words

_PRODUCT = params(
    description=text(longest=40000),
    images=array(text(), most=8),
    metadata=metadata(),
    name=required(text()),
    refused="tax_code tax_details unit_label",
)
_PRICE = params(
    currency=required(text()),
    product_data=required(record(_PRODUCT)),
    unit_amount=required(integer(least=0)),
    refused="product recurring tax_behavior unit_amount_decimal",
)
_LINE = params(
    metadata=metadata(),
    price_data=required(record(_PRICE)),
    quantity=integer(least=1),
    refused="adjustable_quantity dynamic_tax_rates price tax_rates",
)
_INTENT = params(
    capture_method=one_of(*CAPTURE_METHODS),
    description=text(longest=1000),
    metadata=metadata(),
    receipt_email=text(),
    setup_future_usage=one_of("off_session", "on_session"),
    shipping=record(SHIPPING),
    statement_descriptor=text(longest=22),
    statement_descriptor_suffix=text(longest=22),
    transfer_group=text(),
    refused="application_fee_amount on_behalf_of transfer_data",
)
_OPTIONS = params(
    card=record(
        params(
            request_three_d_secure=one_of("any", "automatic", "challenge"),
            refused="capture_method installments request_extended_authorization "
            "request_incremental_authorization request_multicapture request_overcapture "
            "restrictions setup_future_usage statement_descriptor_suffix_kana "
            "statement_descriptor_suffix_kanji",
        )
    ),
    refused="acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit "
    "bancontact billie blik boleto cashapp crypto customer_balance demo_pay eps fpx giropay "
    "grabpay ideal kakao_pay klarna konbini kr_card link mobilepay multibanco naver_pay oxxo "
    "p24 pay_by_bank payco paynow paypal payto pix revolut_pay samsung_pay satispay scalapay "
    "sepa_debit sequra sofort sunbit swish twint upi us_bank_account wechat_pay",
)

_LOCALES = words(
    """
    auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt
    nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW
    """
)

CREATE = params(
    allowed_payment_method_types=ALLOWED_TYPES,
    cancel_url=text(),
    client_reference_id=text(longest=200),
    currency=text(),
    customer=text(),
    customer_creation=one_of("always", "if_required"),
    customer_email=text(longest=800),
    expires_at=integer(),
    line_items=required(array(record(_LINE), most=100)),
    locale=one_of(*_LOCALES),
    metadata=metadata(),
    mode=required(one_of("payment", unplayed="setup subscription")),
    payment_intent_data=record(_INTENT),
    payment_method_options=record(_OPTIONS),
    payment_method_types=array(CARD_ONLY),
    submit_type=one_of("auto", "book", "donate", "pay", unplayed="subscribe"),
    success_url=required(text()),
    ui_mode=one_of("hosted_page", unplayed="elements embedded_page form"),
    refused="adaptive_pricing after_expiration allow_promotion_codes automatic_tax "
    "billing_address_collection branding_settings consent_collection custom_fields custom_text "
    "customer_account customer_update discounts excluded_payment_method_types "
    "integration_identifier invoice_creation managed_payments name_collection optional_items "
    "origin_context payment_method_collection payment_method_configuration payment_method_data "
    "permissions phone_number_collection redirect_on_completion return_url "
    "saved_payment_method_options setup_intent_data shipping_address_collection shipping_options "
    "subscription_data tax_id_collection wallet_options",
).plus(EXPAND)
UPDATE = params(
    metadata=metadata(),
    refused="collected_information line_items payment_intent_data shipping_options",
).plus(EXPAND)
RETRIEVE = EXPAND
EXPIRE = EXPAND
LINE_ITEMS = listing()
LIST = listing(
    created=CREATED,
    customer=text(),
    payment_intent=text(),
    status=one_of("complete", "expired", "open"),
    refused="customer_account customer_details payment_link subscription",
)
