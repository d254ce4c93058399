"""`/my/{link}`: all the bookings of a client in a shop; `/b/{shop}/my`: asking for that link."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids, links
from bookedbarber.api.context import READS
from bookedbarber.api.mine import send_link
from bookedbarber.checkout import menu, mine
from bookedbarber.checkout.mine import LinkEnded, Visit
from bookedbarber.money import Money
from bookedbarber.pages import present, render, views
from bookedbarber.pages.context import MANAGE, House, address, house
from bookedbarber.pages.views import BookingState
from bookedbarber.vault.index import EmailInvalid


@dataclass(frozen=True, slots=True)
class Booking:
    """One visit on the list; `link` opens it alone."""

    link: str
    service: str
    barber: str
    starts_at: datetime
    state: BookingState
    total: Money
    paid: Money
    refunded: Money
    due_later: Money
    collected: bool


@dataclass(frozen=True, slots=True)
class MinePage:
    """A client's visits in one shop: no name and no address, for whoever looks over a shoulder."""

    template: ClassVar[str] = "mine.html"
    shop: views.Shop
    link: str
    coming: tuple[Booking, ...]
    past: tuple[Booking, ...]
    before: str
    older: bool


@dataclass(frozen=True, slots=True)
class AskPage:
    """Where a link is asked for; `sent` says the same whatever address was given."""

    template: ClassVar[str] = "mine_ask.html"
    shop: views.Shop
    sent: bool = False
    ended: bool = False
    email: str = ""
    wrong: bool = False


async def page(request: Request) -> Response:
    """The bookings that the link opens; once it has ended, where to ask for a new one."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    means, link = at.context.means, request.path_params["link"]
    try:
        found = await mine.load(
            means, link=link, before=_before(request), now=at.context.clock.now()
        )
    except LinkEnded as ended:
        return RedirectResponse(f"/b/{ended.facts['shop']}/my?ended=1", 303)
    shop_id = found.shop.shop_id
    view = MinePage(
        shop=present.shop(found.shop),
        link=link,
        coming=tuple(_booking(at, shop_id, visit) for visit in found.coming),
        past=tuple(_booking(at, shop_id, visit) for visit in found.past),
        before=ids.show("apt", found.before) if found.before else "",
        older=_before(request) is not None,
    )
    return render.page(view, at.site)


async def ask(request: Request) -> Response:
    """The question for the address, and the answer to it."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    found = await menu.load(at.context.means, slug=request.path_params["shop"])
    said = request.query_params
    view = AskPage(present.shop(found.shop), sent="sent" in said, ended="ended" in said)
    return render.page(view, at.site)


async def send(request: Request) -> Response:
    """Have the link sent; what can be no address is asked for again."""
    at = house(request)
    slug = request.path_params["shop"]
    form = await request.form()
    email = str(form.get("email", ""))[:254].strip()
    try:
        await send_link(at.context, slug, email, address=address(request))
    except EmailInvalid:
        found = await menu.load(at.context.means, slug=slug)
        view = AskPage(present.shop(found.shop), email=email, wrong=True)
        return render.page(view, at.site, status=422)
    return RedirectResponse(f"/b/{slug}/my?sent=1", 303)


def _before(request: Request) -> UUID | None:
    text = request.query_params.get("before")
    return ids.parse("apt", text) if text else None


def _booking(at: House, shop_id: UUID, visit: Visit) -> Booking:
    row, sums = visit.appointment, visit.figures
    return Booking(
        link=links.sign(at.context.means.link_key, MANAGE, shop_id, row.appointment_id),
        service=row.service_name,
        barber=row.barber_name,
        starts_at=row.starts_at,
        state=present.BECAME[row.state],
        total=sums.total,
        paid=sums.paid,
        refunded=sums.refunded,
        due_later=sums.due_at_shop,
        collected=visit.collected,
    )
