"""`/pay/{link}`: one amount, Stripe's card field, and whatever becomes of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bookedbarber import links
from bookedbarber.api.context import READS
from bookedbarber.booking.states import OPEN, AppointmentState
from bookedbarber.checkout import collect, receipt
from bookedbarber.checkout.receipt import PaymentLine, Receipt
from bookedbarber.errors import Unavailable
from bookedbarber.pages import present, render, views
from bookedbarber.pages.context import PAY, House, address, house, ways
from bookedbarber.pages.views import PaymentState
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import Payment
from bookedbarber.payments.states import PaymentState as Stands
from bookedbarber.payments.states import Via
from bookedbarber.processor.errors import ProcessorRefused
from bookedbarber.processor.snapshots import Intent, IntentStatus
from bookedbarber.resilience.limiter import RateLimited, Rule

POLLS: Final = Rule("payment look-ups", limit=12, period=60, burst=3)
KEPT: Final = (*OPEN, AppointmentState.COMPLETED, AppointmentState.NO_SHOW)
# Stripe may know more than we do: none of these is said before it was asked.
UNSURE: Final = (PaymentState.READY, PaymentState.EXPIRED, PaymentState.CANCELLED)


@dataclass(frozen=True, slots=True)
class _Found:
    """A payment and the visit it pays for; `sure` once Stripe was asked about it in this request,
    or has said its last word before."""

    link: str
    payment: Payment
    line: PaymentLine
    shown: Receipt
    sure: bool


async def page(request: Request) -> Response:
    """The payment as it stands now; opens it at Stripe if that has not been done yet."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    found = await _find(request, at)
    state = _state(found, at.context.clock.now())
    if state is PaymentState.READY and found.payment.via is Via.CHECKOUT:
        return await _to_stripe(at, found)
    if state in (PaymentState.READY, PaymentState.PROCESSING):
        return await _collect(request, at, found)
    return _show(at, await _asked(request, at, found))


async def _collect(request: Request, at: House, found: _Found) -> Response:
    """The card field, or what came of it."""
    try:
        intent = await collect.open_intent(
            at.context.means,
            shop_id=found.payment.shop_id,
            payment_id=found.payment.payment_id,
            now=at.context.clock.now(),
        )
    except collect.PaymentClosed:
        return _show(at, await _asked(request, at, await _find(request, at)))
    except (Unavailable, ProcessorRefused):
        return render.page(_view(at, found, _unreached(found), None), at.site)
    if intent.status in collect.SETTLED:
        return await back(request)
    state = _by_intent(intent, _state(found, at.context.clock.now()))
    return render.page(_view(at, found, state, intent), at.site)


async def status(request: Request) -> Response:
    """How the payment stands, in few words; asks Stripe itself now and then."""
    at = house(request)
    found = await _find(request, at)
    try:
        await at.context.limiter.take(POLLS, str(found.payment.payment_id))
        found = await _asked(request, at, found)
    except (RateLimited, Unavailable):
        pass  # asked a moment ago, or not to be counted: what is not sure is said to be so
    return JSONResponse(
        {
            "state": _said(found, at.context.clock.now()),
            "decline": found.payment.decline_code or "",
            "hold_seconds": _seconds_left(found, at.context.clock.now()),
        },
        headers={"Cache-Control": "no-store"},
    )


async def back(request: Request) -> Response:
    """The client comes back from the bank or from Stripe's page: look, then show."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    found = await _asked(request, at, await _find(request, at))
    said = _said(found, at.context.clock.now())
    if said is PaymentState.PAID:
        own = ways(at.context.means, found.shown)
        return RedirectResponse(f"/receipt/{own.receipt}", 303)
    if said is PaymentState.READY and found.payment.via is Via.ELEMENT:
        return RedirectResponse(f"/pay/{found.link}", 303)
    # Not back to Stripe's page by itself: the client may have come to give up.
    return _show(at, found)


def _show(at: House, found: _Found) -> Response:
    """The payment without a way to pay it here."""
    return render.page(_view(at, found, _said(found, at.context.clock.now()), None), at.site)


async def hosted(request: Request) -> Response:
    """Pay on Stripe's own page instead."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    return await _to_stripe(at, await _find(request, at))


async def _to_stripe(at: House, found: _Found) -> Response:
    means, now = at.context.means, at.context.clock.now()
    try:
        there = await collect.open_checkout(
            means,
            shop_id=found.payment.shop_id,
            payment_id=found.payment.payment_id,
            return_url=f"{means.site_url}/pay/{found.link}/return",
            now=now,
        )
    except collect.PaymentClosed:
        return RedirectResponse(f"/pay/{found.link}/return", 303)
    except (Unavailable, ProcessorRefused):
        return render.page(_view(at, found, _unreached(found), None), at.site, status=503)
    if there.url is None or there.status != "open":
        return RedirectResponse(f"/pay/{found.link}/return", 303)
    return RedirectResponse(there.url, 303)


