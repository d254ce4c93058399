"""PaymentIntents: one collection followed through methods, authentication, attempts and capture."""

from typing import Any

from bookedbarber.sandbox import (
    charges,
    confirmation,
    disputes,
    events,
    method_types,
    money,
    payment_methods,
)
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.lists import newest
from bookedbarber.sandbox.states import allow, capture_method, check_secret, is_open, unexpected
from bookedbarber.sandbox.store import Object

_PLAIN = (
    "description", "receipt_email", "setup_future_usage", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_group",
)  # fmt: skip


_SETTLED_BY_CONFIRMING = (
    "allowed_payment_method_types", "amount", "capture_method", "currency", "customer",
    "payment_method", "payment_method_data", "payment_method_options", "payment_method_types",
    "setup_future_usage",
)  # fmt: skip


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Make an intent, and confirm it at once if asked."""
    currency = money.currency(asked["currency"])
    money.check_charge(asked["amount"], currency)
    _check_together(ctx, asked)
    if "customer" in asked:
        ctx.find("customer", asked["customer"], param="customer")
    intent = _new(ctx, asked, currency)
    _apply(ctx, intent, asked)
    ctx.save(intent)
    events.emit(ctx, "payment_intent.created", intent)
    return confirmation.confirm(ctx, intent, asked) if asked.get("confirm") else intent


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One intent."""
    intent = ctx.find("payment_intent", asked["intent"], param="intent")
    check_secret(ctx, intent, asked)
    return intent


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change an intent; what is to be collected, and how, only as long as it is not on its way."""
    before = ctx.find("payment_intent", asked["intent"], param="intent")
    method_types.check(ctx, asked)
    _check_changeable(before, asked)
    after = copy(before) | {"last_payment_error": None}
    if "amount" in asked or "currency" in asked:
        after |= {name: asked[name] for name in ("amount", "currency") if name in asked}
        after["currency"] = money.currency(after["currency"])
        money.check_charge(after["amount"], after["currency"])
    if "customer" in asked:
        after["customer"] = ctx.find("customer", asked["customer"], param="customer")["id"]
    method_types.change(after, asked)
    _apply(ctx, after, asked)
    if after["customer"] != before["customer"] and after["payment_method"]:
        payment_methods.usable(ctx, after["payment_method"], customer=after["customer"])
    if before["status"] == "requires_action":
        _keep_or_end_challenge(before, after)
    return ctx.save(after)


def _check_changeable(intent: Object, asked: dict[str, Any]) -> None:
    for name in _SETTLED_BY_CONFIRMING:
        if name in asked and not is_open(intent):
            raise unexpected(
                intent,
                f"This PaymentIntent's {name} could not be updated because it has a status of "
                f"{intent['status']}. You may only update the {name} of a PaymentIntent with one "
                "of the following statuses: requires_payment_method, requires_confirmation, "
                "requires_action.",
            )


def _keep_or_end_challenge(before: Object, after: Object) -> None:
    """A challenge is about one card, one payer and one amount; other changes leave it alone."""
    about = ("amount", "currency", "customer", "payment_method")
    same = all(after[name] == before[name] for name in about)
    if same and capture_method(after) == capture_method(before):
        after["status"] = "requires_action"
    else:
        ready = "requires_confirmation" if after["payment_method"] else "requires_payment_method"
        after |= {"next_action": None, "status": ready}


def confirm(ctx: Context, asked: dict[str, Any]) -> Object:
    """Collect: attempt the charge, or ask for authentication first."""
    intent = ctx.find("payment_intent", asked["intent"], param="intent")
    check_secret(ctx, intent, asked)
    return confirmation.confirm(ctx, intent, asked)


def capture(ctx: Context, asked: dict[str, Any]) -> Object:
    """Take what was held, or part of it; the rest goes back to the card."""
    before = ctx.find("payment_intent", asked["intent"], param="intent")
    if before["status"] == "succeeded" and capture_method(before) == "manual":
        raise unexpected(
            before, "This PaymentIntent could not be captured because it has already been captured."
        )
    allow(before, "captured", "This PaymentIntent could not be captured")
    if asked.get("final_capture") is False:
        raise StripeError(
            "This PaymentIntent is not eligible for multicapture.", param="final_capture"
        )
    amount: int = before["amount_capturable"]
    amount = asked.get("amount_to_capture", amount)
    if amount > before["amount_capturable"]:
        raise StripeError(
            f"The amount to capture ({money.display(amount, before['currency'])}) is greater than "
            "the amount you can capture "
            f"({money.display(before['amount_capturable'], before['currency'])}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    money.check_step(amount, before["currency"], param="amount_to_capture")
    ctx.forget("hold.expire", before["id"])
    return _capture(ctx, before, amount, asked)


def cancel(ctx: Context, asked: dict[str, Any]) -> Object:
    """Give up an intent; what was held goes back to the card."""
    intent = ctx.find("payment_intent", asked["intent"], param="intent")
    allow(intent, "canceled", "You cannot cancel this PaymentIntent")
    if ctx.store.hidden(intent["id"]).get("checkout_session"):
        raise unexpected(
            intent,
            "You cannot cancel this PaymentIntent because it was created by a Checkout Session. "
            "Expire the Checkout Session instead.",
        )
    return cancel_for(ctx, intent, asked.get("cancellation_reason"))


def cancel_for(ctx: Context, intent: Object, reason: str | None) -> Object:
    """Cancel for a reason of the merchant's or of Stripe's own."""
    if intent["status"] == "requires_capture":
        ctx.forget("hold.expire", intent["id"])
    if intent["status"] == "processing":
        _give_up_charge(ctx, intent)
    after = copy(intent) | {
        "amount_capturable": 0,
        "canceled_at": ctx.now,
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    ctx.save(after)
    events.emit(ctx, "payment_intent.canceled", after)
    return after


def _give_up_charge(ctx: Context, intent: Object) -> None:
    """What was still on its way does not come."""
    ctx.forget("attempt.finish", intent["latest_charge"])
    failed = ctx.save(charges.give_up(ctx.known(intent["latest_charge"])))
    events.emit(ctx, "charge.failed", failed)


def expire_hold(ctx: Context, intent_id: str) -> None:
    """A hold that nobody captured in time is given back; no refund is made of it.

    Since 2025-03-31.basil neither cancellation nor partial capture makes a Refund.
    """
    intent = ctx.known(intent_id)
    if intent["status"] != "requires_capture":
        return
    events.emit(ctx, "charge.expired", ctx.known(intent["latest_charge"]))
    cancel_for(ctx, intent, "expired")


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Intents, newest first."""
    return newest(ctx, "payment_intent", asked, url="/v1/payment_intents", filters=("customer",))


