"""The JSON API as one application: routes, error answers, request ids."""

from collections.abc import Sequence

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bookedbarber.api import (
    day,
    desk,
    lookup,
    mine,
    moving,
    overview,
    own_link,
    problems,
    refunds,
    settings,
    settings_services,
    settings_work,
    storefront,
    webhook,
)
from bookedbarber.api.bodies import BodyLimit
from bookedbarber.api.context import Context
from bookedbarber.api.description import INTRODUCTION, TAGS, Described, operation_id
from bookedbarber.api.refusals import ANYWHERE
from bookedbarber.api.request_log import RequestLog, note, request_id
from bookedbarber.errors import BookedBarberError
from bookedbarber.webhooks.inbox import Intake

log = structlog.get_logger("api")
ROUTERS = (
    storefront.router,
    own_link.router,
    moving.own,
    mine.router,
    desk.router,
    day.router,
    moving.desk,
    lookup.router,
    refunds.router,
    overview.router,
    lookup.finding,
    settings.router,
    settings_services.router,
    settings_work.router,
)
BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


def operations() -> Described:
    """Every operation of the API with its description, and nothing to act with yet."""
    app = Described(
        title="BookedBarber",
        version="2",
        description=INTRODUCTION,
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v2/openapi.json",
        responses=ANYWHERE,
    )
    v2 = APIRouter(prefix="/api/v2")
    for router in ROUTERS:
        v2.include_router(router)
    app.include_router(v2)
    return app


def build(context: Context, *, webhook_secrets: Sequence[str]) -> FastAPI:
    """The API and the webhook door over one set of means."""
    app = operations()
    app.state.context = context
    app.router.routes.append(
        webhook.route(
            intake=Intake(context.means.database, context.means.vault),
            processor=context.means.processor,
            secrets=webhook_secrets,
            clock=context.clock,
        )
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestLog)
    app.add_exception_handler(BookedBarberError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(Exception, _defect)
    return app


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, BookedBarberError)  # noqa: S101 # registered for this class
    problem = problems.of(error)
    retry = error.facts.get("retry_after")
    headers = {"Retry-After": str(max(1, round(float(str(retry)))))} if retry is not None else None
    if problem.status == 401:
        headers = {"WWW-Authenticate": "Bearer"}
    note(request, code=problem.code)
    return problems.answer(
        problem,
        detail=error.detail,
        facts=error.facts,
        request_id=request_id(request),
        headers=headers,
    )


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 # registered for this class
    # The value is left out: it may be somebody's name, or a card number in the wrong field.
    wrong = [
        {"at": ".".join(str(step) for step in one["loc"]), "message": one["msg"]}
        for one in error.errors()
    ]
    note(request, code="request_invalid")
    return problems.answer(
        problems.CATALOGUE["request_invalid"],
        facts={"errors": wrong},
        request_id=request_id(request),
    )


async def answer_http(request: Request, error: Exception) -> Response:
    """A problem answer for what no route takes."""
    assert isinstance(error, HTTPException)  # noqa: S101 # registered for this class
    code = BY_STATUS.get(error.status_code, "request_invalid")
    note(request, code=code)
    return problems.answer(
        problems.CATALOGUE[code], request_id=request_id(request), headers=error.headers
    )


async def _defect(request: Request, error: Exception) -> Response:
    log.error("api.defect", request_id=request_id(request), exc_info=error)
    return problems.answer(problems.CATALOGUE["internal"], request_id=request_id(request))
