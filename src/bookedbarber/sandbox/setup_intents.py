"""SetupIntents: prove a card now, so that it can be charged later without its owner."""

from typing import Any

from bookedbarber.sandbox import (
    authentication,
    cards,
    confirmation,
    declines,
    events,
    method_types,
    payment_methods,
)
from bookedbarber.sandbox.authentication import Need
from bookedbarber.sandbox.cards import Card, Decline
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.errors import AttemptError, StripeError
from bookedbarber.sandbox.lists import newest
from bookedbarber.sandbox.states import check_secret, is_open, unexpected
from bookedbarber.sandbox.store import Object

AUTHENTICATION_FAILED = Decline(
    "setup_intent_authentication_failure",
    "The latest attempt to set up the payment method has failed because authentication failed.",
    advice=None,
    network_code=None,
)


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Make an intent, and confirm it at once if asked."""
    method_types.check(ctx, asked)
    if "return_url" in asked and not asked.get("confirm"):
        raise StripeError(
            "The parameter `return_url` cannot be passed when creating a SetupIntent unless "
            "`confirm` is set to true.",
            param="return_url",
        )
    if "customer" in asked:
        ctx.find("customer", asked["customer"], param="customer")
    intent = _new(ctx, asked)
    _apply(ctx, intent, asked)
    ctx.save(intent)
    events.emit(ctx, "setup_intent.created", intent)
    return _confirm(ctx, intent, asked) if asked.get("confirm") else intent


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One intent."""
    intent = ctx.find("setup_intent", asked["intent"], param="intent")
    check_secret(ctx, intent, asked)
    return intent


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change an intent that is not yet done."""
    before = ctx.find("setup_intent", asked["intent"], param="intent")
    if not is_open(before):
        raise unexpected(
            before,
            f"You cannot update this SetupIntent because it has a status of {before['status']}.",
        )
    after = copy(before)
    if "customer" in asked:
        after["customer"] = ctx.find("customer", asked["customer"], param="customer")["id"]
    method_types.change(after, asked)
    _apply(ctx, after, asked)
    if after["payment_method"]:
        payment_methods.usable(ctx, after["payment_method"], customer=after["customer"])
    return ctx.save(after)


def confirm(ctx: Context, asked: dict[str, Any]) -> Object:
    """Prove the card, asking its owner where the issuer wants it."""
    intent = ctx.find("setup_intent", asked["intent"], param="intent")
    check_secret(ctx, intent, asked)
    return _confirm(ctx, intent, asked)


def cancel(ctx: Context, asked: dict[str, Any]) -> Object:
    """Give up an intent that is not yet done."""
    intent = ctx.find("setup_intent", asked["intent"], param="intent")
    if not is_open(intent):
        raise unexpected(
            intent,
            f"You cannot cancel this SetupIntent because it has a status of {intent['status']}. "
            "Only a SetupIntent with one of the following statuses may be canceled: "
            "requires_payment_method, requires_confirmation, requires_action.",
        )
    after = copy(intent) | {
        "cancellation_reason": asked.get("cancellation_reason"),
        "next_action": None,
        "status": "canceled",
    }
    ctx.save(after)
    events.emit(ctx, "setup_intent.canceled", after)
    return after


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Intents, newest first."""
    filters = ("customer", "payment_method")
    return newest(ctx, "setup_intent", asked, url="/v1/setup_intents", filters=filters)


def complete_challenge(ctx: Context, intent: Object, *, passed: bool) -> Object:
    """The customer answered the challenge."""
    if intent["status"] != "requires_action":
        raise unexpected(intent, "This SetupIntent does not wait for authentication.")
    if not passed:
        return _fail(ctx, copy(intent), AUTHENTICATION_FAILED, Need.CHALLENGE)
    return _attempt(ctx, copy(intent), Need.CHALLENGE)


def _confirm(ctx: Context, intent: Object, asked: dict[str, Any]) -> Object:
    if not is_open(intent):
        raise unexpected(
            intent,
            "You cannot confirm this SetupIntent because it has already succeeded."
            if intent["status"] == "succeeded"
            else f"You cannot confirm this SetupIntent because it has a status of "
            f"{intent['status']}.",
        )
    method_types.check(ctx, asked)
    intent = copy(intent)
    if not asked.get("confirm"):
        method_types.change(intent, asked)
    method_types.check_return_url(ctx, intent, asked)
    if not asked.get("confirm"):
        confirmation.apply_options(intent, asked)
        chosen = confirmation.chosen_method(ctx, asked)
        intent["payment_method"] = chosen or intent["payment_method"]
    if intent["payment_method"] is None:
        raise unexpected(
            intent,
            "You cannot confirm this SetupIntent because it's missing a payment method. You can "
            "either update the SetupIntent with a payment method and then confirm it again, or "
            "confirm it again directly with a payment method or ConfirmationToken.",
        )
    payment_methods.usable(ctx, intent["payment_method"], customer=intent["customer"])
    ctx.store.hide(intent["id"], return_url=asked.get("return_url"))
    done = _authenticate(ctx, intent, asked)
    error = done["last_setup_error"]
    if done["status"] == "requires_payment_method" and error is not None:
        shown = {"message", "code", "type", "doc_url"}
        extra = {name: value for name, value in error.items() if name not in shown}
        raise AttemptError(
            error["message"], code=error["code"], extra=extra | {"setup_intent": done}
        )
    return done


