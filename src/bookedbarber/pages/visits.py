"""After paying: the receipt, the calendar file, and cancelling. A link is all it takes."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import links
from bookedbarber.api.context import BOOKINGS, READS
from bookedbarber.booking.policy import TooLateToCancel
from bookedbarber.booking.states import OPEN, AppointmentState, CancelledBy
from bookedbarber.checkout import calendar_file, cancel, movable, receipt
from bookedbarber.checkout.cancel import AppointmentNotOpen, Preview, RefundChanged
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.links import LinkInvalid
from bookedbarber.money import Money
from bookedbarber.pages import present, render, views
from bookedbarber.pages.context import MANAGE, RECEIPT, House, address, house, ways

# What a visit without money may still be told of, or have been.
UNBOOKED = (AppointmentState.HELD, AppointmentState.EXPIRED, AppointmentState.CANCELLED)
NOWHERE: Final = views.Links(pay="", receipt="", manage="", calendar="")


async def receipt_page(request: Request) -> Response:
    """What was bought, paid and returned; where nothing was paid, how the visit stands.

    From a link that staff were given it leads nowhere: what may be done is the client's to do.
    """
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    try:
        shown = await find(request, at)
    except LinkInvalid:
        shown = await find(request, at, kind=RECEIPT)
        return render.page(present.receipt(shown, NOWHERE), at.site)
    if not shown.collected:
        return RedirectResponse(f"/manage/{request.path_params['link']}", 303)
    return render.page(present.receipt(shown, ways(at.context.means, shown)), at.site)


async def calendar(request: Request) -> Response:
    """The visit as a file for the client's own calendar."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    shown = await find(request, at)
    return Response(
        calendar_file.ics(shown),
        media_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="appointment.ics"',
            "Cache-Control": "no-store",
        },
    )


async def manage(request: Request) -> Response:
    """The booking, and what cancelling it would give back now."""
    return await _manage(request, asking=False)


async def ask(request: Request) -> Response:
    """The one question before cancelling."""
    return await _manage(request, asking=True)


async def _manage(request: Request, *, asking: bool) -> Response:
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    shown = await find(request, at)
    if shown.state in UNBOOKED and shown.payments and not (shown.collected or _held(shown)):
        # Whether that is true, and what it cost, is for the page that asks Stripe.
        return RedirectResponse(f"/pay/{ways(at.context.means, shown).pay}", 303)
    offer = await _offer(at, shown)
    if asking and offer is None:
        return RedirectResponse(f"/manage/{request.path_params['link']}", 303)
    return render.page(_view(at, shown, offer, asking=asking), at.site)


async def give_up(request: Request) -> Response:
    """Cancel, if what goes back is still what the client saw."""
    at = house(request)
    await at.context.limiter.take(BOOKINGS, address(request))
    shown = await find(request, at)
    form = await request.form()
    agreed = form.get("agreed")
    expected = Money(
        int(agreed) if isinstance(agreed, str) and agreed.isdecimal() and len(agreed) < 19 else -1,
        shown.figures.total.currency,
    )
    try:
        await cancel.visit(
            at.context.means,
            shop_id=shown.shop.shop_id,
            appointment_id=shown.appointment_id,
            by=CancelledBy.CLIENT,
            expected_refund=expected,
            actor="client",
            key=None,
            now=at.context.clock.now(),
        )
    except RefundChanged:
        offer = await _offer(at, shown)
        view = _view(at, shown, offer, asking=True, changed=True)
        return render.page(view, at.site, status=409)
    except (AppointmentNotOpen, TooLateToCancel):
        pass  # cancelled already, or begun meanwhile: the page says which
    return RedirectResponse(f"/manage/{request.path_params['link']}", 303)


def _held(shown: Receipt) -> bool:
    """Whether the time is still this client's, to be paid for."""
    return shown.held_until is not None and shown.held_until > shown.as_of


async def find(request: Request, at: House, *, kind: str = MANAGE) -> Receipt:
    """The visit that the link of this page opens. Raises LinkInvalid, AppointmentUnknown."""
    means = at.context.means
    shop_id, appointment_id = links.open_(means.link_key, kind, request.path_params["link"])
    return await _load(at, shop_id, appointment_id)


async def _load(at: House, shop_id: UUID, appointment_id: UUID) -> Receipt:
    return await receipt.load(
        at.context.means,
        shop_id=shop_id,
        appointment_id=appointment_id,
        now=at.context.clock.now(),
    )


async def _offer(at: House, shown: Receipt) -> Preview | None:
    """What cancelling gives back; None when there is nothing left to cancel."""
    if shown.state not in OPEN:
        return None
    try:
        return await cancel.preview(
            at.context.means,
            shop_id=shown.shop.shop_id,
            appointment_id=shown.appointment_id,
            by=CancelledBy.CLIENT,
            now=at.context.clock.now(),
        )
    except (AppointmentNotOpen, TooLateToCancel):
        return None


def _view(
    at: House, shown: Receipt, offer: Preview | None, *, asking: bool, changed: bool = False
) -> views.ManagePage:
    return views.ManagePage(
        shop=present.shop(shown.shop),
        visit=present.visit(shown),
        state=present.BECAME[shown.state],
        paid=shown.figures.paid,
        refunds=present.refunds(shown),
        due_later=shown.figures.due_at_shop,
        policy=present.policy_of(shown),
        free_until=shown.free_until,
        offer=_offered(offer) if offer else None,
        links=ways(at.context.means, shown),
        held_until=shown.held_until,
        due_now=shown.figures.due_now,
        asking=asking,
        changed=changed,
        movable=movable.open_to_client(shown),
        moved=present.moved(shown),
        kept=shown.figures.kept,
        mine=f"/b/{shown.shop.slug}/my",
    )


def _offered(offer: Preview) -> views.CancelOffer:
    return views.CancelOffer(
        refund=offer.refund,
        kept=offer.kept,
        free=offer.free,
        agreed=str(offer.refund.minor),
    )
