"""Disputes, as far as the dispute test cards and closing go: money leaves at once, inquiries move
none.
"""

from typing import Any

from bookedbarber.sandbox import balance, events
from bookedbarber.sandbox.cards import Card
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import metadata, params, text
from bookedbarber.sandbox.store import Object
from bookedbarber.sandbox.wire import words

RETRIEVE = EXPAND
UPDATE = params(metadata=metadata(), refused="evidence intended_submission_method submit").plus(
    EXPAND
)
CLOSE = EXPAND
LIST = listing(charge=text(), created=CREATED, payment_intent=text())

_DAY = 86400
_FEE = 1500
"""US dispute fee, kept when lost (stripe.com/disputes/pricing); in minor units of the balance."""
_EVIDENCE = words(
    """
    access_activity_log billing_address cancellation_policy cancellation_policy_disclosure
    cancellation_rebuttal customer_communication customer_email_address customer_name
    customer_purchase_ip customer_signature duplicate_charge_documentation
    duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy
    refund_policy_disclosure refund_refusal_explanation service_date service_documentation
    shipping_address shipping_carrier shipping_date shipping_documentation
    shipping_tracking_number uncategorized_file uncategorized_text
    """
)


def open_as_called_for(ctx: Context, charge: Object, card: Card) -> None:
    """Open the dispute or inquiry that the card calls for, if any, once its money is taken."""
    if card.dispute == "no":
        return
    inquiry = card.dispute == "inquiry"
    reason = "fraudulent" if inquiry else card.dispute
    code = "10.4" if reason == "fraudulent" else "13.1"
    dispute: Object = {
        "id": ctx.new_id("dispute"),
        "object": "dispute",
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": ctx.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": ctx.now - ctx.now % _DAY + 9 * _DAY - 1,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": "manual",
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": code,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": card.brand,
                "case_type": "inquiry" if inquiry else "chargeback",
                "network": card.brand,
                "network_reason_code": code,
            },
            "type": "card",
        },
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    if not inquiry:
        dispute["balance_transactions"] = [_withdraw(ctx, dispute)]
    ctx.save(dispute)
    ctx.save(charge | {"disputed": True})
    events.emit(ctx, "charge.dispute.created", dispute)
    if not inquiry:
        events.emit(ctx, "charge.dispute.funds_withdrawn", dispute)


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One dispute."""
    return ctx.find("dispute", asked["id"])


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change metadata; evidence is not played yet and is refused."""
    before = ctx.find("dispute", asked["id"])
    merged = merge_metadata(before["metadata"], asked.get("metadata", {}))
    after = copy(before) | {"metadata": merged}
    return events.update(ctx, "charge.dispute.updated", before, after)


def close(ctx: Context, asked: dict[str, Any]) -> Object:
    """Give the dispute up: an inquiry is closed, a chargeback is lost."""
    before = ctx.find("dispute", asked["id"])
    outcome = {"needs_response": "lost", "warning_needs_response": "warning_closed"}
    if before["status"] not in outcome:
        raise StripeError("This dispute is already closed.", param="dispute")
    after = copy(before) | {"status": outcome[before["status"]]}
    return events.update(ctx, "charge.dispute.closed", before, after)


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Disputes, newest first."""
    filters = ("charge", "payment_intent")
    return newest(ctx, "dispute", asked, url="/v1/disputes", filters=filters)


def _withdraw(ctx: Context, dispute: Object) -> Object:
    return balance.record(
        ctx,
        "adjustment",
        source=dispute["id"],
        moved=balance.settled(ctx, -dispute["amount"], dispute["currency"]),
        fees=((_FEE, "Dispute fee"),),
        description=f"Chargeback withdrawal for {dispute['charge']}",
        category="dispute",
    )