def _capture(ctx: Context, before: Object, amount: int, asked: dict[str, Any]) -> Object:
    held = ctx.known(before["latest_charge"])
    taken = copy(held) | {"amount_captured": amount, "captured": True}
    ctx.save(taken)
    card = payment_methods.card_of(ctx, held["payment_method"])
    charges.collect(ctx, taken, card, method_of_capture="manual")
    previous = events.changes(held, taken)
    events.emit(ctx, "charge.captured", taken, previous=previous)
    after = copy(before) | {
        "amount_capturable": 0,
        "amount_received": amount,
        "status": "succeeded",
    }
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        after[name] = asked.get(name, after[name])
    if "metadata" in asked:
        after["metadata"] = merge_metadata(before["metadata"], asked["metadata"])
    ctx.save(after)
    events.emit(ctx, "payment_intent.succeeded", after)
    disputes.open_as_called_for(ctx, taken, card)
    return after


def _check_together(ctx: Context, asked: dict[str, Any]) -> None:
    method_types.check(ctx, asked)
    for name in ("off_session", "error_on_requires_action", "return_url", "mandate_data"):
        if name in asked and not asked.get("confirm"):
            raise StripeError(
                f"The parameter `{name}` cannot be passed when creating a PaymentIntent unless "
                "`confirm` is set to true.",
                param=name,
            )


def _apply(ctx: Context, intent: Object, asked: dict[str, Any]) -> None:
    """What creating and updating have in common."""
    for name in _PLAIN:
        if name in asked:
            intent[name] = asked[name]
    if "capture_method" in asked:
        intent["capture_method"] = asked["capture_method"]
    if "metadata" in asked:
        intent["metadata"] = merge_metadata(intent["metadata"], asked["metadata"])
    if "shipping" in asked:
        intent["shipping"] = charges.shipping_of(asked["shipping"])
    confirmation.apply_options(intent, asked)
    method = confirmation.chosen_method(ctx, asked)
    if method is not None:
        payment_methods.usable(ctx, method, customer=intent["customer"])
        intent |= {"payment_method": method, "status": "requires_confirmation"}
    elif "payment_method" in asked and is_open(intent):
        intent |= {"payment_method": None, "status": "requires_payment_method"}


def _new(ctx: Context, asked: dict[str, Any], currency: str) -> Object:
    intent_id = ctx.new_id("payment_intent")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": asked["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        **method_types.of_intent(asked),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{ctx.secret(intent_id)}",
        "confirmation_method": asked.get("confirmation_method", "automatic"),
        "created": ctx.now,
        "currency": currency,
        "customer": asked.get("customer"),
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": confirmation.default_options(),
        "payment_record": None,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
