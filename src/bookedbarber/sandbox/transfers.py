"""Transfers to connected accounts, one-sided: the sandbox keeps no books for the other side yet."""

from typing import Any

from bookedbarber.sandbox import balance, events, money
from bookedbarber.sandbox.context import Context, copy, merge_metadata, page_of
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import integer, metadata, one_of, params, required, text
from bookedbarber.sandbox.store import Object

CREATE = params(
    amount=required(integer(least=1)),
    currency=required(text()),
    description=text(),
    destination=required(text()),
    metadata=metadata(),
    source_transaction=text(),
    source_type=one_of("card", unplayed="bank_account fpx"),
    transfer_group=text(),
).plus(EXPAND)
UPDATE = params(description=text(clearable=True), metadata=metadata()).plus(EXPAND)
RETRIEVE = EXPAND
LIST = listing(created=CREATED, destination=text(), transfer_group=text())


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Send available funds, or those of one charge, to a connected account."""
    currency = money.currency(asked["currency"])
    destination = ctx.find("account", asked["destination"], param="destination")
    source = asked.get("source_transaction")
    group = asked.get("transfer_group")
    if source is None:
        balance.require_available(ctx, asked["amount"], currency)
    else:
        group = group or _require_left(ctx, source, asked["amount"], currency)
    transfer_id = ctx.new_id("transfer")
    transfer: Object = {
        "id": transfer_id,
        "object": "transfer",
        "amount": asked["amount"],
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": ctx.now,
        "currency": currency,
        "description": asked.get("description"),
        "destination": destination["id"],
        "livemode": False,
        "metadata": merge_metadata({}, asked.get("metadata")),
        "reversals": page_of([], f"/v1/transfers/{transfer_id}/reversals"),
        "reversed": False,
        "source_transaction": source,
        "source_type": "card",
        "transfer_group": group,
    }
    moved = balance.record(
        ctx,
        "transfer",
        source=transfer_id,
        moved=balance.Settled(-asked["amount"], currency),
        available_on=_ready(ctx, source),
        description=transfer["description"],
    )
    transfer["balance_transaction"] = moved["id"]
    ctx.save(transfer)
    events.emit(ctx, "transfer.created", transfer)
    return transfer


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One transfer."""
    return ctx.find("transfer", asked["id"])


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change what the merchant says of it."""
    before = ctx.find("transfer", asked["id"])
    after = copy(before)
    if "description" in asked:
        after["description"] = asked["description"]
    if "metadata" in asked:
        after["metadata"] = merge_metadata(before["metadata"], asked["metadata"])
    return events.update(ctx, "transfer.updated", before, after)


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Transfers, newest first."""
    filters = ("destination", "transfer_group")
    return newest(ctx, "transfer", asked, url="/v1/transfers", filters=filters)


def _require_left(ctx: Context, charge_id: str, amount: int, currency: str) -> str:
    """A charge cannot be transferred beyond its amount; gives the group its transfers share."""
    charge = ctx.find("charge", charge_id, param="source_transaction")
    earlier = ctx.store.every(ctx.account, "transfer", source_transaction=charge_id)
    left = charge["amount_captured"] - sum(transfer["amount"] for transfer in earlier)
    if charge["currency"] != currency or amount > left:
        raise StripeError(
            "Cannot create transfers using source_transaction: the transfers of this charge must "
            f"be in {charge['currency']} and add up to at most "
            f"{money.display(charge['amount_captured'], charge['currency'])}.",
            param="amount",
        )
    return str(charge["transfer_group"] or f"group_{charge['payment_intent']}")


def _ready(ctx: Context, source: str | None) -> int:
    transaction = ctx.known(source)["balance_transaction"] if source else None
    return int(ctx.known(transaction)["available_on"]) if transaction else ctx.now
