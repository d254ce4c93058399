"""The JSON shapes of payments, refunds and receipts."""

from typing import Literal

from pydantic import Field

from bookedbarber.api.fields import (
    BarberName,
    BasisPoints,
    BookingId,
    BookingStateOut,
    Brand,
    Following,
    Guest,
    Instant,
    Last4,
    MoneyIn,
    MoneyOut,
    PaymentId,
    PaymentStateOut,
    PurposeOut,
    RefundId,
    RefundReasonOut,
    RefundStateOut,
    ServiceName,
    Shape,
    TermsVersion,
    Text,
)
from bookedbarber.lookup import definitions


class PaymentOut(Shape):
    """One amount to collect, and how far it has come."""

    id: PaymentId
    booking: BookingId
    purpose: PurposeOut
    state: PaymentStateOut
    amount: MoneyOut = Field(description="What it collects: service, tax and tip.")
    service: MoneyOut = Field(description="Of that, the price without tax.")
    tax: MoneyOut = Field(description="Of that, the tax.")
    tip: MoneyOut = Field(description="Of that, the tip.")
    refunded: MoneyOut = Field(description="What went back, or was promised to.")
    card_brand: Brand
    card_last4: Last4
    decline_code: str | None = Field(
        description="Why the last attempt failed, in Stripe's words; null unless it did."
    )
    created_at: Instant
    captured_at: Instant | None = Field(description="When the money was collected, UTC.")


class RefundIn(Shape):
    """How much to give back; all that is left when no amount is sent."""

    amount: MoneyIn = Field(None, description="At most what is left of the payment.")
    reason: Literal["requested_by_customer", "duplicate", "goodwill"] = Field(
        "requested_by_customer", description="Why it goes back."
    )
    note: Text = Field("", max_length=500, description="For the shop; the client does not see it.")


class RefundOut(Shape):
    """Money on its way back."""

    id: RefundId
    payment: PaymentId
    state: RefundStateOut
    amount: MoneyOut = Field(description="What goes back: service, tax and tip.")
    service: MoneyOut = Field(description="Of that, from the price without tax.")
    tax: MoneyOut = Field(description="Of that, from the tax.")
    tip: MoneyOut = Field(description="Of that, from the tip.")
    reason: RefundReasonOut
    note: str = Field(description="What was noted for the shop; may be empty.")
    failure: str | None = Field(
        description="Why it came to nothing, in Stripe's words; null unless it did."
    )
    requested_at: Instant
    settled_at: Instant | None = Field(description="When it was sent, or came to nothing, UTC.")


class RefundPageOut(Shape):
    """A page of refunds, newest first."""

    data: list[RefundOut] = Field(description="The refunds.")
    next: Following = Field(
        description="Sent as `before`, it asks for older ones; null on the last."
    )


class ReceiptPaymentOut(Shape):
    """A payment that arrived, as a line of a receipt."""

    id: PaymentId
    purpose: PurposeOut
    amount: MoneyOut = Field(description="What was paid: service, tax and tip.")
    service: MoneyOut = Field(description="Of that, the price without tax.")
    tax: MoneyOut = Field(description="Of that, the tax.")
    tip: MoneyOut = Field(description="Of that, the tip.")
    card_brand: Brand
    card_last4: Last4
    captured_at: Instant | None = Field(description="When the money was collected, UTC.")


class ReceiptRefundOut(Shape):
    """A refund that stands, as a line of a receipt: sent, on its way, or sent back by the bank and
    still owed."""

    id: RefundId
    payment: PaymentId
    state: RefundStateOut
    reason: RefundReasonOut
    amount: MoneyOut = Field(description="What goes back: service, tax and tip.")
    service: MoneyOut = Field(description="Of that, from the price without tax.")
    tax: MoneyOut = Field(description="Of that, from the tax.")
    tip: MoneyOut = Field(description="Of that, from the tip.")
    requested_at: Instant
    settled_at: Instant | None = Field(description="When it was sent, or came to nothing, UTC.")


class ReceiptOut(Shape):
    """What a visit came to, as its receipt says it. The lines of `payments` add up to `paid`, and
    those of `refunds` to `refunded`."""

    number: str | None = Field(description="The receipt's number; null until something was paid.")
    issued_at: Instant | None = Field(description="When something was first paid, UTC.")
    booking: BookingId
    state: BookingStateOut
    shop: str = Field(description="The shop's name.")
    address: str = Field(description="Where it is.")
    service: ServiceName
    barber: BarberName
    starts_at: Instant
    ends_at: Instant
    guest: Guest
    price: MoneyOut = Field(description="With tax, without the tip.")
    tax: MoneyOut = Field(description="The tax that is within the price.")
    tax_name: str = Field(description="What the tax is called: VAT.")
    tax_basis_points: BasisPoints = Field(
        description="The rate the visit was sold at, in basis points: 2000 is 20 %."
    )
    tip: MoneyOut = Field(description="The tip.")
    total: MoneyOut = Field(description=definitions.TOTAL)
    paid: MoneyOut = Field(description=definitions.VISIT_PAID)
    refunded: MoneyOut = Field(description=definitions.VISIT_REFUNDED)
    due_at_shop: MoneyOut = Field(description=definitions.DUE_AT_SHOP)
    terms_version: TermsVersion
    payments: list[ReceiptPaymentOut] = Field(description="The payments that arrived.")
    refunds: list[ReceiptRefundOut] = Field(description="The refunds that stand.")
