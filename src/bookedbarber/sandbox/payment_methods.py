"""Payment methods: cards from the card frame, from `pm_card_*` names or from test tokens.

A raw number is taken only with the publishable key, that is, from the card frame; only the test
card's profile is kept of it.
"""

from datetime import UTC, datetime
from typing import Any

from bookedbarber.sandbox import cards, events, ids
from bookedbarber.sandbox.cards import Card
from bookedbarber.sandbox.common_params import (
    BILLING,
    METHOD_DATA,
    METHOD_KINDS,
    OTHER_METHODS,
    address_of,
)
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.declines import refuse_card, wrong_card
from bookedbarber.sandbox.errors import ParameterError, StripeError, missing
from bookedbarber.sandbox.lists import EXPAND, listing, newest
from bookedbarber.sandbox.shapes import (
    integer,
    metadata,
    one_of,
    params,
    record,
    required,
    text,
)
from bookedbarber.sandbox.store import Object

CREATE = METHOD_DATA.plus(EXPAND).plus(
    params(
        type=required(one_of("card", unplayed=f"{OTHER_METHODS} custom")),
        refused="custom customer payment_method",
    )
)
RETRIEVE = EXPAND
UPDATE = params(
    allow_redisplay=one_of("always", "limited", "unspecified"),
    billing_details=record(BILLING),
    card=record(
        params(exp_month=integer(least=1, most=12), exp_year=integer(), refused="networks")
    ),
    metadata=metadata(),
    refused="payto us_bank_account",
).plus(EXPAND)
ATTACH = params(customer=required(text()), refused="customer_account").plus(EXPAND)
DETACH = EXPAND
LIST = listing(
    allow_redisplay=one_of("always", "limited", "unspecified"),
    customer=text(),
    type=METHOD_KINDS,
    refused="customer_account",
)

_UNSAFE = (
    "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you "
    "use test tokens that map to the test card you are using, see https://stripe.com/docs/testing. "
    "To enable raw card data APIs in test mode, see "
    "https://support.stripe.com/questions/enabling-access-to-raw-card-data-apis."
)
_SPENT = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
    "attachment, shared with a connected account without Customer attachment, or was detached from "
    "a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach "
    "it to a Customer first."
)


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Make a payment method from card details or a test token; not attached to anyone."""
    given = asked.get("card")
    if given is None:
        raise StripeError("Missing required param: card.", code="parameter_missing", param="card")
    _check_whole(given)
    profile = _profile(ctx, given)
    method = _new(ctx, profile, asked)
    if "exp_month" in given:
        method["card"] |= {"exp_month": given["exp_month"], "exp_year": _year(given["exp_year"])}
    return ctx.save(method) and _known_as(ctx, method, profile)


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """The payment method; a `pm_card_*` name gives a fresh one."""
    return find(ctx, asked["id"], param="id")


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change billing details, expiry or metadata of an attached payment method."""
    before = find(ctx, asked["id"], param="id")
    if before["customer"] is None:
        raise StripeError(
            "You must save this PaymentMethod to a customer before you can update it."
        )
    after = copy(before)
    if "allow_redisplay" in asked:
        after["allow_redisplay"] = asked["allow_redisplay"]
    if "billing_details" in asked:
        after["billing_details"] = _billing(before["billing_details"], asked["billing_details"])
    after["card"] |= asked.get("card", {})
    if "metadata" in asked:
        after["metadata"] = merge_metadata(before["metadata"], asked["metadata"])
    return events.update(ctx, "payment_method.updated", before, after)


def attach(ctx: Context, asked: dict[str, Any]) -> Object:
    """Attach to a customer, as the issuer allows."""
    return attach_to(ctx, asked["id"], asked["customer"], in_path=True)


def attach_to(ctx: Context, method_id: str, customer_id: str, *, in_path: bool = False) -> Object:
    """Attach a payment method or `pm_card_*` name to a customer; some cards are declined here."""
    ctx.find("customer", customer_id, param="customer")
    before = find(ctx, method_id, param="payment_method", in_path=in_path)
    if before["customer"] == customer_id:
        return before
    if before["customer"] is not None:
        raise StripeError(
            "The payment method you provided has already been attached to a customer."
        )
    known = ctx.store.hidden(before["id"])
    if known.get("spent") and not known.get("savable"):
        raise StripeError(_SPENT)
    card = card_of(ctx, before["id"])
    if card.attach_declined and card.decline:
        refuse_card(card.decline)
    after = copy(before) | {"customer": customer_id}
    ctx.save(after)
    ctx.store.hide(before["id"], spent=False)
    events.emit(ctx, "payment_method.attached", after)
    return after


def keep_for(ctx: Context, method_id: str, customer_id: str) -> None:
    """Attach a method that a payment or a set-up has just proven good."""
    after = ctx.known(method_id) | {"customer": customer_id}
    ctx.save(after)
    events.emit(ctx, "payment_method.attached", after)


