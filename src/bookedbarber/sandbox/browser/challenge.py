"""The client's answer to a 3-D Secure challenge, and where the browser goes with it."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bookedbarber.sandbox import checkout_payment, confirmation, setup_intents
from bookedbarber.sandbox.browser import doors
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.store import Object

_REDIRECT_STATUS = {
    "requires_payment_method": "failed",
    "processing": "pending",
}


async def finish(request: Request) -> Response:
    """Complete or fail a challenge from the browser; the answer says where a redirect leads."""
    outcome = (await request.form()).get("outcome")
    if outcome not in ("succeed", "fail"):
        return JSONResponse({"error": "outcome must be succeed or fail"}, 400)
    intent = request.path_params["intent"]
    return await doors.served(
        request, lambda ctx: {"return_url": _finish(ctx, intent, passed=outcome == "succeed")}
    )


def _finish(ctx: Context, intent_id: str, *, passed: bool) -> str | None:
    if intent_id.startswith("seti_"):
        waiting = ctx.find("setup_intent", intent_id)
        done = setup_intents.complete_challenge(ctx, waiting, passed=passed)
    else:
        waiting = ctx.find("payment_intent", intent_id)
        done = confirmation.complete_challenge(ctx, waiting, passed=passed)
    hidden = ctx.store.hidden(intent_id)
    if "checkout_session" in hidden:
        checkout_payment.settle(ctx, hidden["checkout_session"])
    return_url = hidden.get("return_url")
    return None if return_url is None else landing(return_url, done)


def landing(return_url: str, intent: Object) -> str:
    """The merchant's address with Stripe's three parameters, its own parameters kept."""
    kind = intent["object"]
    parts = urlsplit(return_url)
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        (kind, intent["id"]),
        (f"{kind}_client_secret", intent["client_secret"]),
        ("redirect_status", _REDIRECT_STATUS.get(intent["status"], "succeeded")),
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))
