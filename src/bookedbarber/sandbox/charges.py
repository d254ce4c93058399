"""Charges: one attempt each to move money; their balance transaction comes when Stripe has it."""

from typing import Any

from bookedbarber.sandbox import balance, events, money, payment_methods
from bookedbarber.sandbox.cards import Card, Decline
from bookedbarber.sandbox.common_params import SHIPPING, address_of
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import metadata, one_of, params, record, text
from bookedbarber.sandbox.states import capture_method
from bookedbarber.sandbox.store import Object

RETRIEVE = EXPAND
UPDATE = params(
    customer=text(),
    description=text(longest=40000, clearable=True),
    fraud_details=record(params(user_report=one_of("fraudulent", "safe", clearable=True))),
    metadata=metadata(),
    receipt_email=text(clearable=True),
    shipping=record(SHIPPING),
    transfer_group=text(),
).plus(EXPAND)
LIST = listing(created=CREATED, customer=text(), payment_intent=text(), transfer_group=text())

_SELLER_WORDS = {
    None: "Payment complete.",
    "issuer": "The bank did not return any further details with this decline.",
    "blocked": "Stripe blocked this payment as too risky.",
}


def make(
    ctx: Context,
    intent: Object,
    method: Object,
    card: Card,
    *,
    status: str,
    decline: Decline | None,
    three_ds: Object | None,
) -> Object:
    """Record an attempt of an intent on a card: succeeded, pending or failed."""
    captured = status != "failed" and capture_method(intent) != "manual"
    charge: Object = {
        "id": ctx.new_id("charge"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if captured and status == "succeeded" else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "authorization_code": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SANDBOX",
        "captured": captured and status == "succeeded",
        "created": ctx.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": None if status == "pending" else _outcome(card, decline),
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": _details(ctx, intent, method, card, three_ds),
            "type": "card",
        },
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": status,
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
    if status == "succeeded":
        charge["receipt_url"] = f"{ctx.origin}/browser/receipts/{charge['id']}"
    return ctx.save(charge)


def complete(charge: Object, card: Card, *, manual: bool) -> Object:
    """A pending charge that has now succeeded."""
    return charge | {
        "amount_captured": 0 if manual else charge["amount"],
        "captured": not manual,
        "outcome": _outcome(card, None),
        "paid": True,
        "status": "succeeded",
    }


def give_up(charge: Object) -> Object:
    """A pending charge whose payment was canceled."""
    return charge | {"failure_message": "The payment was canceled.", "status": "failed"}


def collect(ctx: Context, charge: Object, card: Card, *, method_of_capture: str) -> None:
    """What was taken comes to the balance: with the charge, or later as asynchronous capture
    has it.
    """
    delay = ctx.settings.balance_transaction_delay
    if card.bypass_pending or method_of_capture == "automatic" or delay == 0:
        charge["balance_transaction"] = _settle(ctx, charge, card)["id"]
        ctx.save(charge)
    else:
        ctx.later(delay, "charge.settle", charge["id"])


def settle(ctx: Context, charge_id: str) -> None:
    """The balance transaction arrives, and `charge.updated` tells of it."""
    before = ctx.known(charge_id)
    if before["balance_transaction"] is None:
        after = copy(before)
        card = payment_methods.card_of(ctx, before["payment_method"])
        after["balance_transaction"] = _settle(ctx, before, card)["id"]
        events.update(ctx, "charge.updated", before, after)


def _settle(ctx: Context, charge: Object, card: Card) -> Object:
    moved = balance.settled(ctx, charge["amount_captured"], charge["currency"])
    fee = money.fee(moved.amount, moved.currency, ctx.settings.fees)
    ctx.later(0, "refunds.fund", moved.currency)
    return balance.record(
        ctx,
        "charge",
        source=charge["id"],
        moved=moved,
        fees=((fee, "Stripe processing fees"),),
        available_on=ctx.now if card.bypass_pending else balance.ready_on(ctx),
        description=charge["description"],
    )


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One charge."""
    return ctx.find("charge", asked["id"])


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change what the merchant may say of a charge."""
    before = ctx.find("charge", asked["id"])
    after = copy(before)
    if "customer" in asked:
        after["customer"] = _named(ctx, before, asked["customer"])
    for name in ("description", "receipt_email", "transfer_group"):
        if name in asked:
            after[name] = asked[name]
    if "metadata" in asked:
        after["metadata"] = merge_metadata(before["metadata"], asked["metadata"])
    if "shipping" in asked:
        after["shipping"] = shipping_of(asked["shipping"])
    if "fraud_details" in asked:
        report = asked["fraud_details"].get("user_report")
        after["fraud_details"] = {"user_report": report} if report else {}
    return events.update(ctx, "charge.updated", before, after)


def _named(ctx: Context, charge: Object, customer: str) -> str:
    """The customer a charge is given to, which works once."""
    if charge["customer"] not in (None, customer):
        raise StripeError(
            "You cannot update the customer of a charge that already has one.", param="customer"
        )
    return str(ctx.find("customer", customer, param="customer")["id"])


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Charges, newest first."""
    filters = ("customer", "payment_intent", "transfer_group")
    return newest(ctx, "charge", asked, url="/v1/charges", filters=filters)


def shipping_of(given: dict[str, Any] | None) -> Object | None:
    """A shipping address with every field."""
    if given is None:
        return None
    return {
        "address": address_of(given["address"]),
        "carrier": given.get("carrier"),
        "name": given["name"],
        "phone": given.get("phone"),
        "tracking_number": given.get("tracking_number"),
    }


def _outcome(card: Card, decline: Decline | None) -> Object:
    score = {"normal": 20, "elevated": 70, "highest": 90}[card.risk]
    who = None if decline is None else "blocked" if decline.blocked else "issuer"
    network = {None: "approved_by_network", "issuer": "declined_by_network"}
    return {
        "advice_code": decline.advice if decline else None,
        "network_advice_code": None,
        "network_decline_code": decline.network_code if decline else None,
        "network_status": network.get(who, "not_sent_to_network"),
        "reason": None if decline is None else _reason(decline),
        "risk_level": card.risk,
        "risk_score": score,
        "seller_message": _SELLER_WORDS[who],
        "type": {None: "authorized", "issuer": "issuer_declined"}.get(who, "blocked"),
    }


def _reason(decline: Decline) -> str:
    return "highest_risk_level" if decline.blocked else decline.decline_code or decline.code


def _details(
    ctx: Context, intent: Object, method: Object, card: Card, three_ds: Object | None
) -> Object:
    shown = method["card"]
    details: Object = {
        "amount_authorized": intent["amount"],
        "authorization_code": None,
        "brand": shown["brand"],
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        }
        | card.checks,
        "country": shown["country"],
        "exp_month": shown["exp_month"],
        "exp_year": shown["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": shown["fingerprint"],
        "funding": shown["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": shown["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": shown["brand"],
        "network_token": {"used": False},
        "network_transaction_id": ctx.secret(f"network:{intent['id']}", length=15).upper(),
        "overcapture": {
            "maximum_amount_capturable": intent["amount"],
            "status": "unavailable",
        },
        "regulated_status": "unregulated",
        "three_d_secure": three_ds,
        "wallet": None,
    }
    return details
