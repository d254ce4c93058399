"""The server's side of the hosted checkout page: what it shows, and paying from it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bookedbarber.sandbox import checkout_payment, money
from bookedbarber.sandbox.browser import doors
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.store import Object

_UNABLE = (
    "We are unable to authenticate your payment method. Please choose a different payment method "
    "and try again."
)
_SHOWN = ("amount_total", "cancel_url", "currency", "customer_email", "status", "submit_type")


async def state(request: Request) -> Response:
    """What the page shows of its session, amounts in minor units with their decimals."""
    try:
        view = checkout_payment.look(request.app.state.engine.context(), _session(request))
    except StripeError as problem:
        return JSONResponse(problem.body(), problem.status)
    return JSONResponse(_shown(view, publishable_key=request.app.state.keys.publishable))


async def pay(request: Request) -> Response:
    """Pay the session; answers `next`, where the client goes, or Stripe's error."""
    method = str((await request.form()).get("payment_method"))
    session = _session(request)
    return await doors.served(request, lambda ctx: _pay(ctx, session, method), quietly=True)


def _session(request: Request) -> str:
    return str(request.path_params["session"])


def _pay(ctx: Context, session: str, method: str) -> Object:
    view = checkout_payment.pay(ctx, session, payment_method=method)
    action = view["next_action"]
    return {"next": action["redirect_to_url"]["url"] if action else view["success_url"]}


def _shown(view: Object, *, publishable_key: str) -> dict[str, Any]:
    session = view["session"]
    return {
        **{name: session[name] for name in _SHOWN},
        "decimals": money.decimals(session["currency"]),
        "line_items": [
            {name: item[name] for name in ("amount_total", "description", "quantity")}
            for item in view["line_items"]
        ],
        "message": _message(view["last_payment_error"]),
        "publishable_key": publishable_key,
        "success_url": view["success_url"],
    }


def _message(error: Object | None) -> str | None:
    """The last attempt's failure in words for the client rather than for the developer."""
    if error is None:
        return None
    unable = error["code"] == "payment_intent_authentication_failure"
    return _UNABLE if unable else str(error["message"])
