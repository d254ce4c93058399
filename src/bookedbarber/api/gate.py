"""The gate that API requests pass: limits, keys, idempotency, the caller's address."""

from collections.abc import Awaitable, Callable
from typing import Annotated, ClassVar, Final, TypeVar

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bookedbarber import ids
from bookedbarber.api import keys
from bookedbarber.api.context import BOOKINGS, KEYED, READS, WRITES, Context
from bookedbarber.api.keys import Caller
from bookedbarber.api.request_log import note
from bookedbarber.database import Json
from bookedbarber.errors import Refused
from bookedbarber.resilience.idempotency import Key, Overtaken

T = TypeVar("T")
IDEMPOTENCY_KEY: Final = "Idempotency-Key"


class IdempotencyKeyMissing(Refused):
    """Money leaves only under a key, so that a repetition sends nothing twice."""

    code: ClassVar[str] = "idempotency_key_missing"


def context(request: Request) -> Context:
    """What the routes act with."""
    found = request.app.state.context
    assert isinstance(found, Context)  # noqa: S101 # set once where the app is built
    return found


Ctx = Annotated[Context, Depends(context)]


def address(request: Request) -> str:
    """The network address a request came from, as the server saw it."""
    return request.client.host if request.client else "unknown"


async def reading(request: Request, ctx: Ctx) -> None:
    """Count a public read."""
    await ctx.limiter.take(READS, address(request))


async def booking(request: Request, ctx: Ctx) -> None:
    """Count a public booking or cancellation."""
    await ctx.limiter.take(BOOKINGS, address(request))


BEARER = HTTPBearer(
    scheme_name="shop_key",
    bearerFormat="bbk_ and 64 characters",
    auto_error=False,
    description="An API key of the shop, as `Authorization: Bearer bbk_…`. It is made, and put out "
    "of force, by the owner: under Settings, API keys, or by `bookedbarber key`.",
)


async def caller(
    request: Request, ctx: Ctx, _: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Caller:
    """The shop's own caller, counted. Raises KeyMissing, KeyInvalid, RateLimited.

    Its address is counted first: looking a key up costs a transaction, whether it is right or not.
    """
    await ctx.limiter.take(KEYED, address(request))
    known = await keys.check(ctx.means.database, request.headers.get("authorization"))
    note(request, shop=ids.show("shp", known.shop_id))
    await ctx.limiter.take(WRITES, str(known.key_id))
    return known


Staff = Annotated[Caller, Depends(caller)]
IdempotencyHeader = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_KEY,
        description="Your name for this request, 1 to 255 visible ASCII characters: repeating it "
        "changes nothing and answers as before.",
        examples=["9f3c1b7e-4d52-4c8a-b1c6-0a7d5e2f8c11"],
    ),
]


def optional_key(text: str | None, *, caller: str, operation: str, body: Json) -> Key | None:
    """The key a request carries, bound to its caller and body; None when it has none."""
    if text is None:
        return None
    return Key.of(caller=caller, text=text, operation=operation, body=body)


def required_key(text: str | None, *, caller: str, operation: str, body: Json) -> Key:
    """The key a request must carry. Raises IdempotencyKeyMissing."""
    found = optional_key(text, caller=caller, operation=operation, body=body)
    if found is None:
        raise IdempotencyKeyMissing
    return found


async def once(work: Callable[[], Awaitable[T]]) -> T:
    """Do keyed work; when a request under the same key was just ahead, give its result."""
    try:
        return await work()
    except Overtaken:
        return await work()