def detach(ctx: Context, asked: dict[str, Any]) -> Object:
    """Detach from its customer; it can never be used again."""
    method = find(ctx, asked["id"], param="id")
    if method["customer"] is None:
        raise StripeError(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
    return detach_from(ctx, method)


def detach_from(ctx: Context, method: Object) -> Object:
    """Take a payment method from its customer."""
    after = copy(method) | {"customer": None}
    ctx.store.hide(method["id"], spent=True, savable=False)
    ctx.save(after)
    previous = {"customer": method["customer"]}
    events.emit(ctx, "payment_method.detached", after, previous=previous)
    return after


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """A customer's payment methods, or those of the account that belong to none."""
    if "customer" in asked:
        ctx.find("customer", asked["customer"], param="customer")
    filters = ("customer", "type")
    return newest(ctx, "payment_method", asked, url="/v1/payment_methods", filters=filters)


def of_customer(ctx: Context, asked: dict[str, Any], customer_id: str, *, url: str) -> Object:
    """A customer's payment methods under another address."""
    where = {"customer": customer_id}
    return newest(ctx, "payment_method", asked, url=url, filters=("type",), where=where)


def find(
    ctx: Context, method_id: str, *, param: str = "payment_method", in_path: bool = False
) -> Object:
    """A payment method by id; a `pm_card_*` name makes a fresh one, as Stripe's test mode does."""
    profile = cards.by_alias(method_id) if method_id.startswith("pm_card_") else None
    if profile is not None:
        method = _new(ctx, profile, {})
        return ctx.save(method) and _known_as(ctx, method, profile)
    found = ctx.get(method_id)
    if found is None or found["object"] != "payment_method":
        status = 404 if in_path or param == "id" else 400
        raise missing("PaymentMethod", method_id, param=param, status=status)
    return found


def owned(ctx: Context, method_id: str, customer_id: str) -> Object:
    """A payment method that is attached to this customer."""
    method = find(ctx, method_id)
    if method["customer"] != customer_id:
        raise missing("PaymentMethod", method_id, param="payment_method")
    return method


def usable(ctx: Context, method_id: str, *, customer: str | None) -> Object:
    """A payment method that may be charged or set up for this customer (or for nobody)."""
    method = find(ctx, method_id)
    if ctx.store.hidden(method["id"]).get("spent"):
        raise StripeError(_SPENT, param="payment_method")
    if method["customer"] is not None and method["customer"] != customer:
        raise StripeError(
            "The provided PaymentMethod belongs to a different Customer, or the customer was not "
            f"given. Please include the Customer {method['customer']} in the `customer` parameter.",
            code="payment_method_customer_mismatch" if customer else None,
            param="payment_method",
        )
    return method


def card_of(ctx: Context, method_id: str) -> Card:
    """The test card behind a payment method."""
    return cards.profile(ctx.store.hidden(method_id)["card"])


def _known_as(ctx: Context, method: Object, profile: str) -> Object:
    ctx.store.hide(method["id"], card=profile)
    return method


def _check_whole(given: dict[str, Any]) -> None:
    """A token stands for a whole card; without one the card must be whole."""
    if "token" in given:
        for name in given.keys() - {"token"}:
            raise ParameterError(
                f"Received unknown parameter: card[{name}]",
                code="parameter_unknown",
                param=f"card[{name}]",
            )
        return
    for name in ("number", "exp_month", "exp_year"):
        if name not in given:
            raise ParameterError(
                f"Missing required param: card[{name}].",
                code="parameter_missing",
                param=f"card[{name}]",
            )


def _profile(ctx: Context, given: dict[str, Any]) -> str:
    if "token" in given:
        profile = cards.by_alias(given["token"]) if given["token"].startswith("tok_") else None
        if profile is None:
            raise missing("token", given["token"], param="card[token]")
        return profile
    if ctx.request is not None and not ctx.request.publishable:
        raise StripeError(_UNSAFE, status=402)
    return _typed_in(ctx, given)


def _typed_in(ctx: Context, given: dict[str, Any]) -> str:
    number = given["number"].replace(" ", "").replace("-", "")
    if not number.isdigit() or not 12 <= len(number) <= 19:
        raise wrong_card("invalid_number", "number")
    if not cards.passes_luhn(number):
        raise wrong_card("incorrect_number", "number")
    today = datetime.fromtimestamp(ctx.moment, UTC)
    year = _year(given["exp_year"])
    if not today.year <= year <= today.year + 50:
        raise wrong_card("invalid_expiry_year", "exp_year")
    if (year, given["exp_month"]) < (today.year, today.month):
        raise wrong_card("invalid_expiry_month", "exp_month")
    profile = cards.by_number(number)
    if profile is None:
        raise wrong_card("live_number_in_test", "number")
    cvc = given.get("cvc")
    longest = 4 if cards.profile(profile).brand == "amex" else 3
    if cvc is not None and not (cvc.isdigit() and 3 <= len(cvc) <= longest):
        raise wrong_card("invalid_cvc", "cvc")
    return profile


def _year(year: int) -> int:
    return 2000 + year if year < 100 else year


def _new(ctx: Context, profile: str, asked: dict[str, Any]) -> Object:
    card = cards.profile(profile)
    return {
        "id": ctx.new_id("payment_method"),
        "object": "payment_method",
        "allow_redisplay": asked.get("allow_redisplay", "unspecified"),
        "billing_details": _billing(None, asked.get("billing_details", {})),
        "card": _card(ctx, card, profile),
        "created": ctx.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": merge_metadata({}, asked.get("metadata")),
        "type": "card",
    }


def _card(ctx: Context, card: Card, profile: str) -> Object:
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "unchecked",
        },
        "country": card.country,
        "display_brand": {"amex": "american_express", "diners": "diners_club"}.get(
            card.brand, card.brand
        ),
        "exp_month": 12,
        "exp_year": datetime.fromtimestamp(ctx.moment, UTC).year + 8,
        "fingerprint": ids.token(f"fingerprint:{profile}", seed=ctx.seed, length=16),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": card.three_ds not in ("unsupported", "none")},
        "wallet": None,
    }


def _billing(before: Object | None, given: dict[str, Any]) -> Object:
    empty: Object = {
        "address": address_of(None),
        "email": None,
        "name": None,
        "phone": None,
        "tax_id": None,
    }
    details = empty | (before or {})
    for name in ("email", "name", "phone"):
        if name in given:
            details[name] = given[name]
    if "address" in given:
        details["address"] = address_of({**details["address"], **(given["address"] or {})})
    return details
