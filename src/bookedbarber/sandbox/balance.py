"""The balance: nothing but the sum of its balance transactions, each `net = amount - fee`.

Funds of a charge become available at midnight UTC some days later; a balance transaction's `status`
and the two sides of the balance follow from the clock.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bookedbarber.sandbox import events
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.expansion import visible
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import text
from bookedbarber.sandbox.store import Object

RETRIEVE = EXPAND
RETRIEVE_TRANSACTION = EXPAND
LIST_TRANSACTIONS = listing(
    created=CREATED, currency=text(), payout=text(), source=text(), type=text()
)

_DAY = 86400
_CATEGORIES = {
    "adjustment": "dispute",
    "charge": "charge",
    "payout": "payout",
    "payout_cancel": "payout_reversal",
    "refund": "refund",
    "refund_failure": "refund_failure",
    "transfer": "transfer",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """An amount as it comes to the balance, and the rate at which it was converted, if it was."""

    amount: int
    currency: str
    rate: float | None = None


def settled(ctx: Context, amount: int, currency: str) -> Settled:
    """What an amount is in the currency the account keeps, in minor units rounded half up."""
    if currency not in ctx.settings.settlement:
        return Settled(amount, currency)
    kept, rate = ctx.settings.settlement[currency]
    converted = (amount * Decimal(str(rate))).quantize(Decimal(1), ROUND_HALF_UP)
    return Settled(int(converted), kept, rate)


def record(
    ctx: Context,
    kind: str,
    *,
    source: str,
    moved: Settled,
    fees: tuple[tuple[int, str], ...] = (),
    available_on: int | None = None,
    description: str | None = None,
    category: str | None = None,
) -> Object:
    """Move the balance by an amount less its fees, available at once unless told otherwise."""
    amount, currency = moved.amount, moved.currency
    fee = sum(part for part, _ in fees)
    ready = ctx.now if available_on is None else available_on
    transaction: Object = {
        "id": ctx.new_id("balance_transaction"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": ready,
        "balance_type": "payments",
        "created": ctx.now,
        "currency": currency,
        "description": description,
        "exchange_rate": moved.rate,
        "fee": fee,
        "fee_details": [_fee(part, words, currency) for part, words in fees if part],
        "net": amount - fee,
        "reporting_category": category or _CATEGORIES[kind],
        "source": source,
        "status": "pending",
        "type": kind,
    }
    ctx.save(transaction)
    if amount > fee:
        _announce(ctx, ready)
    return transaction


def ready_on(ctx: Context) -> int:
    """When the funds of a charge made now become available."""
    midnight = ctx.now - ctx.now % _DAY
    return midnight + ctx.settings.payout_delay_days * _DAY


def funds(ctx: Context) -> dict[str, tuple[int, int]]:
    """Available and pending minor units per currency."""
    sql = """
        SELECT body ->> '$.currency' currency,
               SUM(IIF(body ->> '$.available_on' <= ?, body ->> '$.net', 0)) ready,
               SUM(body ->> '$.net') whole
        FROM objects WHERE account = ? AND kind = 'balance_transaction' GROUP BY 1 ORDER BY 1
    """
    rows = ctx.store.query(sql, ctx.now, ctx.account)
    return {row["currency"]: (row["ready"], row["whole"] - row["ready"]) for row in rows}


def require_available(ctx: Context, amount: int, currency: str) -> None:
    """Raise Stripe's complaint unless so much is available."""
    if funds(ctx).get(currency, (0, 0))[0] < amount:
        raise StripeError(
            "You have insufficient available funds in your Stripe account. Try adding funds "
            "directly to your available balance by creating Charges using the 4000000000000077 "
            "test card. See: https://stripe.com/docs/testing#available-balance",
            code="balance_insufficient",
        )


def retrieve(ctx: Context, _asked: dict[str, Any]) -> Object:
    """What is available and what is pending, per currency."""
    sums = funds(ctx) or {"usd": (0, 0)}
    return {
        "object": "balance",
        "available": [_part(currency, ready) for currency, (ready, _) in sums.items()],
        "livemode": False,
        "pending": [_part(currency, waits) for currency, (_, waits) in sums.items()],
        "refund_and_dispute_prefunding": {
            "available": [{"amount": 0, "currency": currency} for currency in sums],
            "pending": [{"amount": 0, "currency": currency} for currency in sums],
        },
    }


def retrieve_transaction(ctx: Context, asked: dict[str, Any]) -> Object:
    """One balance transaction."""
    found = ctx.find("balance_transaction", asked["id"], what="balance transaction")
    return visible(ctx, found)


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Balance transactions, newest first."""
    if "payout" in asked:
        ctx.find("payout", asked["payout"], param="payout")
        raise StripeError(
            "Balance transaction history can only be filtered on automatic transfers, not manual."
        )
    filters = ("currency", "source", "type")
    url = "/v1/balance_transactions"
    return newest(ctx, "balance_transaction", asked, url=url, filters=filters)


def announce_available(ctx: Context, _ref: str) -> None:
    """Tell that pending funds have become available."""
    events.emit(ctx, "balance.available", retrieve(ctx, {}))


def _announce(ctx: Context, ready: int) -> None:
    if not ctx.is_due("balance.available", str(ready)):
        ctx.later(max(0, ready - ctx.moment), "balance.available", str(ready))


def _fee(amount: int, words: str, currency: str) -> Object:
    return {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": words,
        "type": "stripe_fee",
    }


def _part(currency: str, amount: int) -> Object:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
