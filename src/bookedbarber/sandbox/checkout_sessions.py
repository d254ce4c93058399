"""Checkout Sessions: a hosted page that collects one payment; the browser's side completes them."""

from typing import Any

from bookedbarber.sandbox import events, method_types, money
from bookedbarber.sandbox.context import Context, copy, merge_metadata, page_of
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.lists import newest
from bookedbarber.sandbox.store import Object

_DAY = 86400
_SOONEST = 30 * 60


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Open a session with a page of its own; the PaymentIntent comes when the customer pays."""
    method_types.check(ctx, asked)
    currency = _one_currency(asked)
    if "customer" in asked:
        ctx.find("customer", asked["customer"], param="customer")
        if "customer_email" in asked:
            raise StripeError(
                "You may only specify one of these parameters: customer, customer_email."
            )
    items = [_item(ctx, line, currency) for line in asked["line_items"]]
    total = sum(item["amount_total"] for item in items)
    money.check_charge(total, currency)
    session = _new(ctx, asked, currency, total)
    ctx.save(session)
    kept = ("payment_intent_data", "payment_method_options")
    ctx.store.hide(session["id"], line_items=items, given={n: asked[n] for n in kept if n in asked})
    ctx.later(session["expires_at"] - ctx.moment, "checkout.expire", session["id"])
    return session


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One session."""
    return find(ctx, asked["id"])


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change metadata."""
    session = copy(find(ctx, asked["id"]))
    merged = merge_metadata(session["metadata"], asked.get("metadata", {}))
    return ctx.save(session | {"metadata": merged})


def line_items(ctx: Context, asked: dict[str, Any]) -> Object:
    """What is being paid for."""
    session = find(ctx, asked["id"])
    items = ctx.store.hidden(session["id"])["line_items"]
    for cursor in ("starting_after", "ending_before"):
        if cursor in asked:
            raise StripeError(f"The sandbox gives line items on one page: no {cursor}.")
    limit = asked.get("limit", 10)
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return page_of(items[:limit], url, has_more=len(items) > limit)


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Sessions, newest first."""
    filters = ("customer", "payment_intent", "status")
    return newest(ctx, "checkout.session", asked, url="/v1/checkout/sessions", filters=filters)


def find(ctx: Context, session_id: str) -> Object:
    """A session by id."""
    return ctx.find("checkout.session", session_id, what="checkout.session")


def close(ctx: Context, session: Object) -> Object:
    """The session can no longer be paid."""
    expired = copy(session) | {"status": "expired", "url": None}
    ctx.save(expired)
    events.emit(ctx, "checkout.session.expired", expired)
    return expired


def _one_currency(asked: dict[str, Any]) -> str:
    codes = {money.currency(line["price_data"]["currency"]) for line in asked["line_items"]}
    if "currency" in asked:
        codes.add(money.currency(asked["currency"]))
    if len(codes) != 1:
        raise StripeError(
            "The Checkout Session's line items must all have the same currency.",
            param="line_items",
        )
    return codes.pop()


def _item(ctx: Context, line: dict[str, Any], currency: str) -> Object:
    price, quantity = line["price_data"], line.get("quantity", 1)
    total = price["unit_amount"] * quantity
    return {
        "id": ctx.new_id("item"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": currency,
        "description": price["product_data"]["name"],
        "metadata": merge_metadata({}, line.get("metadata")),
        "price": {
            "id": ctx.new_id("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": ctx.now,
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": ctx.new_id("product"),
            "recurring": None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": quantity,
    }


def _expiry(ctx: Context, asked: dict[str, Any]) -> int:
    ends = asked.get("expires_at", ctx.now + _DAY)
    if not ctx.now + _SOONEST <= ends <= ctx.now + _DAY:
        raise StripeError(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
            "Session creation.",
            param="expires_at",
        )
    return int(ends)


def _new(ctx: Context, asked: dict[str, Any], currency: str, total: int) -> Object:
    session_id = ctx.new_id("checkout.session")
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "allowed_payment_method_types": asked.get("allowed_payment_method_types"),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_address_collection": None,
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": ctx.now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer": asked.get("customer"),
        "customer_account": None,
        "customer_creation": None
        if "customer" in asked
        else asked.get("customer_creation", "if_required"),
        "customer_details": None,
        "customer_email": asked.get("customer_email"),
        "discounts": [],
        "expires_at": _expiry(ctx, asked),
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": asked.get("locale"),
        "metadata": merge_metadata({}, asked.get("metadata")),
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "request_three_d_secure": asked.get("payment_method_options", {})
                .get("card", {})
                .get("request_three_d_secure", "automatic")
            }
        },
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": asked.get("submit_type"),
        "subscription": None,
        "success_url": asked["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{ctx.origin}/browser/checkout/{session_id}",
        "wallet_options": None,
    }
