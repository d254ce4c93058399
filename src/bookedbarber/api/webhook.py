"""The door Stripe knocks at: verify the raw body, store, answer after the commit."""

from collections.abc import Sequence

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bookedbarber.api import problems
from bookedbarber.api.request_log import note
from bookedbarber.clock import Clock
from bookedbarber.errors import BookedBarberError
from bookedbarber.processor.client import Processor
from bookedbarber.webhooks import inbox, signature
from bookedbarber.webhooks.inbox import Intake

LARGEST_BODY = 1 << 20
log = structlog.get_logger("webhook")


def route(*, intake: Intake, processor: Processor, secrets: Sequence[str], clock: Clock) -> Route:
    """`POST /webhooks/stripe`. Answers 200 only when the event is durable."""

    async def receive(request: Request) -> Response:
        now = clock.now()
        try:
            body = await _read(request)
            header = request.headers.get("stripe-signature", "")
            signature.verify(header, body, secrets=secrets, now=now)
            event = inbox.read(body, own_account=await processor.account_id(), now=now)
            note(request, event_id=event.event_id, type=event.type)
            await intake.store(event)
        except BookedBarberError as error:
            note(request, code=error.code)
            log.warning("webhook.refused", code=error.code, reason=error.facts.get("reason"))
            return problems.answer(problems.of(error), detail=error.detail)
        return JSONResponse({"received": True})

    return Route("/webhooks/stripe", receive, methods=["POST"], name="stripe_webhook")


async def _read(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise inbox.EventUnreadable("The body is larger than any event.")
        chunks.append(chunk)
    return b"".join(chunks)
