"""No request is larger than anything we take; the webhook door has a limit of its own."""

from typing import ClassVar, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bookedbarber.api import problems
from bookedbarber.errors import Refused

LARGEST: Final = 64 * 1024
# Where a picture may come; the reader of pictures says itself what is too large for one.
PICTURES: Final = ("/settings/look", "/settings/look/logo", "/look")
LARGEST_PICTURE: Final = 4 * 1024 * 1024
WEBHOOKS: Final = "/webhooks/"


class BodyTooLarge(Refused):
    """The request is larger than anything we take."""

    code: ClassVar[str] = "body_too_large"


class BodyLimit:
    """Answers 413 to a body that says it is too large, and cuts off one that grows beyond."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes as they come."""
        if scope["type"] != "http" or scope["path"].startswith(WEBHOOKS):
            await self._app(scope, receive, send)
            return
        largest = LARGEST_PICTURE if scope["path"].endswith(PICTURES) else LARGEST
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said) > largest:
            await problems.answer(problems.CATALOGUE[BodyTooLarge.code])(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise BodyTooLarge
            return message

        await self._app(scope, counted, send)
