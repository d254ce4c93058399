"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

ledger: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """One row, as PostgreSQL types it."""

    entry_id: UUID
    kind: str
    effective_at: datetime
    stripe_account: str
    currency: str
    accounts: list[str]
    sides: list[str]
    amounts: list[int]
    parties: list[UUID]
    items: list[str]


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """One row, as PostgreSQL types it."""

    stripe_account: str
    currency: str
    account: str
    debits: int
    credits: int


@dataclass(frozen=True, slots=True)
class UnbalancedEntry:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    entry_id: UUID
    currency: str
    difference: int


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One row, as PostgreSQL types it."""

    stripe_account: str
    shop_id: UUID
    item: str
    currency: str
    account: str
    debit_balance: int
    since: datetime


@dataclass(frozen=True, slots=True)
class BookedNet:
    """One row, as PostgreSQL types it."""

    stripe_account: str
    currency: str
    transactions: int
    net: int


@dataclass(frozen=True, slots=True)
class ItemBalance:
    """One row, as PostgreSQL types it."""

    account: str
    open: int


@dataclass(frozen=True, slots=True)
class ItemOpen:
    """One row, as PostgreSQL types it."""

    item: str
    open: int


POST = """\
/* ledger.post */
with gate as (select 1), entry as (
    insert into entries (shop_id, entry_id, kind, happened, effective_at, recorded_at, reverses)
    select $1, $2, $3, $4, $5, $6, $7 from gate
    on conflict (shop_id, happened) do nothing
    returning shop_id, entry_id
),
posted as (
    insert into postings (shop_id, entry_id, line, account, side, amount, currency,
                          stripe_account, party_id, item)
    select entry.shop_id, entry.entry_id, p.line, p.account, p.side, p.amount, $8,
           $9, p.party_id, p.item
      from entry,
           unnest($10::text[], $11::text[], $12::bigint[], $13::uuid[],
                  $14::text[]) with ordinality
               as p (account, side, amount, party_id, item, line)
    returning 1
)
select count(*) as booked from entry"""


async def post(
    db: Connection,
    *,
    shop_id: UUID,
    entry_id: UUID,
    entry_kind: str,
    happened: str,
    effective_at: datetime,
    now: datetime,
    reverses: UUID | None,
    currency: str,
    stripe_account: str,
    accounts: Sequence[str],
    sides: Sequence[str],
    amounts: Sequence[int],
    parties: Sequence[UUID | None],
    items: Sequence[str],
) -> int:
    """Book one entry; says how many are new (0 when this had been booked before)."""
    db.touch(shop_id)
    row = await db.fetchrow(
        POST,
        shop_id,
        entry_id,
        entry_kind,
        happened,
        effective_at,
        now,
        reverses,
        currency,
        stripe_account,
        accounts,
        sides,
        amounts,
        parties,
        items,
    )
    if row is None:
        raise LookupError("post")
    value: int = row[0]
    return value


BOOK_BALANCE_TRANSACTION = """\
/* ledger.book_balance_transaction */
with gate as (
    insert into balance_transactions (stripe_account, id, shop_id, type, reporting_category,
                                      balance_type, source, amount, fee, net, currency, created,
                                      available_on, recorded_at)
    values ($1, $2, $3, $4, $5,
            $6, $7, $8, $9, $10, $11, $12,
            $13, $14)
    on conflict (stripe_account, id) do nothing
    returning 1
), entry as (
    insert into entries (shop_id, entry_id, kind, happened, effective_at, recorded_at, reverses)
    select $3, $15, $16, $17, $12, $14, $18 from gate
    on conflict (shop_id, happened) do nothing
    returning shop_id, entry_id
),
posted as (
    insert into postings (shop_id, entry_id, line, account, side, amount, currency,
                          stripe_account, party_id, item)
    select entry.shop_id, entry.entry_id, p.line, p.account, p.side, p.amount, $11,
           $1, p.party_id, p.item
      from entry,
           unnest($19::text[], $20::text[], $21::bigint[], $22::uuid[],
                  $23::text[]) with ordinality
               as p (account, side, amount, party_id, item, line)
    returning 1
)
select count(*) as booked from entry"""


async def book_balance_transaction(
    db: Connection,
    *,
    stripe_account: str,
    transaction_id: str,
    shop_id: UUID,
    type: str,
    reporting_category: str,
    balance_type: str,
    source: str,
    amount: int,
    fee: int,
    net: int,
    currency: str,
    effective_at: datetime,
    available_on: datetime,
    now: datetime,
    entry_id: UUID,
    entry_kind: str,
    happened: str,
    reverses: UUID | None,
    accounts: Sequence[str],
    sides: Sequence[str],
    amounts: Sequence[int],
    parties: Sequence[UUID | None],
    items: Sequence[str],
) -> int:
    """Book Stripe's movement and its entry in one step; 0 when it had been booked before."""
    db.touch(shop_id)
    row = await db.fetchrow(
        BOOK_BALANCE_TRANSACTION,
        stripe_account,
        transaction_id,
        shop_id,
        type,
        reporting_category,
        balance_type,
        source,
        amount,
        fee,
        net,
        currency,
        effective_at,
        available_on,
        now,
        entry_id,
        entry_kind,
        happened,
        reverses,
        accounts,
        sides,
        amounts,
        parties,
        items,
    )
    if row is None:
        raise LookupError("book_balance_transaction")
    value: int = row[0]
    return value


