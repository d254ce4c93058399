"""Paying a Checkout Session: what its hosted page does, and what happens when nobody pays."""

from typing import Any

from bookedbarber.sandbox import (
    checkout_sessions,
    confirmation,
    customers,
    events,
    payment_intents,
)
from bookedbarber.sandbox.context import Context, copy
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.states import capture_method, is_open
from bookedbarber.sandbox.store import Object


def pay(ctx: Context, session_id: str, *, payment_method: str) -> Object:
    """Pay with a method; gives the session and, when the issuer wants it, the challenge to pass."""
    session = checkout_sessions.find(ctx, session_id)
    if session["status"] != "open":
        raise StripeError(
            f"This Checkout Session has a status of `{session['status']}` and cannot be paid."
        )
    method = ctx.find("payment_method", payment_method, param="payment_method")
    session = _with_customer(ctx, copy(session), method)
    intent = _intent(ctx, session)
    session["payment_intent"] = intent["id"]
    ctx.save(session)
    confirmation.confirm(
        ctx, intent, {"payment_method": method["id"], "return_url": session["url"]}
    )
    return settle(ctx, session_id)


def settle(ctx: Context, session_id: str) -> Object:
    """Complete the session if its payment went through; tells where the customer goes next."""
    session = checkout_sessions.find(ctx, session_id)
    intent = ctx.known(session["payment_intent"]) if session["payment_intent"] else None
    if intent is None or session["status"] != "open":
        return _view(ctx, session, intent)
    if intent["status"] not in ("succeeded", "processing", "requires_capture"):
        return _view(ctx, session, intent)
    paid = intent["status"] == "succeeded"
    done = copy(session) | {
        "customer_details": _details(ctx, session, intent),
        "payment_status": "paid" if paid else "unpaid",
        "status": "complete",
        "url": None,
    }
    ctx.forget("checkout.expire", session_id)
    ctx.save(done)
    events.emit(ctx, "checkout.session.completed", done)
    return _view(ctx, done, intent)


def settle_later(ctx: Context, session_id: str) -> None:
    """The payment moved on without the page: complete the session if it can be."""
    settle(ctx, session_id)
    session = checkout_sessions.find(ctx, session_id)
    intent = ctx.known(session["payment_intent"])
    if session["status"] == "complete" and session["payment_status"] == "unpaid":
        if intent["status"] != "succeeded" or capture_method(intent) == "manual":
            return
        paid = ctx.save(copy(session) | {"payment_status": "paid"})
        events.emit(ctx, "checkout.session.async_payment_succeeded", paid)


def expire(ctx: Context, asked: dict[str, Any]) -> Object:
    """Close a session on request."""
    session = checkout_sessions.find(ctx, asked["id"])
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    ctx.forget("checkout.expire", session["id"])
    return _close(ctx, session)


def expire_in_time(ctx: Context, session_id: str) -> None:
    """Nobody paid in time."""
    session = checkout_sessions.find(ctx, session_id)
    if session["status"] == "open":
        _close(ctx, session)


def look(ctx: Context, session_id: str) -> Object:
    """What the hosted page shows."""
    session = checkout_sessions.find(ctx, session_id)
    intent = ctx.known(session["payment_intent"]) if session["payment_intent"] else None
    return _view(ctx, session, intent)


def _close(ctx: Context, session: Object) -> Object:
    if session["payment_intent"]:
        intent = ctx.known(session["payment_intent"])
        if is_open(intent):
            payment_intents.cancel_for(ctx, intent, "automatic")
    return checkout_sessions.close(ctx, session)


def _intent(ctx: Context, session: Object) -> Object:
    if session["payment_intent"]:
        return ctx.known(session["payment_intent"])
    given = ctx.store.hidden(session["id"])["given"]
    asked = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "allowed_payment_method_types": ["card"],
        "payment_method_options": given.get("payment_method_options", {}),
        **given.get("payment_intent_data", {}),
    }
    if session["customer"]:
        asked["customer"] = session["customer"]
    intent = payment_intents.create(ctx, asked)
    ctx.store.hide(intent["id"], checkout_session=session["id"])
    return intent


def _with_customer(ctx: Context, session: Object, method: Object) -> Object:
    if session["customer"] or session["customer_creation"] != "always":
        return session
    billing = method["billing_details"]
    email = session["customer_email"] or billing["email"]
    made = customers.create(ctx, {"email": email, "name": billing["name"]})
    return session | {"customer": made["id"]}


def _details(ctx: Context, session: Object, intent: Object) -> Object:
    billing = ctx.known(intent["payment_method"])["billing_details"]
    return {
        "address": billing["address"],
        "business_name": None,
        "email": session["customer_email"] or billing["email"],
        "individual_name": None,
        "name": billing["name"],
        "phone": billing["phone"],
        "tax_exempt": "none",
        "tax_ids": [],
    }


def _view(ctx: Context, session: Object, intent: Object | None) -> Object:
    url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return {
        "session": session,
        "line_items": ctx.store.hidden(session["id"])["line_items"],
        "next_action": intent["next_action"] if intent else None,
        "last_payment_error": intent["last_payment_error"] if intent else None,
        "success_url": url,
    }
