"""What happened to a payment, one step after another, whoever told of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bookedbarber import ids
from bookedbarber.database import Json
from bookedbarber.lookup.queries import Letter, Moved, StripeEvent, TrailEvent

# What leads to what, for acts of one instant: their ids tell no order within a microsecond.
ORDER: Final = (
    "appointment.held", "payment.opened", "payment.moved_to_checkout", "payment.processing",
    "payment.declined", "payment.captured", "appointment.cancelled", "refund.promised",
    "refund.pending", "refund.succeeded", "refund.failed", "refund.sent_again",
)  # fmt: skip


class Source(StrEnum):
    """Who tells of a step."""

    TRAIL = "trail"  # our own audit trail
    BALANCE = "balance"  # a movement of Stripe's balance, as it was booked
    LETTER = "letter"
    STRIPE = "stripe"  # an event that Stripe sent


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: `what` (an act, an event's type, a kind of letter) to `about`, by
    `actor` where the trail names one."""

    at: datetime
    source: Source
    what: str
    about: str
    actor: str | None = None
    facts: dict[str, Json] = field(default_factory=dict)


def of(
    trail: Iterable[TrailEvent],
    moved: Iterable[Moved],
    letters: Iterable[Letter],
    events: Iterable[StripeEvent],
) -> tuple[Step, ...]:
    """Everything in the order of time, and of what leads to what."""
    steps = [
        *(_event(one) for one in events),
        *(_act(one) for one in trail),
        *(_movement(one) for one in moved),
        *(_letter(one) for one in letters),
    ]
    return tuple(sorted(steps, key=lambda step: (step.at, _place(step))))


def _place(step: Step) -> int:
    return ORDER.index(step.what) if step.what in ORDER else len(ORDER)


def _act(one: TrailEvent) -> Step:
    facts = one.facts if isinstance(one.facts, dict) else {}
    return Step(one.at, Source.TRAIL, one.act, one.object, one.actor, facts)


def _movement(one: Moved) -> Step:
    told: dict[str, Json] = {
        name: {"amount": minor, "currency": one.currency}
        for name, minor in (("moved", one.amount), ("fee", one.fee), ("net", one.net))
    }
    return Step(one.recorded_at, Source.BALANCE, one.type, one.id, facts=told)


def _letter(one: Letter) -> Step:
    about = ids.show("msg", one.message_id)
    return Step(one.sent_at or one.created_at, Source.LETTER, one.kind, about,
                facts={"state": one.state})  # fmt: skip


def _event(one: StripeEvent) -> Step:
    facts: dict[str, Json] = {"state": one.state, "created": one.created.isoformat()}
    return Step(one.received_at, Source.STRIPE, one.type, one.event_id, facts=facts)
