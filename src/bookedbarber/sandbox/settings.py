"""What may be set about the sandbox while it runs; kept in the store, changed by the control
routes.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

FEES: dict[str, tuple[int, int]] = {
    "aud": (290, 30),
    "cad": (290, 30),
    "chf": (290, 30),
    "dkk": (290, 180),
    "eur": (290, 25),
    "gbp": (290, 20),
    "hkd": (340, 235),
    "huf": (290, 8500),
    "isk": (290, 4000),
    "jpy": (360, 0),
    "krw": (360, 0),
    "kwd": (290, 90),
    "mxn": (360, 300),
    "nok": (290, 200),
    "nzd": (290, 30),
    "pln": (290, 100),
    "sek": (290, 180),
    "sgd": (340, 50),
    "usd": (290, 30),
}
"""Basis points and fixed part in minor units, per currency; others take `(290, 0)`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Times are seconds of the sandbox's clock."""

    balance_transaction_delay: float = 3.0
    """How long after a charge its balance transaction arrives; 0 makes it come with the charge."""
    payout_delay_days: int = 2
    fees: dict[str, tuple[int, int]] = field(default_factory=lambda: dict(FEES))
    overdraft: int | None = None
    """How far refunds may push the balance below zero (above it, when negative); none means Stripe
    debits the bank."""
    refund_settle_delay: float = 5.0
    """When pending refunds of the 7726 card succeed and those of the 5126 card fail."""
    processing_delay: float = 0.0
    """Above 0, confirmed payments stay in `processing` for so long."""
    retries: tuple[float, ...] = (300, 1800, 7200, 18000, 36000, 43200, 43200, 43200, 43200)
    """Pauses before each new try of a delivery; Stripe gives up after three days."""
    delivery_timeout: float = 20.0
    delivery_mode: str = "auto"
    duplicates: int = 0
    """How many extra times each event is delivered."""
    shuffle: float = 0.0
    """Deliveries leave at a seeded random moment within so many seconds: order is not kept."""
    events_kept_days: int = 30
    strict: bool = False
    """Refuse what Stripe refuses of this version but its own trigger scenarios still send:
    `payment_method_types`, and confirming without `return_url` where redirects are allowed.
    """

    def changed(self, wanted: dict[str, Any]) -> "Settings":
        """These settings with some replaced; unknown names and wrong types raise `ValueError`."""
        for name, value in wanted.items():
            _check(name, value)
        tuples: dict[str, Any] = {}
        if "retries" in wanted:
            tuples["retries"] = tuple(wanted["retries"])
        if "fees" in wanted:
            tuples["fees"] = self.fees | {c: (v[0], v[1]) for c, v in wanted["fees"].items()}
        return dataclasses.replace(self, **{**wanted, **tuples})

    def as_dict(self) -> dict[str, Any]:
        """For the store and the control route."""
        return dataclasses.asdict(self)


def _check(name: str, value: Any) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    seconds = whole or (isinstance(value, float) and value >= 0)
    match name:
        case "balance_transaction_delay" | "refund_settle_delay" | "processing_delay" | "shuffle":
            good = seconds
        case "delivery_timeout":
            good = seconds and value > 0
        case "payout_delay_days" | "duplicates" | "events_kept_days":
            good = whole
        case "strict":
            good = isinstance(value, bool)
        case "overdraft":
            good = value is None or (isinstance(value, int) and not isinstance(value, bool))
        case "delivery_mode":
            good = value in ("auto", "held")
        case "retries":
            good = isinstance(value, list | tuple) and all(
                isinstance(pause, int | float) and pause >= 0 for pause in value
            )
        case "fees":
            good = isinstance(value, dict) and all(_is_fee(fee) for fee in value.values())
        case _:
            raise ValueError(f"no such setting: {name}")
    if not good:
        raise ValueError(f"not a value for {name}: {value!r}")


def _is_fee(fee: Any) -> bool:
    return (
        isinstance(fee, list | tuple)
        and len(fee) == 2
        and all(isinstance(part, int) and part >= 0 for part in fee)
    )
