"""Books entries. An effect is booked once: asking again changes nothing and says so."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.ledger import queries, rules
from bookedbarber.ledger.chart import Account, Side
from bookedbarber.ledger.queries import BookedEntry
from bookedbarber.ledger.rules import Entry, Movement, Posting
from bookedbarber.money import Money, currency


class EntryParameters(TypedDict):
    """An entry as the `post` fragment takes it, for statements that post and do more."""

    entry_id: UUID
    entry_kind: str
    happened: str
    effective_at: datetime
    reverses: UUID | None
    currency: str
    stripe_account: str
    accounts: Sequence[str]
    sides: Sequence[str]
    amounts: Sequence[int]
    parties: Sequence[UUID | None]
    items: Sequence[str]


def parameters(
    entry: Entry, *, stripe_account: str, now: datetime, reverses: UUID | None = None
) -> EntryParameters:
    """The parameters that make the `post` fragment book this entry."""
    lines = entry.postings
    return {
        "entry_id": ids.new(now),
        "entry_kind": entry.kind,
        "happened": entry.happened,
        "effective_at": entry.effective_at,
        "reverses": reverses,
        "currency": lines[0].amount.currency.code,
        "stripe_account": stripe_account,
        "accounts": [line.account for line in lines],
        "sides": [line.side for line in lines],
        "amounts": [line.amount.minor for line in lines],
        "parties": [line.party for line in lines],
        "items": [line.item for line in lines],
    }


async def post(
    db: Connection, entry: Entry, *, shop_id: UUID, stripe_account: str, now: datetime
) -> bool:
    """Book an entry; False when what happened had been booked before."""
    values = parameters(entry, stripe_account=stripe_account, now=now)
    return bool(await queries.post(db, shop_id=shop_id, now=now, **values))


async def book_movement(
    db: Connection,
    movement: Movement,
    *,
    refund: str | None,
    of: Money,
    shop_id: UUID,
    stripe_account: str,
    now: datetime,
) -> bool:
    """Book a balance transaction with its entries, in the caller's transaction; False when it had
    been booked. `of` is what was charged or given back, before Stripe converted it."""
    entry = rules.balance_moved(movement, refund=refund, of=of)
    values = parameters(entry, stripe_account=stripe_account, now=now)
    booked = await queries.book_balance_transaction(
        db,
        transaction_id=movement.id,
        shop_id=shop_id,
        type=movement.type,
        reporting_category=movement.reporting_category,
        balance_type=movement.balance_type,
        source=movement.source,
        amount=movement.amount.minor,
        fee=movement.fee.minor,
        net=movement.net.minor,
        available_on=movement.available_on,
        now=now,
        **values,
    )
    other_half = rules.exchanged(movement, refund=refund, of=of)
    if booked and other_half is not None:
        await post(db, other_half, shop_id=shop_id, stripe_account=stripe_account, now=now)
    return bool(booked)


async def lines_of(db: Connection, *, shop_id: UUID, happened: str) -> list[Posting]:
    """The postings that booked what happened, line by line; none when it is not booked."""
    entry = await queries.find_entry(db, shop_id=shop_id, happened=happened)
    return _lines(entry) if entry else []


def _lines(entry: BookedEntry) -> list[Posting]:
    code = currency(entry.currency)
    columns = (entry.accounts, entry.sides, entry.amounts, entry.items, entry.parties)
    return [
        Posting(Account(account), Side(side), Money(amount, code), item, party)
        for account, side, amount, item, party in zip(*columns, strict=True)
    ]


async def undo_refund(db: Connection, *, shop_id: UUID, refund: str, now: datetime) -> bool:
    """Reverse the promise of a refund that will never be sent, linked to it."""
    promise = await queries.find_entry(db, shop_id=shop_id, happened=f"refund:{refund}")
    if promise is None:
        return False
    values = parameters(
        rules.refund_undone(_lines(promise), refund=refund, at=now),
        stripe_account=promise.stripe_account,
        now=now,
        reverses=promise.entry_id,
    )
    return bool(await queries.post(db, shop_id=shop_id, now=now, **values))
