"""What may be set about the sandbox while it runs; kept in the store, changed by the control
routes.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bookedbarber.sandbox.money import CURRENCIES

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
    settlement: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Which currencies the account does not keep: `{"eur": ["usd", 1.1]}` converts each euro cent
    taken or given back to 1.1 US cents, as the rate then stands.
    """
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
    deliveries_at_once: int = 1
    """How many deliveries may be under way to one endpoint; from 2 on, their order is chance."""
    duplicates: float = 0
    """How many extra times each event is delivered; of 0.25, every fourth as the seed has it."""
    shuffle: float = 0.0
    """Deliveries leave within so many seconds, when the seed has it: order is not kept."""
    events_kept_days: int = 30
    strict: bool = True
    """Refuse what Stripe refuses of this version; off, take what its own trigger scenarios
    still send: `payment_method_types`, and confirming without `return_url` where redirects are
    allowed.
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
        if "settlement" in wanted:
            tuples["settlement"] = {c: (v[0], v[1]) for c, v in wanted["settlement"].items()}
        return dataclasses.replace(self, **{**wanted, **tuples})

    def as_dict(self) -> dict[str, Any]:
        """For the store and the control route."""
        return dataclasses.asdict(self)


def _check(name: str, value: Any) -> None:
    if name not in _GOOD:
        raise ValueError(f"no such setting: {name}")
    if not _GOOD[name](value):
        raise ValueError(f"not a value for {name}: {value!r}")


def _is_whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_seconds(value: Any) -> bool:
    return type(value) in (int, float) and value >= 0


def _are_fees(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_pair(fee, of=_is_whole) for fee in value.values())


def _is_settlement(value: Any) -> bool:
    return isinstance(value, dict) and all(
        code in CURRENCIES and _is_conversion(conversion) for code, conversion in value.items()
    )


def _is_conversion(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    return value[0] in CURRENCIES and type(value[1]) in (int, float) and value[1] > 0


def _are_retries(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_is_seconds(pause) for pause in value)


def _is_pair(value: Any, *, of: Callable[[Any], bool]) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(of(part) for part in value)


_GOOD: dict[str, Callable[[Any], bool]] = {
    "balance_transaction_delay": _is_seconds,
    "deliveries_at_once": lambda value: _is_whole(value) and value >= 1,
    "delivery_mode": lambda value: value in ("auto", "held"),
    "delivery_timeout": lambda value: _is_seconds(value) and value > 0,
    "duplicates": _is_seconds,
    "events_kept_days": _is_whole,
    "fees": _are_fees,
    "overdraft": lambda value: value is None or type(value) is int,
    "payout_delay_days": _is_whole,
    "processing_delay": _is_seconds,
    "refund_settle_delay": _is_seconds,
    "retries": _are_retries,
    "settlement": _is_settlement,
    "shuffle": _is_seconds,
    "strict": lambda value: isinstance(value, bool),
}
