"""How the pages' own requests are served: planned faults included, as on the API's routes."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.sandbox import mishaps
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.engine import Answer, Engine, refuse
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.store import Object


async def served(
    request: Request, act: Callable[[Context], Object], *, quietly: bool = False
) -> Response:
    """Do it in one transaction and answer with what it gives, or with Stripe's error.

    Quietly, a refusal is a 200 like any answer: a browser logs all else as an error of the page.
    """
    engine: Engine = request.app.state.engine
    try:
        fault = mishaps.meet(request, engine.faults)
    except StripeError as problem:
        return _response(refuse(problem))
    return await mishaps.play(
        request,
        engine.faults,
        fault,
        lambda: _response(engine.serve(act, fault=fault), quietly=quietly),
    )


def _response(answer: Answer, *, quietly: bool = False) -> Response:
    status = 200 if quietly and answer.status < 500 else answer.status
    return Response(answer.body, status, headers=answer.headers, media_type="application/json")
