"""`…/visits/{visit}/refund`: how much of one payment goes back and why, asked once."""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bookedbarber import ids
from bookedbarber.access.roles import May
from bookedbarber.api import gate
from bookedbarber.checkout import refund, sending
from bookedbarber.checkout.receipt import PaymentLine
from bookedbarber.checkout.refund import PaymentUnknown, RefundExceedsPayment, RefundIsNothing
from bookedbarber.errors import Refused
from bookedbarber.money import Money
from bookedbarber.pages import amounts
from bookedbarber.pages.formats import typed
from bookedbarber.pages.staff import visit
from bookedbarber.pages.staff.day_words import PROBLEM_OTHER, PROBLEMS, REASONS, REFUNDED
from bookedbarber.pages.staff.forms import new_ticket, spoken, text, ticket_key
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.pages.staff.visit import Found
from bookedbarber.pages.staff.visit_view import RefundPage
from bookedbarber.payments.states import RefundReason, RefundState

LONGEST_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class _Typed:
    """A form as it was filled in."""

    amount: str
    reason: RefundReason
    note: str
    ticket: str


@room(May.REFUND)
async def ask(request: Request, desk: Desk) -> Response:
    """How much, and why."""
    found = await visit.find(request, desk)
    line = _line(found, request.query_params.get("payment", ""))
    left = visit.left_of(found.shown, line)
    amount = typed(left, spoken(desk))
    first = _Typed(amount, RefundReason.REQUESTED_BY_CUSTOMER, "", new_ticket())
    return desk.page(_view(desk, found, line, first))


@room(May.REFUND)
async def give_back(request: Request, desk: Desk) -> Response:
    """Say once what will happen; then, when that was agreed to, do it."""
    found, form = await visit.find(request, desk), await request.form()
    line = _line(found, request.query_params.get("payment", ""))
    filled = _filled(form)
    try:
        amount = _amount(line, filled)
        if text(form, "do") != "refund":
            if amount > visit.left_of(found.shown, line):
                raise RefundExceedsPayment
            return desk.page(_view(desk, found, line, filled, asking=amount))
        # What is left is for the story to say: a second press finds its refund made already.
        state = await _issue(desk, line, amount, filled, form)
    except Refused as refusal:
        told = spoken(desk).say(PROBLEMS.get(refusal.code, PROBLEM_OTHER))
        problems = {"amount": told}
        page = _view(desk, found, line, filled, problems=problems)
        return desk.page(page, status=422)
    return visit.done(desk, found, REFUNDED[state])


def _line(found: Found, payment: str) -> PaymentLine:
    """The payment an address names, of those of the visit. Raises PaymentUnknown."""
    for line in found.shown.collected:
        if ids.show("pay", line.payment_id) == payment:
            return line
    raise PaymentUnknown


def _filled(form: FormData) -> _Typed:
    reasons = {reason.value: reason for reason in REASONS}
    return _Typed(
        amount=text(form, "amount"),
        reason=reasons.get(text(form, "reason"), RefundReason.REQUESTED_BY_CUSTOMER),
        note=text(form, "note")[:LONGEST_NOTE],
        ticket=text(form, "ticket") or new_ticket(),
    )


def _amount(line: PaymentLine, filled: _Typed) -> Money:
    """What was typed. Raises the refusals of `amounts.read`, and RefundIsNothing."""
    amount = amounts.read(filled.amount, line.amount.currency)
    if amount.minor <= 0:
        raise RefundIsNothing
    return amount


async def _issue(
    desk: Desk, line: PaymentLine, amount: Money, filled: _Typed, form: FormData
) -> RefundState:
    """Promise the refund and send it; how it stands then."""
    means = desk.house.context.means
    key = ticket_key(desk, form, operation=f"refund:{line.payment_id}")
    made = await gate.once(
        lambda: refund.issue(
            means,
            shop_id=desk.shop_id,
            payment_id=line.payment_id,
            amount=amount,
            reason=filled.reason,
            note=filled.note,
            actor=desk.actor,
            key=key,
            now=desk.now,
        )
    )
    return await sending.send_now(means, shop_id=desk.shop_id, refund_id=made, now=desk.now)


def _view(
    desk: Desk,
    found: Found,
    line: PaymentLine,
    filled: _Typed,
    *,
    asking: Money | None = None,
    problems: dict[str, str] | None = None,
) -> RefundPage:
    shown, say = visit.view(desk, found), spoken(desk).say
    return RefundPage(
        title=shown.title,
        visit=shown,
        payment=visit.paid(desk, found, line),
        action=f"{found.href}/refund?payment={ids.show('pay', line.payment_id)}",
        ticket=filled.ticket,
        amount=filled.amount,
        reason=filled.reason,
        reasons=tuple((reason.value, say(word)) for reason, word in REASONS.items()),
        why=say(REASONS[filled.reason]),
        note=filled.note,
        asking=asking,
        problems=problems or {},
    )


_ADDRESS: Final = "/desk/{shop}/visits/{visit}/refund"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", _ADDRESS, ask),
    ("POST", _ADDRESS, give_back),
)
