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
from bookedbarber.checkout import movements, sending, settle
from bookedbarber.checkout.means import Means
from bookedbarber.payments import queries as payments
from bookedbarber.payments.queries import PaymentRef
from bookedbarber.processor import snapshots
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
    owner = await _owner_of_refund(means, sent, about)
    if owner is None:
        await _made_by_hand(means, sent, about, now=now)
        return
    await sending.record(means, shop_id=owner[0], refund_id=owner[1], sent=sent, now=now)


async def _owner_of_refund(
    means: Means, sent: snapshots.Refund, about: Subject
) -> tuple[UUID, UUID] | None:
    async with means.database.platform_statement() as db:
        known = await payments.find_by_stripe_refund(
            db, stripe_account=about.stripe_account, stripe_refund_id=sent.id
        )
        if known is not None:
            return known.shop_id, known.refund_id
        named = _named(sent.metadata, "refund", "ref")
        if named is None:
            return None
        ours = await payments.load_refund(db, shop_id=named[0], refund_id=named[1])
    return named if ours is not None else None


async def _made_by_hand(
    means: Means, sent: snapshots.Refund, about: Subject, *, now: datetime
) -> None:
    """Somebody gave a payment of ours back in Stripe's dashboard: it becomes a refund of ours."""
    paid = await _payment_of(means, sent, about, now=now)
    if paid is None:
        return
    adopted = await sending.adopt(
        means, shop_id=paid.shop_id, payment_id=paid.payment_id, sent=sent, now=now
    )
    if adopted is not None:
        await sending.record(means, shop_id=paid.shop_id, refund_id=adopted, sent=sent, now=now)
        return
    for moved in sent.movements:  # without an owner they are booked to suspense, and so are seen
        await movements.book(
            means,
            moved,
            of=sent.amount,
            shop_id=paid.shop_id,
            stripe_account=about.stripe_account,
            now=now,
        )


async def _payment_of(
    means: Means, sent: snapshots.Refund, about: Subject, *, now: datetime
) -> PaymentRef | None:
    """Whose charge was given back; settled first when this is the first we hear of it."""
    if sent.intent_id is not None:
        named = Subject(about.stripe_account, Topic.INTENT, sent.intent_id)
        await handle(means, named, now=now)
    if sent.charge_id is None:
        return None
    async with means.database.platform_statement() as db:
        return await payments.find_by_charge(
            db, stripe_account=about.stripe_account, charge_id=sent.charge_id
        )


def _named(metadata: Any, field: str, prefix: ids.Prefix) -> tuple[UUID, UUID] | None:
    try:
        return ids.parse("shp", metadata.get("shop")), ids.parse(prefix, metadata.get(field))
    except ids.IdInvalid:
        return None
