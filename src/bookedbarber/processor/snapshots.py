"""What Stripe says of its objects at one moment, as plain values; the SDK's own stay here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import stripe

from bookedbarber.money import Currency, Money, currency


class IntentStatus(StrEnum):
    """Stripe's states of a PaymentIntent, by its own names."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """A movement of Stripe's balance; `net` = `amount` - `fee`, all in `net`'s currency."""

    id: str
    type: str
    reporting_category: str
    balance_type: str
    source: str
    amount: Money
    fee: Money
    net: Money
    created: datetime
    available_on: datetime


@dataclass(frozen=True, slots=True)
class Charge:
    """The attempt that moved the money. Its balance transaction may come an hour later."""

    id: str
    amount: Money
    captured: bool
    created: datetime
    balance_transaction: BalanceTransaction | None
    card_brand: str | None
    card_last4: str | None


@dataclass(frozen=True, slots=True)
class Intent:
    """A PaymentIntent as it stands now."""

    id: str
    status: IntentStatus
    amount: Money
    amount_received: Money
    client_secret: str
    metadata: Mapping[str, str]
    charge: Charge | None
    decline_code: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as it stands now, with the movements it caused: sent, and perhaps sent back."""

    id: str
    status: str
    amount: Money
    charge_id: str | None
    intent_id: str | None
    metadata: Mapping[str, str]
    failure: str | None
    movements: tuple[BalanceTransaction, ...]
    created: datetime


@dataclass(frozen=True, slots=True)
class HostedCheckout:
    """A payment page at Stripe."""

    id: str
    url: str | None
    intent_id: str | None
    status: str


def moment(seconds: int) -> datetime:
    """Stripe's times are whole seconds of UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def intent(it: stripe.PaymentIntent) -> Intent:
    """Read a PaymentIntent that was asked for with its latest charge expanded."""
    code = currency(it.currency)
    latest = it.latest_charge
    error = it.last_payment_error
    return Intent(
        id=it.id,
        status=IntentStatus(it.status),
        amount=Money(it.amount, code),
        amount_received=Money(_sent(it, "amount_received") or 0, code),
        client_secret=_sent(it, "client_secret") or "",
        metadata=metadata(it.metadata),
        charge=charge(latest) if isinstance(latest, stripe.Charge) else None,
        decline_code=_sent(error, "decline_code") or _sent(error, "code"),
        created=moment(it.created),
    )


def charge(it: stripe.Charge) -> Charge:
    """Read a charge, with its balance transaction where Stripe has made it."""
    details = it.payment_method_details
    card = _sent(details, "card")
    moved = it.balance_transaction
    return Charge(
        id=it.id,
        amount=Money(it.amount_captured, currency(it.currency)),
        captured=it.captured and it.status == "succeeded",
        created=moment(it.created),
        balance_transaction=(
            balance_transaction(moved) if isinstance(moved, stripe.BalanceTransaction) else None
        ),
        card_brand=card.brand if card else None,
        card_last4=card.last4 if card else None,
    )


def refund(it: stripe.Refund) -> Refund:
    """Read a refund that was asked for with its balance transactions expanded."""
    moved = [it.balance_transaction, _sent(it, "failure_balance_transaction")]
    return Refund(
        id=it.id,
        status=it.status or "pending",
        amount=Money(it.amount, currency(it.currency)),
        charge_id=_id(it.charge),
        intent_id=_id(it.payment_intent),
        metadata=metadata(it.metadata),
        failure=_sent(it, "failure_reason") if it.status == "failed" else None,
        movements=tuple(
            balance_transaction(m) for m in moved if isinstance(m, stripe.BalanceTransaction)
        ),
        created=moment(it.created),
    )


def balance_transaction(it: stripe.BalanceTransaction) -> BalanceTransaction:
    """Read one movement of the balance."""
    code: Currency = currency(it.currency)
    return BalanceTransaction(
        id=it.id,
        type=it.type,
        reporting_category=it.reporting_category,
        balance_type=_sent(it, "balance_type") or "payments",
        source=_id(it.source) or "",
        amount=Money(it.amount, code),
        fee=Money(it.fee, code),
        net=Money(it.net, code),
        created=moment(it.created),
        available_on=moment(it.available_on),
    )


def hosted_checkout(it: "stripe.checkout.Session") -> HostedCheckout:
    """Read a Checkout Session."""
    return HostedCheckout(
        id=it.id, url=it.url, intent_id=_id(it.payment_intent), status=it.status or "open"
    )


def metadata(found: Any) -> dict[str, str]:
    """What we wrote on one of Stripe's objects. The SDK types it as a dict, which it is not."""
    return dict(found.to_dict()) if found else {}


def _sent(found: Any, name: str) -> Any:
    """A field that Stripe leaves out where it does not apply; the SDK then has no attribute."""
    return getattr(found, name, None)


def _id(reference: object) -> str | None:
    if reference is None or isinstance(reference, str):
        return reference
    return str(getattr(reference, "id", "")) or None