FIND_ENTRY = """\
/* ledger.find_entry */
select e.entry_id, e.kind, e.effective_at, p.stripe_account, p.currency::text as currency,
       array_agg(p.account order by p.line) as accounts,
       array_agg(p.side order by p.line) as sides,
       array_agg(p.amount order by p.line) as amounts,
       array_agg(p.party_id order by p.line) as parties,
       array_agg(p.item order by p.line) as items
  from entries e join postings p using (shop_id, entry_id)
 where e.shop_id = $1 and e.happened = $2
 group by e.entry_id, e.kind, e.effective_at, p.stripe_account, p.currency"""


async def find_entry(
    db: Connection,
    *,
    shop_id: UUID,
    happened: str,
) -> BookedEntry | None:
    """The entry that booked what happened, with its postings, line by line."""
    row = await db.fetchrow(FIND_ENTRY, shop_id, happened)
    if row is None:
        return None
    return BookedEntry(*row)


TRIAL_BALANCE = """\
/* ledger.trial_balance */
select stripe_account, currency::text as currency, account,
       coalesce(sum(amount) filter (where side = 'debit'), 0)::bigint as debits,
       coalesce(sum(amount) filter (where side = 'credit'), 0)::bigint as credits
  from postings
 group by stripe_account, currency, account
 order by stripe_account, currency, account"""


async def trial_balance(
    db: Connection,
) -> list[AccountTotal]:
    """Every account of every set of books, with what was debited and credited to it."""
    return [AccountTotal(*row) for row in await db.fetch(TRIAL_BALANCE)]


UNBALANCED_ENTRIES = """\
/* ledger.unbalanced_entries */
select shop_id, entry_id, currency::text as currency,
       sum(case side when 'debit' then amount else -amount end)::bigint as difference
  from postings
 group by shop_id, entry_id, currency
having sum(case side when 'debit' then amount else -amount end) <> 0"""


async def unbalanced_entries(
    db: Connection,
) -> list[UnbalancedEntry]:
    """Entries whose debits and credits differ. The database refuses them; this proves it did."""
    return [UnbalancedEntry(*row) for row in await db.fetch(UNBALANCED_ENTRIES)]


OPEN_ITEMS = """\
/* ledger.open_items */
select p.stripe_account, p.shop_id, p.item, p.currency::text as currency, p.account,
       sum(case p.side when 'debit' then p.amount else -p.amount end)::bigint as debit_balance,
       min(e.effective_at) as since
  from postings p join entries e using (shop_id, entry_id)
 where p.account = $1
 group by p.stripe_account, p.shop_id, p.item, p.currency, p.account
having sum(case p.side when 'debit' then p.amount else -p.amount end) <> 0
 order by min(e.effective_at)"""


async def open_items(
    db: Connection,
    *,
    account: str,
) -> list[OpenItem]:
    """What is still open in one account, item by item, the oldest first."""
    return [OpenItem(*row) for row in await db.fetch(OPEN_ITEMS, account)]


