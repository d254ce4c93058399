"""The overview of a shop for its own systems, each figure with its definition."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from bookedbarber import ids
from bookedbarber.api.fields import MoneyOut
from bookedbarber.api.gate import Ctx, Staff
from bookedbarber.api.overview_shapes import (
    AttentionOut,
    AvailableOut,
    AwaitingOut,
    BucketOut,
    FailureRatesOut,
    FailuresOut,
    NextAvailableOut,
    OverviewOut,
    PaceOut,
    ReasonOut,
    ReasonsOut,
    UsualOut,
    VolumeOut,
)
from bookedbarber.api.refusals import KEYED
from bookedbarber.insights import attention, definitions, overview
from bookedbarber.insights.attention import Item, Waiting
from bookedbarber.insights.kinds import Kind
from bookedbarber.insights.overview import Available, Failures, Overview
from bookedbarber.insights.periods import Range
from bookedbarber.insights.usual import Span
from bookedbarber.shops import queries as shops

router = APIRouter(tags=["overview and search"], responses=KEYED)


@router.get("/overview", summary="The overview")
async def get_overview(
    ctx: Ctx,
    staff: Staff,
    range: Annotated[  # noqa: A002 # the parameter's name in the API
        Range,
        Query(description="Today by quarter hours, 7 days or 4 weeks by day, 12 months by week."),
    ] = Range.TODAY,
) -> OverviewOut:
    """Gross volume, pace, failures, what Stripe owes us and what needs attention, each with its
    definition and what is usual. Sums are in the shop's own currency, and days are those of its own
    clock."""
    now = ctx.clock.now()
    async with ctx.means.database.tenant(staff.shop_id) as db:
        shop = await shops.load_shop(db, shop_id=staff.shop_id)
        if shop is None:
            raise LookupError(staff.shop_id)
    zone, code = ZoneInfo(shop.time_zone), shop.currency
    found = await overview.load(
        ctx.means.database, shop_id=shop.shop_id, code=code, zone=zone, range_=range, now=now
    )
    async with ctx.means.database.tenant(staff.shop_id) as db:
        waiting = await attention.load(
            db, shop_id=shop.shop_id, code=code, zone=zone, awaiting=found.awaiting, now=now
        )
    return _shown(found, waiting)


def _shown(found: Overview, waiting: Waiting) -> OverviewOut:
    return OverviewOut(
        as_of=found.now,
        time_zone=found.zone.key,
        range=found.period.range,
        compared_with=found.period.compared_with,
        gross_volume=_volume(found),
        payments_per_hour=PaceOut(
            definition=definitions.PAYMENTS_PER_HOUR,
            payments=found.pace.payments,
            usual=_usual(found.pace.usual),
        ),
        failure_rate=FailureRatesOut(
            definition=definitions.FAILURE_RATE,
            usual_definition=definitions.USUAL_FAILURES,
            last_hour=_failures(found.failures),
            last_day=_failures(found.failures_of_day),
            by_hour=[_failures(hour) for hour in found.failures_by_hour],
        ),
        why_payments_fail=ReasonsOut(
            definition=definitions.WHY_PAYMENTS_FAIL,
            reasons=[
                ReasonOut(decline_code=row.code, attempts=row.attempts) for row in found.reasons
            ],
        ),
        awaiting_stripe=AwaitingOut(
            definition=definitions.AWAITING_STRIPE,
            amount=MoneyOut.of(found.awaiting.amount),
            payments=found.awaiting.payments,
            oldest=found.awaiting.oldest,
        ),
        next_available=NextAvailableOut(
            definition=definitions.NEXT_AVAILABLE,
            next=_available(found.available[0]) if found.available else None,
            days_definition=definitions.AVAILABLE,
            days=[_available(day) for day in found.available],
        ),
        needs_attention_definition=definitions.NEEDS_ATTENTION,
        needs_attention=[_item(item) for item in waiting.items],
        more_needs_attention=waiting.more,
    )


def _volume(found: Overview) -> VolumeOut:
    volume = found.volume
    return VolumeOut(
        definition=definitions.GROSS_VOLUME,
        amount=MoneyOut.of(volume.amount),
        payments=volume.payments,
        before=MoneyOut.of(volume.before),
        change=volume.change,
        buckets=[
            BucketOut(
                since=point.window.since,
                until=point.window.until,
                amount=None if point.amount is None else MoneyOut.of(point.amount),
                before=MoneyOut.of(point.before),
            )
            for point in volume.points
        ],
    )


def _failures(found: Failures) -> FailuresOut:
    return FailuresOut(
        since=found.window.since,
        until=found.window.until,
        failed=found.failed,
        attempts=found.attempts,
        rate=found.rate,
        usual=_usual(found.usual),
    )


def _available(day: Available) -> AvailableOut:
    return AvailableOut(
        day=day.day,
        net=MoneyOut.of(day.net),
        fees=MoneyOut.of(day.fees),
        movements=day.movements,
    )


def _item(item: Item) -> AttentionOut:
    is_refund = item.kind in (Kind.REFUND_CAME_BACK, Kind.REFUND_WAITS)
    is_visit = item.kind is Kind.VISIT_NOT_COMPLETED
    return AttentionOut(
        kind=item.kind,
        since=item.since,
        payment=ids.show("pay", item.about) if item.about and not is_visit else None,
        refund=ids.show("ref", item.id) if item.id and is_refund else None,
        booking=ids.show("apt", item.about) if item.about and is_visit else None,
        amount=None if item.amount is None else MoneyOut.of(item.amount),
        failure=item.failure,
        day=item.day,
        count=item.count,
    )


def _usual(span: Span | None) -> UsualOut | None:
    return None if span is None else UsualOut(low=span.low, high=span.high)
