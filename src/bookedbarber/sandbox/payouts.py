"""Payouts: manual ones, from what is available to the account's bank."""

from typing import Any

from bookedbarber.sandbox import balance, events, money
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import integer, metadata, one_of, params, required, text
from bookedbarber.sandbox.store import Object

CREATE = params(
    amount=required(integer(least=1)),
    currency=required(text()),
    description=text(),
    metadata=metadata(),
    method=one_of("standard", unplayed="instant"),
    source_type=one_of("card", unplayed="bank_account fpx"),
    statement_descriptor=text(longest=22),
    refused="destination payout_method",
).plus(EXPAND)
UPDATE = params(metadata=metadata()).plus(EXPAND)
RETRIEVE = EXPAND
CANCEL = EXPAND
LIST = listing(
    created=CREATED,
    status=one_of("canceled", "failed", "in_transit", "paid", "pending"),
    refused="arrival_date destination",
)

_DAY = 86400


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Send available funds to the bank; they arrive the next day."""
    currency = money.currency(asked["currency"])
    money.check_payout(asked["amount"], currency)
    balance.require_available(ctx, asked["amount"], currency)
    payout: Object = {
        "id": ctx.new_id("payout"),
        "object": "payout",
        "amount": asked["amount"],
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": ctx.now - ctx.now % _DAY + _DAY,
        "automatic": False,
        "balance_transaction": None,
        "created": ctx.now,
        "currency": currency,
        "description": asked.get("description"),
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": merge_metadata({}, asked.get("metadata")),
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": asked.get("statement_descriptor"),
        "status": "pending",
        "trace_id": None,
        "type": "bank_account",
    }
    moved = balance.record(
        ctx,
        "payout",
        source=payout["id"],
        moved=balance.Settled(-payout["amount"], currency),
        description=payout["description"] or "STRIPE PAYOUT",
    )
    payout["balance_transaction"] = moved["id"]
    ctx.save(payout)
    ctx.later(payout["arrival_date"] - ctx.moment, "payout.arrive", payout["id"])
    events.emit(ctx, "payout.created", payout)
    return payout


def arrive(ctx: Context, payout_id: str) -> None:
    """The bank has it."""
    before = ctx.known(payout_id)
    if before["status"] == "pending":
        after = copy(before) | {"status": "paid"}
        events.update(ctx, "payout.paid", before, after)


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One payout."""
    return ctx.find("payout", asked["id"])


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change metadata."""
    before = ctx.find("payout", asked["id"])
    merged = merge_metadata(before["metadata"], asked.get("metadata", {}))
    return events.update(ctx, "payout.updated", before, copy(before) | {"metadata": merged})


def cancel(ctx: Context, asked: dict[str, Any]) -> Object:
    """Take back a payout that is still pending."""
    before = ctx.find("payout", asked["id"])
    if before["status"] != "pending":
        raise StripeError(
            f"Payouts with a status of {before['status']} cannot be canceled.", param="id"
        )
    returned = balance.record(
        ctx,
        "payout_cancel",
        source=before["id"],
        moved=balance.Settled(before["amount"], before["currency"]),
        description="PAYOUT CANCELED",
    )
    ctx.forget("payout.arrive", before["id"])
    after = copy(before) | {
        "failure_balance_transaction": returned["id"],
        "status": "canceled",
    }
    return events.update(ctx, "payout.canceled", before, after)


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Payouts, newest first."""
    return newest(ctx, "payout", asked, url="/v1/payouts", filters=("status",))
