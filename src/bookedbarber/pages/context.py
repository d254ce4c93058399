"""What the pages act with."""

from dataclasses import dataclass

from starlette.requests import Request

from bookedbarber import links
from bookedbarber.api.context import Context
from bookedbarber.checkout.means import Means
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.pages import present, views
from bookedbarber.pages.demo import Demo
from bookedbarber.pages.render import Site

PAY, MANAGE = "pay", "manage"
RECEIPT = "receipt"  # what staff get to a client's receipt: it opens that page and nothing else


@dataclass(frozen=True, slots=True)
class House:
    """Put together once for each process by the web command."""

    context: Context
    site: Site
    publishable_key: str
    demo: Demo | None = None


def house(request: Request) -> House:
    """What the routes act with."""
    found = request.app.state.house
    assert isinstance(found, House)  # noqa: S101 # set once where the app is built
    return found


def ways(means: Means, shown: Receipt) -> views.Links:
    """The secret parts of the addresses that a client may be shown."""
    shop_id = shown.shop.shop_id
    own = links.sign(means.link_key, MANAGE, shop_id, shown.appointment_id)
    pays = [links.sign(means.link_key, PAY, shop_id, line.payment_id) for line in shown.payments]
    return views.Links(
        pay=pays[-1] if pays else "",
        receipt=own,
        manage=own,
        calendar=own,
        again=present.again(shown),
    )


def address(request: Request) -> str:
    """The network address a request came from, as the server saw it."""
    return request.client.host if request.client else "unknown"
