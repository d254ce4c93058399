"""Refunds: never more than was captured; they wait when the balance is short, and may fail.

Stripe's fee stays with Stripe: a refund's balance transaction carries no fee back.
"""

from typing import Any

from bookedbarber.sandbox import balance, events, money, payment_methods
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.errors import StripeError, missing
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import integer, metadata, one_of, params, text
from bookedbarber.sandbox.store import Object

CREATE = params(
    amount=integer(least=1),
    charge=text(),
    metadata=metadata(),
    payment_intent=text(),
    reason=one_of("duplicate", "fraudulent", "requested_by_customer"),
    refused="currency customer instructions_email origin refund_application_fee reverse_transfer",
).plus(EXPAND)
RETRIEVE = EXPAND
UPDATE = params(metadata=metadata()).plus(EXPAND)
CANCEL = EXPAND
LIST = listing(charge=text(), created=CREATED, payment_intent=text())
LIST_OF_CHARGE = listing()

_NO_CHARGE: Object = {"paid": False, "captured": False}


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Give back all or part of a charge."""
    charge = _charge_of(ctx, asked)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"] and not _refundable_dispute(ctx, charge):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if charge["refunded"] or left == 0:
        raise StripeError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = asked.get("amount", left)
    currency = charge["currency"]
    if amount > left:
        raise StripeError(
            f"Refund amount ({money.display(amount, currency)}) is greater than unrefunded amount "
            f"on charge ({money.display(left, currency)})",
            param="amount",
        )
    money.check_step(amount, currency)
    return _issue(ctx, charge, amount, asked)


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One refund."""
    return ctx.find("refund", asked["id"])


def retrieve_of_charge(ctx: Context, asked: dict[str, Any]) -> Object:
    """One refund of a charge."""
    charge = ctx.find("charge", asked["id"])
    refund = ctx.find("refund", asked["refund"])
    if refund["charge"] != charge["id"]:
        raise missing("refund", refund["id"], status=404)
    return refund


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change metadata, the only thing that can change."""
    before = ctx.find("refund", asked["id"])
    merged = merge_metadata(before["metadata"], asked.get("metadata", {}))
    return _changed(ctx, before, metadata=merged)


def cancel(ctx: Context, asked: dict[str, Any]) -> Object:
    """Cancel a refund that waits for its receiver; refunds to cards never do."""
    refund = ctx.find("refund", asked["id"])
    raise StripeError(
        "Only refunds with a status of requires_action can be canceled; this refund has a status "
        f"of {refund['status']}."
    )


def withdraw(ctx: Context, refund_id: str) -> Object:
    """Take back a refund that still waits for funds, as the merchant may in the Dashboard."""
    refund = ctx.find("refund", refund_id)
    if refund["status"] != "pending" or refund["balance_transaction"] is not None:
        raise StripeError(
            f"This refund does not wait for funds: it has a status of {refund['status']}."
        )
    _take_back(ctx, refund)
    refund.pop("pending_reason", None)
    return _changed(ctx, refund, status="canceled", failure_reason="merchant_request")


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Refunds, newest first."""
    return newest(ctx, "refund", asked, url="/v1/refunds", filters=("charge", "payment_intent"))


def newest_of_charge(ctx: Context, asked: dict[str, Any]) -> Object:
    """A charge's refunds, newest first."""
    charge = ctx.find("charge", asked["id"])
    url = f"/v1/charges/{charge['id']}/refunds"
    return newest(ctx, "refund", asked, url=url, where={"charge": charge["id"]})


def fund(ctx: Context, currency: str) -> None:
    """Pay refunds that waited for funds of a currency, oldest first, as far as these go."""
    for refund in ctx.store.every(ctx.account, "refund", status="pending"):
        if refund.get("pending_reason") != "insufficient_funds":
            continue
        if balance.settled(ctx, 0, refund["currency"]).currency != currency:
            continue
        if not _affordable(ctx, refund["amount"], refund["currency"]):
            return
        before = copy(refund)
        refund.pop("pending_reason")
        _pay(ctx, refund, ctx.known(refund["charge"]))
        _tell_changed(ctx, before, refund)


def settle(ctx: Context, refund_id: str) -> None:
    """What the bank says later: the 7726 card's refund succeeds, the 5126 card's fails."""
    refund = ctx.known(refund_id)
    charge = ctx.known(refund["charge"])
    card = payment_methods.card_of(ctx, charge["payment_method"])
    if card.refund == "pending" and refund["status"] == "pending":
        refund.pop("pending_reason", None)
        _changed(ctx, refund, status="succeeded")
    elif card.refund == "fails" and refund["status"] == "succeeded":
        _fail(ctx, refund)


def _issue(ctx: Context, charge: Object, amount: int, asked: dict[str, Any]) -> Object:
    given = merge_metadata({}, asked.get("metadata"))
    refund = _new(ctx, charge, amount, reason=asked.get("reason"), metadata=given)
    ctx.save(refund)
    if _affordable(ctx, amount, charge["currency"]):
        _pay(ctx, refund, charge)
    else:
        refund |= {"status": "pending", "pending_reason": "insufficient_funds"}
        ctx.save(refund)
    events.emit(ctx, "refund.created", refund)
    _count(ctx, charge, amount, refund)
    return refund


