"""What a shop's own systems look up with an API key: payments by filter, as JSON or as a file, one
payment's story, and search."""

from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from bookedbarber import ids
from bookedbarber.api import lookup_present as present
from bookedbarber.api import present as plain
from bookedbarber.api.context import Context
from bookedbarber.api.fields import PaymentPath
from bookedbarber.api.gate import Ctx, Staff
from bookedbarber.api.lookup_shapes import (
    BreakdownOut,
    EntriesOut,
    EvidenceOut,
    PaymentPageOut,
    SearchOut,
    TimelineOut,
)
from bookedbarber.api.payment_shapes import PaymentOut
from bookedbarber.api.refusals import KEYED, refuses
from bookedbarber.checkout.refund import PaymentUnknown
from bookedbarber.lookup import export, filters, listing, one_payment, search
from bookedbarber.lookup.filters import FilterInvalid, Name, PaymentFilter, Wrong
from bookedbarber.lookup.listing import Look
from bookedbarber.lookup.one_payment import OnePayment
from bookedbarber.lookup.words import Status
from bookedbarber.money import currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import Purpose
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop

router = APIRouter(tags=["payments"], responses=KEYED)
finding = APIRouter(tags=["overview and search"], responses=KEYED)
CSV: Final = "text/csv; charset=utf-8"
_DAY: Final = {"type": "string", "format": "date"}
_AMOUNT: Final = {"type": "string", "examples": ["45.00"]}
_SAID: Final[dict[Name, tuple[str, dict[str, Any]]]] = {
    Name.STATE: ("How it stands.", {"type": "string", "enum": list(Status)}),
    Name.PURPOSE: ("What it collects.", {"type": "string", "enum": list(Purpose)}),
    Name.BARBER: ("Whose visit it is for: `bar_…`.", {"type": "string"}),
    Name.SERVICE: ("What it is for: `svc_…`.", {"type": "string"}),
    Name.FROM: ("Begun on this day of the shop's clock, or later.", _DAY),
    Name.TO: ("Begun on this day of the shop's clock, or earlier.", _DAY),
    Name.MIN: ("At least this amount, in major units of the shop's currency.", _AMOUNT),
    Name.MAX: ("At most this amount, in major units of the shop's currency.", _AMOUNT),
    Name.TERM: (
        (
            "A payment's id or its beginning, a booking's or refund's id, Stripe's id of the "
            "intent, charge or refund, the last four digits of the card, an exact amount, or the "
            "client's whole e-mail address."
        ),
        {"type": "string"},
    ),
}
# Read together by `filters`, which knows them by these names; told to OpenAPI here.
FILTERS: Final[dict[str, Any]] = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "description": said, "schema": schema}
        for name, (said, schema) in _SAID.items()
    ]
}


async def _shop(ctx: Context, shop_id: UUID) -> Shop:
    async with ctx.means.database.tenant(shop_id) as db:
        shop = await shops.load_shop(db, shop_id=shop_id)
    if shop is None:
        raise LookupError(shop_id)
    return shop


def _look(shop: Shop, asked: PaymentFilter) -> Look:
    return Look(shop.shop_id, ZoneInfo(shop.time_zone), shop.currency, asked)


def _asked(shop: Shop, request: Request, *beside: str) -> Look:
    """What the address asks for. Raises FilterInvalid."""
    given = request.query_params.multi_items()
    return _look(shop, filters.read(given, currency(shop.currency), beside=beside).sound())


