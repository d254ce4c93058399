"""What an event means: fetch what it is about as it stands now, and bring our records to it.

Several events about one object are one piece of work. An event about something that is not ours
(another system shares the Stripe account) is done when that is clear.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never
from uuid import UUID

from bookedbarber import ids
from bookedbarber.checkout import movements, refund, settle
from bookedbarber.checkout.means import Means
from bookedbarber.payments import queries as payments
from bookedbarber.processor.snapshots import Intent
from bookedbarber.webhooks.queries import StoredEvent


class Topic(StrEnum):
    """Kinds of objects that events are about."""

    INTENT = "intent"
    REFUND = "refund"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Subject:
    """The object an event is about."""

    stripe_account: str
    topic: Topic
    id: str


def subject(event: StoredEvent) -> Subject:
    """What to fetch for an event. Kinds of objects we do not act on are nothing to us."""
    topic, found = Topic.NOTHING, None
    match event.object_kind:
        case "payment_intent":
            topic, found = Topic.INTENT, event.object_id
        case "charge" | "checkout.session":
            topic, found = Topic.INTENT, event.intent_id
        case "refund":
            topic, found = Topic.REFUND, event.object_id
        case _:
            pass
    if found is None:
        topic, found = Topic.NOTHING, ""
    return Subject(event.stripe_account, topic, found)


def grouped(events: Iterable[StoredEvent]) -> dict[Subject, list[StoredEvent]]:
    """Events by what they are about."""
    groups: dict[Subject, list[StoredEvent]] = {}
    for event in events:
        groups.setdefault(subject(event), []).append(event)
    return groups


async def handle(means: Means, about: Subject, *, now: datetime) -> None:
    """Bring our records to what Stripe says of one object now; safe to repeat, in any order."""
    match about.topic:
        case Topic.INTENT:
            await _intent(means, await means.processor.get_intent(about.id), about, now=now)
        case Topic.REFUND:
            await _refund(means, about, now=now)
        case Topic.NOTHING:
            return
        case _:
            assert_never(about.topic)


async def _intent(means: Means, intent: Intent, about: Subject, *, now: datetime) -> None:
    owner = await _owner_of_intent(means, intent, about)
    if owner is not None:
        shop_id, payment_id = owner
        await settle.payment(means, shop_id=shop_id, payment_id=payment_id, intent=intent, now=now)


async def _owner_of_intent(
    means: Means, intent: Intent, about: Subject
) -> tuple[UUID, UUID] | None:
    async with means.database.platform_statement() as db:
        known = await payments.find_by_intent(
            db, stripe_account=about.stripe_account, intent_id=intent.id
        )
        if known is not None:
            return known.shop_id, known.payment_id
        named = _named(intent.metadata, "payment", "pay")
        if named is None:
            return None
        # The event was faster than our own record, or this is an intent that was given up and
        # paid all the same: its money must be booked, and goes back.
        ours = await payments.load_payment(db, shop_id=named[0], payment_id=named[1])
    return named if ours is not None else None


async def _refund(means: Means, about: Subject, *, now: datetime) -> None:
    sent = await means.processor.get_refund(about.id)
    async with means.database.platform_statement() as db:
        known = await payments.find_by_stripe_refund(
            db, stripe_account=about.stripe_account, stripe_refund_id=sent.id
        )
        owner = (known.shop_id, known.refund_id) if known else None
        foreign: UUID | None = None
        if owner is None:
            owner = _named(sent.metadata, "refund", "ref")
            if owner is None or not await payments.load_refund(
                db, shop_id=owner[0], refund_id=owner[1]
            ):
                charged = sent.charge_id and await payments.find_by_charge(
                    db, stripe_account=about.stripe_account, charge_id=sent.charge_id
                )
                foreign = charged.shop_id if charged else None
                owner = None
    if owner is None:
        if foreign is not None:
            # Made at Stripe by hand: its movements are booked to suspense, and so are seen.
            for moved in sent.movements:
                await movements.book(
                    means, moved, shop_id=foreign, stripe_account=about.stripe_account, now=now
                )
        return
    await refund.record(means, shop_id=owner[0], refund_id=owner[1], sent=sent, now=now)


def _named(metadata: Any, field: str, prefix: ids.Prefix) -> tuple[UUID, UUID] | None:
    try:
        return ids.parse("shp", metadata.get("shop")), ids.parse(prefix, metadata.get(field))
    except ids.IdInvalid:
        return None
