"""From rows to the shapes of the API."""

from bookedbarber import ids
from bookedbarber.api.fields import MoneyOut
from bookedbarber.api.payment_shapes import (
    PaymentOut,
    ReceiptOut,
    ReceiptPaymentOut,
    ReceiptRefundOut,
    RefundOut,
)
from bookedbarber.api.shapes import BookingOut, CancellationOut, QuoteOut, SlotOut
from bookedbarber.booking.availability import Slot
from bookedbarber.checkout.bookings import Booking
from bookedbarber.checkout.cancel import Preview
from bookedbarber.checkout.quote import Quote
from bookedbarber.checkout.receipt import PaymentLine, Receipt, RefundLine
from bookedbarber.payments.queries import Payment, Refund


def slot(free: Slot) -> SlotOut:
    """A time that can be booked, and who could take it."""
    return SlotOut(
        starts_at=free.starts_at,
        ends_at=free.ends_at,
        local_time=free.label,
        barbers=[ids.show("bar", who) for who in free.barbers],
    )


def payment(row: Payment) -> PaymentOut:
    """One payment."""
    return PaymentOut(
        id=ids.show("pay", row.payment_id),
        booking=ids.show("apt", row.appointment_id),
        purpose=row.purpose,
        state=row.state,
        amount=_money(row.amount, row.currency),
        service=_money(row.service_amount, row.currency),
        tax=_money(row.tax_amount, row.currency),
        tip=_money(row.tip_amount, row.currency),
        refunded=_money(row.refunding, row.currency),
        card_brand=row.card_brand,
        card_last4=row.card_last4,
        decline_code=row.decline_code,
        created_at=row.created_at,
        captured_at=row.captured_at,
    )


def refund(row: Refund) -> RefundOut:
    """One refund."""
    return RefundOut(
        id=ids.show("ref", row.refund_id),
        payment=ids.show("pay", row.payment_id),
        state=row.state,
        amount=_money(row.amount, row.currency),
        service=_money(row.service_amount, row.currency),
        tax=_money(row.tax_amount, row.currency),
        tip=_money(row.tip_amount, row.currency),
        reason=row.reason,
        note=row.note,
        failure=row.failure,
        requested_at=row.requested_at,
        settled_at=row.settled_at,
    )


def booking(
    found: Booking, *, pay_url: str | None = None, manage_url: str | None = None
) -> BookingOut:
    """One appointment with its money."""
    row = found.appointment
    price = row.service_amount + row.tax_amount
    return BookingOut(
        id=ids.show("apt", row.appointment_id),
        state=row.state,
        guest=found.guest,
        service=row.service_name,
        barber=row.barber_name,
        barber_id=ids.show("bar", row.barber_id),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        held_until=row.held_until,
        arrived_at=row.arrived_at,
        walk_in=row.walk_in,
        cancelled_by=row.cancelled_by,
        price=_money(price, row.currency),
        tax=_money(row.tax_amount, row.currency),
        tip=_money(row.tip_amount, row.currency),
        total=_money(price + row.tip_amount, row.currency),
        terms_version=row.terms_version,
        payments=[payment(p) for p in found.payments],
        refunds=[refund(r) for r in found.refunds],
        pay_url=pay_url,
        manage_url=manage_url,
    )


def receipt(shown: Receipt) -> ReceiptOut:
    """What a visit came to."""
    return ReceiptOut(
        number=shown.number,
        issued_at=shown.issued_at,
        booking=ids.show("apt", shown.appointment_id),
        state=shown.state,
        shop=shown.shop.name,
        address=shown.shop.address,
        service=shown.service,
        barber=shown.barber,
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        guest=shown.guest.name if shown.guest else None,
        price=MoneyOut.of(shown.price),
        tax=MoneyOut.of(shown.sold.tax),
        tax_name=shown.shop.tax_name,
        tax_basis_points=shown.tax_basis_points,
        tip=MoneyOut.of(shown.sold.tip),
        total=MoneyOut.of(shown.figures.total),
        paid=MoneyOut.of(shown.figures.paid),
        refunded=MoneyOut.of(shown.figures.refunded),
        due_at_shop=MoneyOut.of(shown.figures.due_at_shop),
        terms_version=shown.terms_version,
        payments=[_paid(line) for line in shown.collected],
        refunds=[_given_back(line) for line in shown.standing],
    )


def _paid(line: PaymentLine) -> ReceiptPaymentOut:
    return ReceiptPaymentOut(
        id=ids.show("pay", line.payment_id),
        purpose=line.purpose,
        amount=MoneyOut.of(line.amount),
        service=MoneyOut.of(line.parts.service),
        tax=MoneyOut.of(line.parts.tax),
        tip=MoneyOut.of(line.parts.tip),
        card_brand=line.card_brand,
        card_last4=line.card_last4,
        captured_at=line.captured_at,
    )


def _given_back(line: RefundLine) -> ReceiptRefundOut:
    return ReceiptRefundOut(
        id=ids.show("ref", line.refund_id),
        payment=ids.show("pay", line.payment_id),
        state=line.state,
        reason=line.reason,
        amount=MoneyOut.of(line.amount),
        service=MoneyOut.of(line.parts.service),
        tax=MoneyOut.of(line.parts.tax),
        tip=MoneyOut.of(line.parts.tip),
        requested_at=line.requested_at,
        settled_at=line.settled_at,
    )


def quote(price: Quote) -> QuoteOut:
    """What a visit costs."""
    return QuoteOut(
        service=MoneyOut.of(price.service),
        tax=MoneyOut.of(price.tax),
        tip=MoneyOut.of(price.tip),
        total=MoneyOut.of(price.total),
        due_now=MoneyOut.of(price.now.total),
        due_later=MoneyOut.of(price.later),
    )


def cancellation(shown: Preview) -> CancellationOut:
    """What cancelling does."""
    return CancellationOut(
        cancelled_by=shown.by,
        free_until=shown.free_until,
        free=shown.free,
        refund=MoneyOut.of(shown.refund),
        kept=MoneyOut.of(shown.kept),
    )


def _money(minor: int, code: str) -> MoneyOut:
    return MoneyOut(amount=minor, currency=code)