def _pay(ctx: Context, refund: Object, charge: Object) -> None:
    """Take the amount from the balance; what the card does after that comes later."""
    moved = balance.record(
        ctx,
        "refund",
        source=refund["id"],
        moved=balance.settled(ctx, -refund["amount"], refund["currency"]),
        available_on=_same_day(ctx, charge),
        description=f"REFUND FOR CHARGE ({charge['description']})"
        if charge["description"]
        else "REFUND FOR CHARGE",
    )
    refund |= {"balance_transaction": moved["id"], "status": "succeeded"}
    card = payment_methods.card_of(ctx, charge["payment_method"])
    if card.refund != "at_once":
        ctx.later(ctx.settings.refund_settle_delay, "refund.settle", refund["id"])
    if card.refund == "pending":
        refund |= {"status": "pending", "pending_reason": "processing"}
    ctx.save(refund)


def _same_day(ctx: Context, charge: Object) -> int:
    """A refund of funds still pending is set against those funds."""
    transaction = charge["balance_transaction"]
    ready = ctx.known(transaction)["available_on"] if transaction else balance.ready_on(ctx)
    return max(ctx.now, int(ready))


def _fail(ctx: Context, refund: Object) -> None:
    taken = ctx.known(refund["balance_transaction"])
    back = balance.Settled(-taken["amount"], taken["currency"], taken["exchange_rate"])
    returned = balance.record(
        ctx,
        "refund_failure",
        source=refund["id"],
        moved=back,
        description="REFUND FAILURE",
    )
    _take_back(ctx, refund)
    failed = copy(refund)
    failed["destination_details"]["card"] |= {"reference_status": "unavailable"}
    failed |= {
        "failure_balance_transaction": returned["id"],
        "failure_reason": "expired_or_canceled_card",
        "status": "failed",
    }
    ctx.save(failed)
    events.emit(ctx, "refund.failed", failed)
    _tell_changed(ctx, refund, failed)
    ctx.later(0, "refunds.fund", back.currency)


def _take_back(ctx: Context, refund: Object) -> None:
    """The charge counts the refund no longer."""
    before = ctx.known(refund["charge"])
    left = before["amount_refunded"] - refund["amount"]
    after = copy(before) | {"amount_refunded": left, "refunded": False}
    events.update(ctx, "charge.updated", before, after)


def _count(ctx: Context, charge: Object, amount: int, refund: Object) -> Object:
    """The charge counts the refund, and `charge.refunded` tells of it."""
    before = ctx.known(charge["id"])
    total = before["amount_refunded"] + amount
    after = copy(before) | {
        "amount_refunded": total,
        "refunded": total == before["amount_captured"],
    }
    events.update(ctx, "charge.refunded", before, after)
    return refund


def _changed(ctx: Context, refund: Object, **changed: Any) -> Object:
    """Save a changed refund and tell of it under both of its names."""
    before = ctx.known(refund["id"])
    after = copy(refund) | changed
    ctx.save(after)
    _tell_changed(ctx, before, after)
    return after


def _tell_changed(ctx: Context, before: Object, after: Object) -> None:
    previous = events.changes(before, after)
    if previous:
        for kind in ("refund.updated", "charge.refund.updated"):
            events.emit(ctx, kind, after, previous=previous)


def _charge_of(ctx: Context, asked: dict[str, Any]) -> Object:
    if "charge" in asked and "payment_intent" in asked:
        raise StripeError(
            "Received both charge and payment_intent parameters. Please pass in only one."
        )
    if "charge" in asked:
        charge = ctx.find("charge", asked["charge"], param="charge")
    elif "payment_intent" in asked:
        intent = ctx.find("payment_intent", asked["payment_intent"], param="payment_intent")
        latest = intent["latest_charge"]
        charge = ctx.known(latest) if latest else _NO_CHARGE
    else:
        raise StripeError(
            "One of the following params should be provided for this request: payment_intent or "
            "charge."
        )
    if not charge["paid"] or not charge["captured"]:
        named = asked.get("payment_intent", charge.get("payment_intent"))
        raise StripeError(
            f"This PaymentIntent ({named}) does not have a successful charge to refund.",
            param="payment_intent" if "payment_intent" in asked else "charge",
        )
    return charge


def _refundable_dispute(ctx: Context, charge: Object) -> bool:
    disputes = ctx.store.every(ctx.account, "dispute", charge=charge["id"])
    return all(dispute["is_charge_refundable"] for dispute in disputes)


def _affordable(ctx: Context, amount: int, currency: str) -> bool:
    if ctx.settings.overdraft is None:
        return True
    needed = balance.settled(ctx, amount, currency)
    there = sum(balance.funds(ctx).get(needed.currency, (0, 0)))
    return there + ctx.settings.overdraft >= needed.amount


def _new(
    ctx: Context, charge: Object, amount: int, *, reason: str | None, metadata: dict[str, str]
) -> Object:
    return {
        "id": ctx.new_id("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": ctx.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