OVERDUE_ITEMS = """\
/* ledger.overdue_items */
select p.stripe_account, p.shop_id, p.item, p.currency::text as currency, p.account,
       sum(case p.side when 'debit' then p.amount else -p.amount end)::bigint as debit_balance,
       min(e.effective_at) as since
  from postings p join entries e using (shop_id, entry_id)
 where p.account = $1
 group by p.stripe_account, p.shop_id, p.item, p.currency, p.account
having sum(case p.side when 'debit' then p.amount else -p.amount end) <> 0
   and min(e.effective_at) < $2
   and (min(e.effective_at), p.item) > ($3::timestamptz, $4::text)
 order by min(e.effective_at), p.item limit $5"""


async def overdue_items(
    db: Connection,
    *,
    account: str,
    before: datetime,
    after_since: datetime,
    after_item: str,
    page: int,
) -> list[OpenItem]:
    """A page of what has been open in one account since before a moment, the oldest first,
    after one.
    """
    return [
        OpenItem(*row)
        for row in await db.fetch(OVERDUE_ITEMS, account, before, after_since, after_item, page)
    ]


BOOKED_NET = """\
/* ledger.booked_net */
select stripe_account, currency::text as currency, count(*) as transactions,
       sum(net)::bigint as net
  from balance_transactions group by stripe_account, currency"""


async def booked_net(
    db: Connection,
) -> list[BookedNet]:
    """Sum of `net` over the booked balance transactions of each Stripe account and currency."""
    return [BookedNet(*row) for row in await db.fetch(BOOKED_NET)]


BOOKED_IDS = """\
/* ledger.booked_ids */
select id from balance_transactions
 where stripe_account = $1 and id = any($2::text[])"""


async def booked_ids(
    db: Connection,
    *,
    stripe_account: str,
    ids: Sequence[str],
) -> list[str]:
    """Which of these balance transactions are booked."""
    return [row[0] for row in await db.fetch(BOOKED_IDS, stripe_account, ids)]


ITEM_BALANCES = """\
/* ledger.item_balances */
select account, sum(case side when 'credit' then amount else -amount end)::bigint as open
  from postings
 where shop_id = $1 and account = any($2::text[]) and item = $3
 group by account"""


async def item_balances(
    db: Connection,
    *,
    shop_id: UUID,
    accounts: Sequence[str],
    item: str,
) -> list[ItemBalance]:
    """What is open on one item in each of these accounts, as a credit balance in minor units."""
    return [ItemBalance(*row) for row in await db.fetch(ITEM_BALANCES, shop_id, accounts, item)]


OPEN_ON_ITEMS = """\
/* ledger.open_on_items */
select item, sum(case side when 'debit' then amount else -amount end)::bigint as open
  from postings
 where shop_id = $1 and account = $2 and item = any($3::text[])
 group by item"""


async def open_on_items(
    db: Connection,
    *,
    shop_id: UUID,
    account: str,
    items: Sequence[str],
) -> list[ItemOpen]:
    """What is open in one account on each of these items, as a debit balance in minor units."""
    return [ItemOpen(*row) for row in await db.fetch(OPEN_ON_ITEMS, shop_id, account, items)]


WRONG_SIDE = """\
/* ledger.wrong_side */
select p.stripe_account, p.shop_id, p.item, p.currency::text as currency, p.account,
       sum(case p.side when 'debit' then p.amount else -p.amount end)::bigint as debit_balance,
       min(e.effective_at) as since
  from postings p join entries e using (shop_id, entry_id)
 where p.account = any($1::text[]) or p.account = any($2::text[])
 group by p.stripe_account, p.shop_id, p.item, p.currency, p.account
having case when p.account = any($1::text[])
            then sum(case p.side when 'debit' then p.amount else -p.amount end) < 0
            else sum(case p.side when 'debit' then p.amount else -p.amount end) > 0 end
 order by min(e.effective_at)"""


async def wrong_side(
    db: Connection,
    *,
    debit_accounts: Sequence[str],
    credit_accounts: Sequence[str],
) -> list[OpenItem]:
    """Items of accounts that are somebody's and stand on the side on which nothing can be owed."""
    return [OpenItem(*row) for row in await db.fetch(WRONG_SIDE, debit_accounts, credit_accounts)]
