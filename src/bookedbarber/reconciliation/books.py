"""Do the books close? Our postings, the movements we booked, and Stripe's own figures, compared.

For each Stripe account and currency: the ledger's *stripe balance* = the sum of `net` over the
movements we booked = the sum over those Stripe lists = the balance Stripe states. Stripe's balance
has no history and is not read together with the list: it is read before and after, and the whole
is repeated while the two differ.

Every other account is the sum of its open items, and each of those must be one that can be: a
deposit of a visit that is still to come, a debt on the side on which it is owed, a movement that
nobody could explain for no longer than a week.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from bookedbarber import ids
from bookedbarber.booking import queries as booking
from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection
from bookedbarber.errors import Unavailable
from bookedbarber.ledger import queries as ledger
from bookedbarber.ledger.chart import KINDS, Account, Side
from bookedbarber.ledger.queries import AccountTotal, OpenItem, UnbalancedEntry
from bookedbarber.money import Money, currency
from bookedbarber.processor.client import Processor
from bookedbarber.processor.snapshots import BalanceTransaction

AWAITING_LIMIT: Final = timedelta(hours=2)  # Stripe says an hour; twice that needs a look
REFUND_LIMIT: Final = timedelta(days=30)  # the longest that Stripe takes over a pending refund
SUSPENSE_LIMIT: Final = timedelta(days=7)  # by then somebody must have looked
# Items of these are not debts, or have a sentence of their own.
_EITHER_SIDE: Final = frozenset(
    {
        Account.STRIPE_BALANCE,
        Account.STRIPE_FEES,
        Account.SUSPENSE,
        Account.REFUNDS_PAYABLE,
        Account.CURRENCY_EXCHANGE,
    }
)
_DEBITS: Final = [a for a in set(Account) - _EITHER_SIDE if KINDS[a].grows_on is Side.DEBIT]
_CREDITS: Final = [a for a in set(Account) - _EITHER_SIDE if KINDS[a].grows_on is Side.CREDIT]
TRIES: Final = 5


class BalanceKeepsMoving(Unavailable):
    """Stripe's balance changed at every reading; ask again in a quieter moment."""

    code: ClassVar[str] = "balance_keeps_moving"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One currency of one Stripe account, by four ways of counting it."""

    stripe_account: str
    posted: Money  # the ledger's stripe balance, from postings alone
    booked: Money  # sum of net over the movements we booked
    listed: Money  # sum of net over the movements Stripe lists
    stated: Money  # what Stripe says its balance is

    @property
    def agrees(self) -> bool:
        """Whether all four are the same to the cent."""
        return self.posted == self.booked == self.listed == self.stated


@dataclass(frozen=True, slots=True)
class Books:
    """The state of the books at one moment."""

    at: datetime
    trial_balance: tuple[AccountTotal, ...]
    comparisons: tuple[Comparison, ...]
    unbooked: tuple[BalanceTransaction, ...]
    awaiting: tuple[OpenItem, ...]
    refunds_owed: tuple[OpenItem, ...]
    suspense: tuple[OpenItem, ...]
    stranded: tuple[OpenItem, ...]  # deposits of visits that are over, or will not take place
    wrong_side: tuple[OpenItem, ...]
    unbalanced: tuple[UnbalancedEntry, ...]

    @property
    def overdue(self) -> tuple[OpenItem, ...]:
        """Captured money that has waited for its movement longer than Stripe takes."""
        return tuple(item for item in self.awaiting if self.at - item.since > AWAITING_LIMIT)

    @property
    def faults(self) -> tuple[str, ...]:
        """Why the books do not close, each in one sentence; nothing when they do."""
        found = [
            f"entry {e.entry_id} is off by {e.difference} {e.currency}" for e in self.unbalanced
        ]
        found += [
            f"{c.stripe_account} {c.posted.currency}: posted {c.posted}, booked {c.booked}, "
            f"listed {c.listed}, stated {c.stated}"
            for c in self.comparisons
            if not c.agrees
        ]
        found += [f"{t.id} ({t.type}, net {t.net}) is not booked" for t in self.unbooked]
        found += [f"{item.item} awaits Stripe since {item.since:%F %T}Z" for item in self.overdue]
        found += [
            f"{item.item} is owed to a client since {item.since:%F}"
            for item in self.refunds_owed
            if self.at - item.since > REFUND_LIMIT
        ]
        found += [
            f"{item.item} was refunded beyond what was owed"
            for item in self.refunds_owed
            if item.debit_balance > 0
        ]
        found += [
            f"{item.item} stands in suspense since {item.since:%F}"
            for item in self.suspense
            if self.at - item.since > SUSPENSE_LIMIT
        ]
        found += [f"{item.item} keeps a deposit and is not to come" for item in self.stranded]
        found += [
            f"{item.item} stands on the wrong side of {item.account}" for item in self.wrong_side
        ]
        return tuple(found)

    @property
    def close(self) -> bool:
        """Whether every cent is where it should be, or is named."""
        return not self.faults


async def read(means: Means, *, now: datetime) -> Books:
    """Count the books of the account our key belongs to, in every way there is.

    Raises BalanceKeepsMoving, and what the processor and the database raise.
    """
    account = await means.processor.account_id()
    listed, stated = await _at_rest(means.processor)
    async with means.database.platform() as db:
        await db.execute("set transaction isolation level repeatable read, read only")
        totals = await ledger.trial_balance(db)
        booked = await ledger.booked_net(db)
        known = set(await ledger.booked_ids(db, stripe_account=account, ids=[t.id for t in listed]))
        return Books(
            at=now,
            trial_balance=tuple(totals),
            comparisons=_compare(
                account,
                posted={
                    t.currency: t.debits - t.credits
                    for t in totals
                    if t.account == Account.STRIPE_BALANCE and t.stripe_account == account
                },
                booked={b.currency: b.net for b in booked if b.stripe_account == account},
                listed=listed,
                stated=stated,
            ),
            unbooked=tuple(t for t in listed if t.id not in known),
            awaiting=tuple(await ledger.open_items(db, account=Account.AWAITING_STRIPE)),
            refunds_owed=tuple(await ledger.open_items(db, account=Account.REFUNDS_PAYABLE)),
            suspense=tuple(await ledger.open_items(db, account=Account.SUSPENSE)),
            stranded=await _stranded(db),
            wrong_side=tuple(
                await ledger.wrong_side(db, debit_accounts=_DEBITS, credit_accounts=_CREDITS)
            ),
            unbalanced=tuple(await ledger.unbalanced_entries(db)),
        )


async def _stranded(db: Connection) -> tuple[OpenItem, ...]:
    deposits = await ledger.open_items(db, account=Account.CLIENT_DEPOSITS)
    over = await booking.not_to_come(
        db,
        shop_ids=[item.shop_id for item in deposits],
        appointment_ids=[ids.parse("apt", item.item) for item in deposits],
    )
    shown = {ids.show("apt", appointment_id) for appointment_id in over}
    return tuple(item for item in deposits if item.item in shown)


async def _at_rest(processor: Processor) -> tuple[list[BalanceTransaction], dict[str, Money]]:
    for _ in range(TRIES):
        before = await processor.balance()
        listed = [moved async for moved in processor.balance_transactions()]
        if await processor.balance() == before:
            return listed, {code: b.available + b.pending for code, b in before.items()}
    raise BalanceKeepsMoving("Stripe's balance changed at every reading.")


def _compare(
    account: str,
    *,
    posted: dict[str, int],
    booked: dict[str, int],
    listed: list[BalanceTransaction],
    stated: dict[str, Money],
) -> tuple[Comparison, ...]:
    sums = Counter[str]()
    for moved in listed:
        sums[moved.net.currency.code] += moved.net.minor
    codes = sorted({*posted, *booked, *sums, *stated})
    return tuple(
        Comparison(
            account,
            posted=Money(posted.get(code, 0), currency(code)),
            booked=Money(booked.get(code, 0), currency(code)),
            listed=Money(sums[code], currency(code)),
            stated=stated.get(code, Money.zero(currency(code))),
        )
        for code in codes
    )
