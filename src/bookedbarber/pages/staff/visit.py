"""`/desk/{shop}/visits/{visit}`: one visit, and the acts that need no question first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber import ids
from bookedbarber.access.roles import May, NotAllowed
from bookedbarber.checkout import arrive, complete, receipt
from bookedbarber.checkout.day import Verb, verbs
from bookedbarber.checkout.receipt import PaymentLine, Receipt, RefundLine
from bookedbarber.errors import Refused
from bookedbarber.money import Money, total
from bookedbarber.pages import present
from bookedbarber.pages.staff.day import state_of
from bookedbarber.pages.staff.day_view import State
from bookedbarber.pages.staff.day_words import BY, VERBS, WHY, said
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.visit_view import Paid, Press, Refunded, Sums, VisitPage
from bookedbarber.payments.states import Purpose

# In the order in which they stand, with what each takes; the first that is there stands out.
ORDER: Final = (
    (Verb.CHECK_IN, May.WORK_DAY),
    (Verb.COMPLETE, May.WORK_DAY),
    (Verb.MOVE, May.MOVE),
    (Verb.NO_SHOW, May.WORK_DAY),
    (Verb.CANCEL, May.CANCEL),
    (Verb.UNDO_CHECK_IN, May.WORK_DAY),
)
AT_ONCE: Final = frozenset({Verb.CHECK_IN, Verb.COMPLETE, Verb.UNDO_CHECK_IN})
Act = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Found:
    """A visit that this person may see."""

    shown: Receipt
    href: str

    @property
    def day(self) -> str:
        """The day it is on, by the shop's clock."""
        zone = ZoneInfo(self.shown.shop.time_zone)
        return self.shown.starts_at.astimezone(zone).date().isoformat()


@room(May.SEE_DAY)
async def page(request: Request, desk: Desk) -> Response:
    """Everything about one visit."""
    found = await find(request, desk)
    given = request.query_params
    told, to_day = said(given.get("said", "")), given.get("back") == "day"
    return desk.page(view(desk, found, told=told, to_day=to_day))


async def find(request: Request, desk: Desk) -> Found:
    """The visit of an address. Raises AppointmentUnknown; NotAllowed for another barber's."""
    appointment_id = ids.parse("apt", request.path_params["visit"])
    shown = await receipt.load(
        desk.house.context.means,
        shop_id=desk.shop_id,
        appointment_id=appointment_id,
        now=desk.now,
    )
    if desk.only_barber not in (None, shown.barber_id):
        raise NotAllowed
    return Found(shown, f"{desk.base}/visits/{request.path_params['visit']}")


def _act(verb: Verb, act: Act) -> Handler:
    """The door of an act that needs no question: done, and back to where it was pressed."""

    @room(May.WORK_DAY)
    async def press(request: Request, desk: Desk) -> Response:
        found = await find(request, desk)
        try:
            await act(
                desk.house.context.means,
                shop_id=desk.shop_id,
                appointment_id=found.shown.appointment_id,
                actor=desk.actor,
                now=desk.now,
            )
        except Refused as refusal:
            return done(desk, found, refusal.code)
        form = await request.form()
        return done(desk, found, verb, to_day=form.get("back") == "day")

    return press


def done(desk: Desk, found: Found, what: str, *, to_day: bool = False) -> Response:
    """On to the visit, or to its day, which says what was done or why it was not."""
    if to_day:
        shown = ids.show("apt", found.shown.appointment_id)
        return RedirectResponse(f"{desk.base}/day?date={found.day}&said={quote(what)}#{shown}", 303)
    return RedirectResponse(f"{found.href}?said={quote(what)}", 303)


def view(desk: Desk, found: Found, *, told: State | None = None, to_day: bool = False) -> VisitPage:
    """A visit as its page shows it."""
    shown, sums = found.shown, found.shown.figures
    guest = shown.guest or receipt.Guest("", None, None)
    return VisitPage(
        title=guest.name or shown.service,
        id=ids.show("apt", shown.appointment_id),
        href=found.href,
        live=f"{found.href}?back=day" if to_day else found.href,
        to_day=to_day,
        day=found.day,
        guest=guest.name,
        email=guest.email or "",
        phone=guest.phone or "",
        service=shown.service,
        barber=shown.barber,
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        zone=shown.shop.time_zone,
        state=state_of(shown.state, shown.starts_at, desk.now),
        walk_in=shown.walk_in,
        booked_at=shown.booked_at,
        arrived_at=shown.arrived_at,
        closed_at=shown.closed_at,
        cancelled=BY[shown.cancelled_by] if shown.cancelled_by else "",
        sums=Sums(
            price=shown.price,
            tip=shown.sold.tip,
            total=sums.total,
            paid=sums.paid,
            refunded=sums.refunded,
            due=sums.due_at_shop,
        ),
        payments=tuple(paid(desk, found, line) for line in shown.collected),
        refunds=tuple(_refunded(line) for line in shown.standing),
        presses=_presses(desk, found),
        said=told,
    )


def left_of(shown: Receipt, line: PaymentLine) -> Money:
    """What of a payment could still go back."""
    gone = (r.amount for r in shown.standing if r.payment_id == line.payment_id)
    return line.amount - total(gone, line.amount.currency)


def paid(desk: Desk, found: Found, line: PaymentLine) -> Paid:
    """A payment, and where it can be given back."""
    left, shown = left_of(found.shown, line), ids.show("pay", line.payment_id)
    can = left.minor and desk.may(May.REFUND)
    return Paid(
        id=shown,
        amount=line.amount,
        at=line.captured_at or line.created_at,
        card=present.paid(line).card,
        deposit=line.purpose is Purpose.DEPOSIT,
        left=left,
        refund=f"{found.href}/refund?payment={shown}" if can else "",
    )


def _refunded(line: RefundLine) -> Refunded:
    return Refunded(
        amount=line.amount,
        at=line.settled_at or line.requested_at,
        state=present.STANDING[line.state],
        why=WHY[line.reason],
        note=line.note,
    )


def _presses(desk: Desk, found: Found) -> tuple[Press, ...]:
    shown = found.shown
    now_allowed = verbs(
        shown.state,
        starts_at=shown.starts_at,
        zone=shown.shop.time_zone,
        now=desk.now,
    )
    offered = [verb for verb, act in ORDER if verb in now_allowed and desk.may(act)]
    if desk.now >= shown.starts_at and not desk.may(May.REFUND):
        # Cancelling what has begun gives everything back: for whoever may do that.
        offered = [verb for verb in offered if verb is not Verb.CANCEL]
    due = shown.figures.due_at_shop
    return tuple(
        Press(
            verb,
            *VERBS[verb],
            f"{found.href}/{verb}",
            post=verb in AT_ONCE,
            main=number == 0,
            owed=due if verb is Verb.COMPLETE and due.minor else None,
        )
        for number, verb in enumerate(offered)
    )


_BASE: Final = "/desk/{shop}/visits/{visit}"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", _BASE, page),
    ("POST", f"{_BASE}/check-in", _act(Verb.CHECK_IN, arrive.check_in)),
    ("POST", f"{_BASE}/undo-check-in", _act(Verb.UNDO_CHECK_IN, arrive.undo)),
    ("POST", f"{_BASE}/complete", _act(Verb.COMPLETE, complete.visit)),
)