@router.get(
    "/payments",
    openapi_extra=FILTERS,
    summary="Payments, by filters",
    responses=refuses("filter_invalid"),
)
async def list_payments(
    request: Request,
    ctx: Ctx,
    staff: Staff,
    *,
    before: Annotated[str | None, Query(description="`next` of another page.")] = None,
    after: Annotated[str | None, Query(description="`previous` of another page.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="At most how many on a page.")] = 25,
) -> PaymentPageOut:
    """The shop's payments that match every filter sent, newest first. A filter that is unknown or
    cannot be read is refused as `filter_invalid`."""
    look = _asked(await _shop(ctx, staff.shop_id), request, "before", "after", "limit")
    if before and after:
        raise FilterInvalid([Wrong("after", after, "Send `before` or `after`, not both.")])
    page = await listing.page(
        ctx.means,
        look,
        size=limit,
        before=ids.parse("pay", before) if before else None,
        after=ids.parse("pay", after) if after else None,
    )
    return PaymentPageOut(
        data=[present.listed(one) for one in page.payments],
        next=ids.show("pay", page.older) if page.older else None,
        previous=ids.show("pay", page.newer) if page.newer else None,
    )


@router.get(
    "/payments/export",
    openapi_extra=FILTERS,
    response_class=StreamingResponse,
    responses={
        **refuses("filter_invalid", "column_unknown"),
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
    },
    summary="Payments as a CSV file",
)
async def export_payments(
    request: Request,
    ctx: Ctx,
    staff: Staff,
    columns: Annotated[
        list[str] | None,
        Query(description=f"Which columns, of: {', '.join(export.BY_KEY)}."),
    ] = None,
) -> StreamingResponse:
    """Every payment that matches, as CSV (RFC 4180), newest first. Times are the shop's own with
    their offset, and amounts plain decimals. Leaves its event in the audit trail."""
    shop, now = await _shop(ctx, staff.shop_id), ctx.clock.now()
    look = _asked(shop, request, "columns")
    lines = export.rows(ctx.means, look, export.chosen(columns or ()), actor=staff.actor, now=now)
    name = export.file_name(look, shop.slug, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=CSV, headers=headers)


@router.get("/payments/{payment}", summary="One payment", responses=refuses("payment_unknown"))
async def payment(payment: PaymentPath, ctx: Ctx, staff: Staff) -> PaymentOut:
    """One payment: how far it has come, its parts, and what was refunded of it."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        row = await payments.load_payment(
            db, shop_id=staff.shop_id, payment_id=ids.parse("pay", payment)
        )
    if row is None:
        raise PaymentUnknown
    return plain.payment(row)


async def _whole(payment: str, ctx: Context, shop_id: UUID) -> OnePayment:
    return await one_payment.load(ctx.means, shop_id=shop_id, payment_id=ids.parse("pay", payment))


@router.get(
    "/payments/{payment}/timeline",
    summary="What happened to a payment",
    responses=refuses("payment_unknown"),
)
async def payment_timeline(payment: PaymentPath, ctx: Ctx, staff: Staff) -> TimelineOut:
    """What happened to a payment, its booking and its refunds."""
    whole = await _whole(payment, ctx, staff.shop_id)
    return TimelineOut(payment=payment, data=[present.step(one) for one in whole.timeline])


@router.get(
    "/payments/{payment}/entries",
    summary="A payment in the books",
    responses=refuses("payment_unknown"),
)
async def payment_entries(payment: PaymentPath, ctx: Ctx, staff: Staff) -> EntriesOut:
    """The entries that booked a payment, its refunds and its visit."""
    whole = await _whole(payment, ctx, staff.shop_id)
    return EntriesOut(payment=payment, data=[present.entry(one) for one in whole.entries])


@router.get(
    "/payments/{payment}/breakdown",
    summary="What is left of a payment",
    responses=refuses("payment_unknown"),
)
async def payment_breakdown(payment: PaymentPath, ctx: Ctx, staff: Staff) -> BreakdownOut:
    """From what was paid to what is left of it, and what is still waited for."""
    return present.breakdown(payment, (await _whole(payment, ctx, staff.shop_id)).breakdown)


@router.get(
    "/payments/{payment}/evidence",
    summary="Who agreed to which terms",
    responses=refuses("payment_unknown"),
)
async def payment_evidence(payment: PaymentPath, ctx: Ctx, staff: Staff) -> EvidenceOut:
    """Who agreed to which terms, when and from where."""
    return present.evidence(payment, (await _whole(payment, ctx, staff.shop_id)).evidence)


@finding.get("/search", summary="Search everything", responses=refuses("search_term_unreadable"))
async def search_all(
    ctx: Ctx,
    staff: Staff,
    q: Annotated[
        str, Query(max_length=254, description="What somebody has in hand.", examples=["4242"])
    ],
) -> SearchOut:
    """Payments, bookings, refunds, the client behind an address, barbers and services, found by an
    id, an address, four digits, an amount or a name of the shop's own."""
    look = _look(await _shop(ctx, staff.shop_id), PaymentFilter())
    return present.found(await search.find(ctx.means, look, q))
