"""From what the stories say to what the pages show. Translates; decides nothing."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bookedbarber import ids
from bookedbarber.booking.states import AppointmentState, MovedBy
from bookedbarber.checkout import receipt as receipts
from bookedbarber.checkout.receipt import PaymentLine, Receipt, RefundLine
from bookedbarber.money import Money, portion
from bookedbarber.money.shares import Rounding
from bookedbarber.pages import look, views
from bookedbarber.pages.views import (
    BookingState,
    Plan,
    RefundState,
    RefundStep,
    Step,
    Window,
)
from bookedbarber.payments.cards import brand
from bookedbarber.payments.states import Purpose
from bookedbarber.payments.states import RefundState as Stands
from bookedbarber.shops.queries import Shop

WHOLE = 10_000
STANDING = {
    Stands.REQUESTED: RefundState.PENDING,
    Stands.PENDING: RefundState.PENDING,
    Stands.SUCCEEDED: RefundState.DONE,
    Stands.FAILED: RefundState.FAILED,
}
BECAME = {
    AppointmentState.HELD: BookingState.HELD,
    AppointmentState.EXPIRED: BookingState.LOST,
    AppointmentState.CONFIRMED: BookingState.CONFIRMED,
    AppointmentState.ARRIVED: BookingState.ARRIVED,
    AppointmentState.COMPLETED: BookingState.COMPLETED,
    AppointmentState.NO_SHOW: BookingState.NO_SHOW,
    AppointmentState.CANCELLED: BookingState.CANCELLED,
}


def shop(row: Shop) -> views.Shop:
    """The shop a page belongs to."""
    return views.Shop(
        slug=row.slug,
        name=row.name,
        address=row.address,
        zone=row.time_zone,
        locale=row.locale,
        country=row.country,
        phone=row.phone or "",
        sheet=look.sheet_url(row),
        logo=look.logo_url(row),
        accent=look.accent(row),
    )


def policy(row: Shop, *, deposit: Money | None) -> views.Policy:
    """The cancellation policy in words; what is kept late is a share of the deposit."""
    at_stake = deposit is not None and deposit.minor > 0
    return views.Policy(
        free_hours=row.free_cancel_hours,
        late_refund_bp=row.late_refund_basis_points if at_stake else WHOLE,
        version=str(row.terms_version),
        terms=tuple(part for part in row.terms.split("\n\n") if part.strip()),
    )


def visit_policy(
    free_until: datetime, fee: Money, *, starts_at: datetime, now: datetime
) -> views.VisitPolicy:
    """What the policy comes to for one visit, at this moment."""
    window = Window.FREE if now <= free_until else Window.LATE
    return views.VisitPolicy(free_until, fee, Window.BEGUN if now >= starts_at else window)


def policy_of(shown: Receipt) -> views.Policy:
    """The policy of a visit, with the moment until which cancelling it is free."""
    mine = visit_policy(
        shown.free_until, shown.late_fee, starts_at=shown.starts_at, now=shown.as_of
    )
    return replace(policy(shown.shop, deposit=shown.deposit), visit=mine)


def again(shown: Receipt) -> str:
    """Where the same can be booked for another time: nobody chooses twice what they chose."""
    day = shown.starts_at.astimezone(ZoneInfo(shown.shop.time_zone)).date()
    chosen = {
        "service": ids.show("svc", shown.service_id),
        "barber": ids.show("bar", shown.barber_id),
        "day": day.isoformat(),
    }
    return f"/b/{shown.shop.slug}?{urlencode(chosen)}"


def tax(row: Shop, due: Money) -> views.Tax | None:
    """The tax within a price, or on top of it; None where there is none."""
    if not row.tax_basis_points:
        return None
    return views.Tax(row.tax_name, row.tax_basis_points, due, row.tax_included)


def listed(row: Shop, service: Money, due: Money) -> Money:
    """The price as the shop quotes it: with its tax where that is included."""
    return service + due if row.tax_included else service


def visit(shown: Receipt) -> views.Visit:
    """What was booked."""
    minutes = int((shown.ends_at - shown.starts_at).total_seconds()) // 60
    return views.Visit(shown.service, minutes, shown.barber, shown.starts_at)


def refund(line: RefundLine) -> views.Refund:
    """Money returned, or on its way."""
    at = line.settled_at or line.requested_at
    return views.Refund(line.amount, at, STANDING[line.state], steps(line))


def steps(line: RefundLine) -> tuple[Step, ...]:
    """How far a refund is, step by step. When Stripe took it is not kept: that step has no date."""
    asked = [Step(RefundStep.ASKED, done=True, at=line.requested_at)]
    if line.asked_at > line.requested_at:
        asked.append(Step(RefundStep.ASKED_AGAIN, done=True, at=line.asked_at))
    sent = Step(RefundStep.SENT, done=line.state is not Stands.REQUESTED)
    if line.state is Stands.FAILED:
        return (*asked, sent, Step(RefundStep.CAME_BACK, done=True, at=line.settled_at))
    arrived = line.state is Stands.SUCCEEDED
    last = Step(RefundStep.ARRIVED, done=arrived, at=line.settled_at if arrived else None)
    return (*asked, sent, last)


def moved(shown: Receipt) -> views.Moved | None:
    """Where the visit was before its last move."""
    if not shown.moves:
        return None
    last = shown.moves[-1]
    return views.Moved(
        at=last.moved_at,
        from_starts_at=last.from_starts_at,
        from_barber=last.from_barber,
        by_shop=last.moved_by is MovedBy.SHOP,
    )


def refunds(shown: Receipt) -> tuple[views.Refund, ...]:
    """Every refund that stands."""
    return tuple(refund(line) for line in shown.refunds if line.state in STANDING)


def paid(line: PaymentLine) -> views.Paid:
    """One payment received."""
    card = None
    if line.card_brand and line.card_last4:
        card = views.Card(brand(line.card_brand), line.card_last4)
    return views.Paid(line.amount, line.captured_at or line.created_at, plan(line.purpose), card)


def plan(purpose: Purpose) -> Plan:
    """How much is paid at booking."""
    return Plan.DEPOSIT if purpose is Purpose.DEPOSIT else Plan.FULL


def receipt(shown: Receipt, links: views.Links) -> views.ReceiptPage:
    """What was bought, paid and returned."""
    guest = shown.guest or receipts.Guest("", "", None)
    return views.ReceiptPage(
        shop=shop(shown.shop),
        number=shown.number or "",
        issued_at=shown.issued_at or shown.booked_at,
        client=guest.name,
        email=guest.email or "",
        visit=visit(shown),
        state=BECAME[shown.state],
        price=listed(shown.shop, shown.sold.service, shown.sold.tax),
        tax=tax(shown.shop, shown.sold.tax),
        tip=shown.sold.tip,
        total=shown.figures.total,
        paid=tuple(paid(line) for line in shown.collected),
        refunds=refunds(shown),
        due_later=shown.figures.due_at_shop,
        policy=policy_of(shown),
        links=links,
    )


def tips(price: Money, percents: tuple[int, ...]) -> list[tuple[int, Money]]:
    """Tips on offer: shares of the price, to the nearest amount that can be charged."""
    return [(p, portion(price, p * 100, Rounding.HALF_UP)) for p in percents]
