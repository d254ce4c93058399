"""`/pay/{link}`: one amount, Stripe's card field, and whatever becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bookedbarber import links
from bookedbarber.api.context import READS
from bookedbarber.booking.states import AppointmentState
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

LOOK_UP: Final = Rule("payment look-ups", limit=12, period=60, burst=3)
KEPT: Final = (AppointmentState.CONFIRMED, AppointmentState.COMPLETED)
# Stripe may know more than we do; a client may have paid in the last second of the hold.
UNSURE: Final = (PaymentState.READY, PaymentState.PROCESSING, PaymentState.EXPIRED)


@dataclass(frozen=True, slots=True)
class _Found:
    """A payment and the visit it pays for."""

    link: str
    payment: Payment
    line: PaymentLine
    shown: Receipt


async def page(request: Request) -> Response:
    """The payment as it stands now; opens it at Stripe if that has not been done yet."""
    at = house(request)
    await at.context.limiter.take(READS, address(request))
    found = await _find(request, at)
    intent: Intent | None = None
    state = _state(found, at.context.clock.now())
    if state is PaymentState.EXPIRED:
        found = await _look_up(request, at, found)
        state = _state(found, at.context.clock.now())
    if state is PaymentState.READY and found.payment.via is Via.CHECKOUT:
        return await _to_stripe(at, found)
    if state in (PaymentState.READY, PaymentState.PROCESSING):
        try:
            intent = await collect.open_intent(
                at.context.means,
                shop_id=found.payment.shop_id,
                payment_id=found.payment.payment_id,
                now=at.context.clock.now(),
            )
            state = _by_intent(intent, state)
        except collect.PaymentClosed:
            found = await _find(request, at)
            state = _state(found, at.context.clock.now())
        except (Unavailable, ProcessorRefused):
            state = PaymentState.UNAVAILABLE
    if intent is not None and intent.status is IntentStatus.SUCCEEDED:
        return await back(request)
    return render.page(_view(at, found, state, intent), at.site)


async def status(request: Request) -> Response:
    """How the payment stands, in few words; asks Stripe itself now and then."""
    at = house(request)
    found = await _find(request, at)
    state = _state(found, at.context.clock.now())
    if state in UNSURE:
        found = await _look_up(request, at, found)
        state = _state(found, at.context.clock.now())
    return JSONResponse(
        {
            "state": state,
            "decline": found.payment.decline_code or "",
            "hold_seconds": _seconds_left(found, at.context.clock.now()),
        },
        headers={"Cache-Control": "no-store"},
    )


async def back(request: Request) -> Response:
    """The client comes back from the bank or from Stripe's page: look, then show."""
    at = house(request)
    found = await _look_up(request, at, await _find(request, at))
    if _state(found, at.context.clock.now()) is PaymentState.PAID:
        own = ways(at.context.means, found.payment.shop_id, found.shown.appointment_id)
        return RedirectResponse(f"/receipt/{own.receipt}", 303)
    if found.payment.via is Via.CHECKOUT:
        # Not back to Stripe's page by itself: the client may have come to give up.
        state = _state(found, at.context.clock.now())
        return render.page(_view(at, found, state, None), at.site)
    return RedirectResponse(f"/pay/{found.link}", 303)


async def hosted(request: Request) -> Response:
    """Pay on Stripe's own page instead."""
    at = house(request)
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
        return render.page(_view(at, found, PaymentState.UNAVAILABLE, None), at.site, status=503)
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
    return _Found(link, payment, _line(shown, payment_id), shown)


def _line(shown: Receipt, payment_id: UUID) -> PaymentLine:
    return next(line for line in shown.payments if line.payment_id == payment_id)


async def _look_up(request: Request, at: House, found: _Found) -> _Found:
    """Ask Stripe how the payment stands, unless it is closed or was asked a moment ago."""
    if found.payment.state in collect.FINAL:
        return found
    try:
        await at.context.limiter.take(LOOK_UP, str(found.payment.payment_id))
        await collect.refresh(
            at.context.means,
            shop_id=found.payment.shop_id,
            payment_id=found.payment.payment_id,
            now=at.context.clock.now(),
        )
    except (RateLimited, Unavailable):
        return found
    return await _find(request, at)


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
    if visit.state is not AppointmentState.HELD or _seconds_left(found, now) == 0:
        return PaymentState.EXPIRED
    return PaymentState.READY


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
        policy=present.policy(shown.shop, deposit=shown.deposit),
        state=state,
        links=ways(means, payment.shop_id, shown.appointment_id, pay=found.link),
        hold_seconds=_seconds_left(found, at.context.clock.now()),
        hold_total=int(means.hold.total_seconds()),
        decline=decline,
        intent=views.Intent(at.publishable_key, intent.client_secret) if intent else None,
        hosted=True,
        refund=present.refund(standing[-1]) if standing else None,
    )
