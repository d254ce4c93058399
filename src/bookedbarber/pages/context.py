"""What the pages act with."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from bookedbarber import links
from bookedbarber.api.context import Context
from bookedbarber.checkout.means import Means
from bookedbarber.pages import views
from bookedbarber.pages.render import Site

PAY, MANAGE = "pay", "manage"


@dataclass(frozen=True, slots=True)
class House:
    """Put together once for each process by the web command."""

    context: Context
    site: Site
    publishable_key: str


def house(request: Request) -> House:
    """What the routes act with."""
    found = request.app.state.house
    assert isinstance(found, House)  # noqa: S101 # set once where the app is built
    return found


def ways(means: Means, shop_id: UUID, appointment_id: UUID, *, pay: str = "") -> views.Links:
    """The secret parts of the addresses that a client may be shown."""
    own = links.sign(means.link_key, MANAGE, shop_id, appointment_id)
    return views.Links(pay=pay, receipt=own, manage=own, calendar=own)


def address(request: Request) -> str:
    """The network address a request came from, as the server saw it."""
    return request.client.host if request.client else "unknown"
