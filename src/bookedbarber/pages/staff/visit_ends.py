"""A visit ends without its work: cancelled, or its client did not come. The sums come first."""

from typing import Final, NamedTuple

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.access.roles import May, NotAllowed
from bookedbarber.api import gate
from bookedbarber.booking.policy import TooLateToCancel
from bookedbarber.booking.states import OPEN, AppointmentState, CancelledBy
from bookedbarber.checkout import cancel, no_show
from bookedbarber.checkout.cancel import RefundChanged
from bookedbarber.errors import Refused
from bookedbarber.money import Currency, Money
from bookedbarber.pages.staff import visit
from bookedbarber.pages.staff.day_words import PROBLEMS
from bookedbarber.pages.staff.forms import new_ticket, text, ticket_key
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.visit import Found
from bookedbarber.pages.staff.visit_view import EndPage, Offer


class _Kind(NamedTuple):
    template: str
    path: str
    said: str


CANCEL: Final = _Kind("staff/cancel_visit.html", "cancel", "cancel")
NO_SHOW: Final = _Kind("staff/no_show.html", "no-show", "no-show")


@room(May.CANCEL)
async def ask_cancel(request: Request, desk: Desk) -> Response:
    """What cancelling would give back, should the client cancel and should the shop.

    Raises NotAllowed when neither may be asked for by this person any more.
    """
    found = await visit.find(request, desk)
    try:
        offers = await _cancellations(desk, found)
    except Refused as refusal:
        return visit.done(desk, found, refusal.code)
    if not offers:
        raise NotAllowed
    return _ask(desk, found, CANCEL, offers)


@room(May.CANCEL)
async def do_cancel(request: Request, desk: Desk) -> Response:
    """Cancel, if what goes back is still what was shown."""
    found, form = await visit.find(request, desk), await request.form()
    by = CancelledBy.CLIENT if text(form, "by") == CancelledBy.CLIENT else CancelledBy.SHOP
    if by is CancelledBy.SHOP and not _may_for_shop(desk, found):
        raise NotAllowed
    expected = _agreed(form, found.shown.figures.total.currency)
    key = ticket_key(desk, form, operation=f"cancel:{found.href}:{by}")
    try:
        await gate.once(
            lambda: cancel.visit(
                desk.house.context.means,
                shop_id=desk.shop_id,
                appointment_id=found.shown.appointment_id,
                by=by,
                expected_refund=expected,
                actor=desk.actor,
                key=key,
                now=desk.now,
            )
        )
    except RefundChanged as changed:
        offers = await _cancellations(desk, found)
        return _ask(desk, found, CANCEL, offers, problem=PROBLEMS[changed.code])
    except Refused as refusal:
        return visit.done(desk, found, refusal.code)
    return visit.done(desk, found, CANCEL.said)


@room(May.WORK_DAY)
async def ask_no_show(request: Request, desk: Desk) -> Response:
    """What noting a no-show would give back."""
    found = await visit.find(request, desk)
    try:
        return _ask(desk, found, NO_SHOW, await _missed(desk, found))
    except Refused as refusal:
        return visit.done(desk, found, refusal.code)


@room(May.WORK_DAY)
async def do_no_show(request: Request, desk: Desk) -> Response:
    """Note that the client did not come, if what goes back is still what was shown."""
    found, form = await visit.find(request, desk), await request.form()
    expected = _agreed(form, found.shown.figures.total.currency)
    key = ticket_key(desk, form, operation=f"no-show:{found.href}")
    try:
        await gate.once(
            lambda: no_show.visit(
                desk.house.context.means,
                shop_id=desk.shop_id,
                appointment_id=found.shown.appointment_id,
                expected_refund=expected,
                actor=desk.actor,
                key=key,
                now=desk.now,
            )
        )
    except RefundChanged as changed:
        offers = await _missed(desk, found)
        return _ask(desk, found, NO_SHOW, offers, problem=PROBLEMS[changed.code])
    except Refused as refusal:
        return visit.done(desk, found, refusal.code)
    return visit.done(desk, found, NO_SHOW.said)


def _ask(
    desk: Desk, found: Found, kind: _Kind, offers: tuple[Offer, ...], *, problem: str = ""
) -> Response:
    shown = visit.view(desk, found)
    page = EndPage(
        template=kind.template,
        title=shown.title,
        visit=shown,
        action=f"{found.href}/{kind.path}",
        ticket=new_ticket(),
        offers=offers,
        problem=problem,
    )
    return desk.page(page, status=409 if problem else 200)


async def _cancellations(desk: Desk, found: Found) -> tuple[Offer, ...]:
    """For the client, as long as the client could; for the shop, as long as this person may."""
    offers = []
    for by in (CancelledBy.CLIENT, CancelledBy.SHOP):
        if by is CancelledBy.SHOP and not _may_for_shop(desk, found):
            continue
        try:
            seen = await cancel.preview(
                desk.house.context.means,
                shop_id=desk.shop_id,
                appointment_id=found.shown.appointment_id,
                by=by,
                now=desk.now,
            )
        except TooLateToCancel:
            continue
        offers.append(Offer(by, seen.refund, seen.kept, str(seen.refund.minor)))
    return tuple(offers)


def _may_for_shop(desk: Desk, found: Found) -> bool:
    """Cancelling for the shop gives everything back: of a visit under way, that is a refund."""
    shown = found.shown
    here = shown.state is AppointmentState.ARRIVED or desk.now >= shown.starts_at
    return desk.may(May.REFUND) or not (shown.state in OPEN and here)


async def _missed(desk: Desk, found: Found) -> tuple[Offer, ...]:
    seen = await no_show.preview(
        desk.house.context.means,
        shop_id=desk.shop_id,
        appointment_id=found.shown.appointment_id,
        now=desk.now,
    )
    return (Offer("", seen.refund, seen.kept, str(seen.refund.minor)),)


def _agreed(form: FormData, code: Currency) -> Money:
    """The sum somebody was shown; of a form that somebody changed, one that was shown to nobody."""
    agreed = text(form, "agreed")
    fine = agreed.isascii() and agreed.isdecimal() and len(agreed) < 19
    return Money(int(agreed) if fine else -1, code)


_BASE: Final = "/desk/{shop}/visits/{visit}"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", f"{_BASE}/cancel", ask_cancel),
    ("POST", f"{_BASE}/cancel", do_cancel),
    ("GET", f"{_BASE}/no-show", ask_no_show),
    ("POST", f"{_BASE}/no-show", do_no_show),
)
