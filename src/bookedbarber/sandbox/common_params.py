"""Parameters that several routes share: addresses, shipping, billing details, cards."""

from bookedbarber.sandbox.shapes import (
    anything,
    integer,
    metadata,
    one_of,
    params,
    record,
    required,
    text,
)

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
    "us_bank_account wechat_pay zip"
)
"""Payment methods Stripe has and the sandbox does not: it plays cards."""

METHOD_DATA = params(
    allow_redisplay=one_of("always", "limited", "unspecified"),
    billing_details=record(BILLING),
    card=record(CARD),
    metadata=metadata(),
    radar_options=anything(),
    type=required(one_of("card")),
    refused=OTHER_METHODS,
)
"""`payment_method_data`; a Radar session has no effect, since the sandbox's risk is the card's."""

CARD_ONLY = one_of("card")


def address_of(given: dict[str, str | None] | None) -> dict[str, str | None]:
    """An address with every line, the missing ones null."""
    return {name: (given or {}).get(name) for name in ADDRESS.fields}
