"""Parameters that several routes share: addresses, shipping, billing details, cards."""

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

ADDRESS = params(
    city=text(clearable=True),
    country=text(clearable=True),
    line1=text(clearable=True),
    line2=text(clearable=True),
    postal_code=text(clearable=True),
    state=text(clearable=True),
)

SHIPPING = params(
    address=required(record(ADDRESS)),
    carrier=text(clearable=True),
    name=required(text()),
    phone=text(clearable=True),
    tracking_number=text(clearable=True),
)

CUSTOMER_SHIPPING = params(
    address=required(record(ADDRESS)), name=required(text()), phone=text(clearable=True)
)

BILLING = params(
    address=record(ADDRESS, clearable=True),
    email=text(clearable=True),
    name=text(clearable=True),
    phone=text(clearable=True),
    refused="tax_id",
)

CARD = params(
    cvc=text(),
    exp_month=integer(least=1, most=12),
    exp_year=integer(),
    number=text(),
    token=text(),
    refused="networks",
)

OTHER_METHODS = (
    "acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit "
    "bancontact billie bizum blik boleto cashapp crypto customer_balance eps fpx giropay grabpay "
    "ideal interac_present kakao_pay klarna konbini kr_card link mb_way mobilepay multibanco "
    "naver_pay nz_bank_account oxxo p24 pay_by_bank payco paynow paypal payto pix promptpay "
    "revolut_pay samsung_pay satispay scalapay sepa_debit sofort sunbit swish twint upi "
    "us_bank_account wechat_pay zip paypay sequra"
)
"""Payment methods Stripe has and the sandbox does not: it plays cards."""

RADAR = params(session=text())
"""A Radar session has no effect: the sandbox's risk is the card's."""

METHOD_DATA = params(
    allow_redisplay=one_of("always", "limited", "unspecified"),
    billing_details=record(BILLING),
    card=record(CARD),
    metadata=metadata(),
    radar_options=record(RADAR),
    type=required(one_of("card", unplayed=OTHER_METHODS)),
    refused=OTHER_METHODS,
)
"""`payment_method_data`."""

_ALLOWED = words(
    """
    acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit
    bancontact billie bizum blik boku_promptpay boleto capchase_pay card card_present cashapp
    check_scan click_to_pay crypto customer_balance demo_pay duitnow dummy_auth_push
    dummy_passthrough_card edenred eps fpx gcash getbalance gift_card giropay gopay grabpay
    id_bank_transfer ideal interac_present kakao_pay klarna knet konbini kr_card kr_market
    kriya link mb_way mobilepay momo mondu multibanco naver_pay netbanking ng_bank
    ng_bank_transfer ng_card ng_market ng_ussd ng_wallet nz_bank_account octopus oxxo p24
    paper_check pay_by_bank payco paynow paypal paypay payto pix promptpay qris rechnung
    revolut_pay samsung_pay satispay scalapay sepa_debit sequra shop_pay shopeepay sofort
    south_korea_market stripe_balance sunbit swish tamara test_pay touch_n_go truemoney twint
    upi us_bank_account us_cash_voucher vipps wechat_pay wero zip
    """
)
ALLOWED_TYPE = one_of(*_ALLOWED)
ALLOWED_TYPES = array(ALLOWED_TYPE)
"""`allowed_payment_method_types`: any of Stripe's, of which only cards are left here."""

METHOD_KINDS = one_of("card", unplayed=f"{OTHER_METHODS} card_present custom")
"""A filter of lists by the kind of method."""

CARD_ONLY = one_of("card", unplayed=OTHER_METHODS)


def address_of(given: dict[str, str | None] | None) -> dict[str, str | None]:
    """An address with every line, the missing ones null."""
    return {name: (given or {}).get(name) for name in ADDRESS.fields}
