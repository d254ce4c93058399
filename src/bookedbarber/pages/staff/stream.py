"""`/desk/{shop}/live`: tells an open page that something of its shop changed; see `live.py`."""

from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bookedbarber.access import people
from bookedbarber.access.roles import May
from bookedbarber.pages.live import Hub
from bookedbarber.pages.staff.shell import Desk, Handler, room, signed_in

HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@room(May.SEE_DAY)
async def stream(request: Request, desk: Desk) -> Response:
    """Frames until the session ends, the page goes, or this process stops."""
    hub = _hub(request)
    hub.admit(desk.actor)
    return StreamingResponse(_frames(hub, desk), headers=HEADERS, media_type="text/event-stream")


async def _frames(hub: Hub, desk: Desk) -> AsyncIterator[bytes]:
    async with hub.open(desk.shop_id, who=desk.actor) as page:
        async for frame in hub.stream(page, lambda: _welcome(desk)):
            yield frame


async def _welcome(desk: Desk) -> bool:
    """Whether they are still signed in, and still work here."""
    if await signed_in(desk.request) is None:
        return False
    async with desk.house.context.means.database.platform() as db:
        now = desk.house.context.clock.now()
        place = await people.enter(db, person=desk.person, slug=desk.shop.slug, now=now)
    return place is not None


def _hub(request: Request) -> Hub:
    found = request.app.state.live
    assert isinstance(found, Hub)  # noqa: S101 # set once where the app is built
    return found


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (("GET", "/desk/{shop}/live", stream),)