async def _find(request: Request, at: House) -> _Found:
    means = at.context.means
    link = request.path_params["link"]
    shop_id, payment_id = links.open_(means.link_key, PAY, link)
    async with means.database.tenant(shop_id) as db:
        payment = await payments.load_payment(db, shop_id=shop_id, payment_id=payment_id)
    if payment is None:
        raise links.LinkInvalid
    shown = await receipt.load(
        means,
        shop_id=shop_id,
        appointment_id=payment.appointment_id,
        now=at.context.clock.now(),
    )
    return _Found(
        link, payment, _line(shown, payment_id), shown, sure=payment.state in collect.FINAL
    )


def _line(shown: Receipt, payment_id: UUID) -> PaymentLine:
    return next(line for line in shown.payments if line.payment_id == payment_id)


async def _asked(request: Request, at: House, found: _Found) -> _Found:
    """Ask Stripe how the payment stands, unless it has said its last word."""
    if found.sure:
        return found
    try:
        await collect.refresh(
            at.context.means,
            shop_id=found.payment.shop_id,
            payment_id=found.payment.payment_id,
            now=at.context.clock.now(),
        )
    except (Unavailable, ProcessorRefused):
        return found
    return replace(await _find(request, at), sure=True)


def _said(found: _Found, now: datetime) -> PaymentState:
    """What may be said of a payment: nothing that Stripe could know better."""
    state = _state(found, now)
    return PaymentState.CHECKING if state in UNSURE and not found.sure else state


def _unreached(found: _Found) -> PaymentState:
    """What may be said while Stripe cannot be asked: where there is nothing that a client could
    have paid, that nothing was charged."""
    payment = found.payment
    payable = (payment.intent_id, payment.left_intent_id, payment.checkout_id)
    return PaymentState.CHECKING if any(payable) else PaymentState.UNAVAILABLE


def _state(found: _Found, now: datetime) -> PaymentState:
    """Where a payment stands, in the client's terms, by what we know ourselves."""
    visit, payment = found.shown, found.payment
    if payment.state is Stands.CAPTURED:
        if visit.state in KEPT:
            return PaymentState.PAID
        cancelled = visit.state is AppointmentState.CANCELLED
        return PaymentState.CANCELLED if cancelled else PaymentState.LOST
    if visit.state is AppointmentState.CANCELLED:
        return PaymentState.CANCELLED
    if payment.state is Stands.PROCESSING:
        return PaymentState.PROCESSING
    over = visit.state is not AppointmentState.HELD or _seconds_left(found, now) == 0
    return PaymentState.EXPIRED if over or payment.state is Stands.CANCELLED else PaymentState.READY


def _by_intent(intent: Intent, state: PaymentState) -> PaymentState:
    match intent.status:
        case IntentStatus.REQUIRES_ACTION:
            return PaymentState.ACTION
        case IntentStatus.PROCESSING | IntentStatus.SUCCEEDED:
            return PaymentState.PROCESSING
        case _:
            return state


def _seconds_left(found: _Found, now: datetime) -> int:
    until = found.shown.held_until
    return max(0, int((until - now).total_seconds())) if until else 0


def _view(
    at: House, found: _Found, state: PaymentState, intent: Intent | None
) -> views.PaymentPage:
    shown, payment, means = found.shown, found.payment, at.context.means
    back_again = [line for line in shown.refunds if line.payment_id == payment.payment_id]
    standing = [line for line in back_again if line.state in present.STANDING]
    decline = (intent.decline_code if intent else payment.decline_code) or ""
    return views.PaymentPage(
        shop=present.shop(shown.shop),
        visit=present.visit(shown),
        price=present.listed(shown.shop, shown.sold.service, shown.sold.tax),
        tax=present.tax(shown.shop, shown.sold.tax),
        tip=shown.sold.tip,
        due_now=found.line.amount,
        due_later=shown.figures.total - found.line.amount,
        plan=present.plan(payment.purpose),
        policy=present.policy_of(shown),
        state=state,
        links=replace(ways(means, shown), pay=found.link),
        hold_seconds=_seconds_left(found, at.context.clock.now()),
        hold_total=int(means.hold.total_seconds()),
        decline=decline,
        intent=views.Intent(at.publishable_key, intent.client_secret) if intent else None,
        hosted=True,
        closed=payment.state is Stands.CANCELLED,
        captured=payment.state is Stands.CAPTURED,
        refund=present.refund(standing[-1]) if standing else None,
    )