def _authenticate(ctx: Context, intent: Object, asked: dict[str, Any]) -> Object:
    card = payment_methods.card_of(ctx, intent["payment_method"])
    wanted = authentication.requested(intent)
    need = _need(card, wanted)
    if need is not Need.CHALLENGE:
        return _attempt(ctx, intent, need)
    if card.three_ds_error:
        return _fail(ctx, intent, cards.GENERIC, need)
    intent["next_action"] = authentication.next_action(
        ctx,
        intent["id"],
        return_url=asked.get("return_url"),
        in_script=asked.get("use_stripe_sdk", False),
    )
    intent["status"] = "requires_action"
    ctx.save(intent)
    events.emit(ctx, "setup_intent.requires_action", intent)
    return intent


def _need(card: Card, wanted: str) -> Need:
    """A card that is ready for off-session use needs no more proof; others as when paying."""
    if card.three_ds == "off_session_ready":
        return Need.NOTHING
    return authentication.need(card, off_session=False, set_up=False, wanted=wanted)


def _attempt(ctx: Context, intent: Object, flow: Need) -> Object:
    method = ctx.known(intent["payment_method"])
    card = payment_methods.card_of(ctx, method["id"])
    decline = ctx.take_decline() or (card.decline if card.attach_declined else None)
    if decline is not None:
        return _fail(ctx, intent, decline, flow)
    made = _record(ctx, intent, "succeeded", flow, None)
    if intent["usage"] == "off_session":
        ctx.store.hide(method["id"], set_up=True)
    if intent["customer"] is not None and method["customer"] is None:
        payment_methods.keep_for(ctx, method["id"], intent["customer"])
    done = intent | {
        "last_setup_error": None,
        "latest_attempt": made["id"],
        "next_action": None,
        "status": "succeeded",
    }
    ctx.save(done)
    events.emit(ctx, "setup_intent.succeeded", done)
    return done


def _fail(ctx: Context, intent: Object, decline: Decline, flow: Need) -> Object:
    method = ctx.known(intent["payment_method"])
    error = declines.payment_error(decline, charge=None, method=method)
    made = _record(ctx, intent, "failed", flow, error)
    failed = intent | {
        "last_setup_error": error,
        "latest_attempt": made["id"],
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    ctx.save(failed)
    events.emit(ctx, "setup_intent.setup_failed", failed)
    return failed


def _record(ctx: Context, intent: Object, status: str, flow: Need, error: Object | None) -> Object:
    """A SetupAttempt: one try, kept."""
    card = payment_methods.card_of(ctx, intent["payment_method"])
    proof = authentication.result(flow, card, wanted=authentication.requested(intent))
    if proof is not None:
        proof.pop("exemption_indicator")  # only payments are exempted
    return ctx.save(
        {
            "id": ctx.new_id("setup_attempt"),
            "object": "setup_attempt",
            "application": None,
            "created": ctx.now,
            "customer": intent["customer"],
            "customer_account": None,
            "flow_directions": None,
            "livemode": False,
            "on_behalf_of": None,
            "payment_method": intent["payment_method"],
            "payment_method_details": {
                "card": {"three_d_secure": proof},
                "type": "card",
            },
            "setup_error": error,
            "setup_intent": intent["id"],
            "status": status,
            "usage": intent["usage"],
        }
    )


def _apply(ctx: Context, intent: Object, asked: dict[str, Any]) -> None:
    if "description" in asked:
        intent["description"] = asked["description"]
    if "metadata" in asked:
        intent["metadata"] = merge_metadata(intent["metadata"], asked["metadata"])
    confirmation.apply_options(intent, asked)
    method = confirmation.chosen_method(ctx, asked)
    if method is not None:
        payment_methods.usable(ctx, method, customer=intent["customer"])
        intent |= {
            "next_action": None,
            "payment_method": method,
            "status": "requires_confirmation",
        }
    elif "payment_method" in asked:
        intent |= {
            "next_action": None,
            "payment_method": None,
            "status": "requires_payment_method",
        }


def _new(ctx: Context, asked: dict[str, Any]) -> Object:
    intent_id = ctx.new_id("setup_intent")
    return {
        "id": intent_id,
        "object": "setup_intent",
        "application": None,
        **method_types.of_intent(asked),
        "cancellation_reason": None,
        "client_secret": f"{intent_id}_secret_{ctx.secret(intent_id, length=31)}",
        "created": ctx.now,
        "customer": asked.get("customer"),
        "customer_account": None,
        "description": None,
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": asked.get("usage", "off_session"),
    }
