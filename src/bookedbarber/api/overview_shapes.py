"""The JSON shapes of the overview, each figure with its definition."""

from datetime import date
from typing import Annotated

from pydantic import Field

from bookedbarber.api.fields import (
    BasisPoints,
    BookingId,
    Instant,
    MoneyOut,
    PaymentId,
    RefundId,
    Shape,
    Zone,
)
from bookedbarber.insights.kinds import Kind
from bookedbarber.insights.periods import Range

Definition = Annotated[str, Field(description="What the figure means, in words.")]
Since = Annotated[Instant, Field(description="From when, UTC.")]
Until = Annotated[Instant, Field(description="Until when, UTC.")]
Payments = Annotated[int, Field(description="How many payments.")]


class UsualOut(Shape):
    """From the lowest to the highest that is usual, in the unit of what it is usual for."""

    low: int = Field(description="The lowest.")
    high: int = Field(description="The highest.")


class BucketOut(Shape):
    """One bucket of the volume."""

    since: Since
    until: Until
    amount: MoneyOut | None = Field(description="Null while it is still to come.")
    before: MoneyOut = Field(description="The bucket it is compared with.")


class VolumeOut(Shape):
    """What was captured in the range, and in the one before up to the same time."""

    definition: Definition
    amount: MoneyOut = Field(description="In the range, up to now.")
    payments: Payments
    before: MoneyOut = Field(description="In the range before, up to the same time.")
    change: BasisPoints | None = Field(
        description="In basis points: 340 is 3.4 %. Null when there was nothing before."
    )
    buckets: list[BucketOut] = Field(description="In the order of time.")


class PaceOut(Shape):
    """Payments in the last hour."""

    definition: Definition
    payments: Payments
    usual: UsualOut | None = Field(description="In payments; null while too little is known.")


class FailuresOut(Shape):
    """A failure rate."""

    since: Since
    until: Until
    failed: int = Field(description="How many attempts failed.")
    attempts: int = Field(description="How many there were.")
    rate: BasisPoints | None = Field(
        description="In basis points: 340 is 3.4 %. Null when nobody tried."
    )
    usual: UsualOut | None = Field(description="In basis points; null while too little is known.")


class FailureRatesOut(Shape):
    """The failure rate of the last hour, of the last day, and hour by hour."""

    definition: Definition
    usual_definition: Definition = Field(description="What the usual range means, in words.")
    last_hour: FailuresOut = Field(description="The last hour.")
    last_day: FailuresOut = Field(description="The last 24 hours.")
    by_hour: list[FailuresOut] = Field(description="Hour by hour.")


class ReasonOut(Shape):
    """How often a bank gave a reason."""

    decline_code: str = Field(description="The reason, in Stripe's words.")
    attempts: int = Field(description="How many attempts.")


class ReasonsOut(Shape):
    """Why payments fail."""

    definition: Definition
    reasons: list[ReasonOut] = Field(description="The most frequent first.")


class AwaitingOut(Shape):
    """Captured, and Stripe has not told us of the movement."""

    definition: Definition
    amount: MoneyOut = Field(description="How much.")
    payments: Payments
    oldest: Instant | None = Field(description="Since when the oldest waits, UTC.")


class AvailableOut(Shape):
    """What becomes available at Stripe on a day."""

    day: date = Field(description="The day in UTC.")
    net: MoneyOut = Field(description="What becomes available, below zero where more goes back.")
    fees: MoneyOut = Field(description="What Stripe kept.")
    movements: int = Field(description="Of how many movements.")


class NextAvailableOut(Shape):
    """What becomes available next."""

    definition: Definition
    next: AvailableOut | None = Field(description="Null when nothing is on its way.")
    days_definition: Definition
    days: list[AvailableOut] = Field(description="Day by day, the next first.")


class AttentionOut(Shape):
    """One thing that somebody should look at."""

    kind: Kind = Field(description="What it is.")
    since: Instant
    payment: PaymentId | None = Field(description="The payment it is about: `pay_…`.")
    refund: RefundId | None = Field(description="The refund it is about: `ref_…`.")
    booking: BookingId | None = Field(description="The booking it is about: `apt_…`.")
    amount: MoneyOut | None = Field(description="How much it is about.")
    failure: str | None = Field(description="Why a refund came back, in Stripe's words.")
    day: date | None = Field(description="In shop time, for visits that are not completed.")
    count: int = Field(description="How many of the same.")


class OverviewOut(Shape):
    """What a shop's money is doing, as of `as_of`."""

    as_of: Instant
    time_zone: Zone
    range: Range = Field(description="As it was asked for.")
    compared_with: date = Field(description="The day, or the first of the days, compared with.")
    gross_volume: VolumeOut
    payments_per_hour: PaceOut
    failure_rate: FailureRatesOut
    why_payments_fail: ReasonsOut
    awaiting_stripe: AwaitingOut
    next_available: NextAvailableOut
    needs_attention_definition: Definition
    needs_attention: list[AttentionOut] = Field(
        description="The most pressing first, and of each kind the oldest fifty."
    )
    more_needs_attention: bool = Field(description="Whether a kind has more than fifty.")
