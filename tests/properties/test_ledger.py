"""The posting rules: whatever happens in whatever amounts, every entry balances and adds up."""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookedbarber.ledger import rules
from bookedbarber.ledger.chart import KINDS, Account, Kind, Side
from bookedbarber.ledger.rules import Entry, Movement, Parts, Posting, Sources
from bookedbarber.money import CURRENCIES, Currency, Money

AT = datetime(2035, 3, 5, 9, tzinfo=UTC)
BARBER = UUID(int=7)
codes = st.sampled_from([CURRENCIES[code] for code in ("usd", "jpy", "kwd")])
amounts = st.integers(0, 10**9)


@st.composite
def parts(draw: st.DrawFn, of: Currency | None = None) -> Parts:
    code = of or draw(codes)
    return Parts(*(Money(draw(amounts), code) for _ in range(3)))


def totals(*entries: Entry) -> Counter[Account]:
    """What accounts stand at after these entries, debits positive."""
    sums: Counter[Account] = Counter()
    for entry in entries:
        for p in entry.postings:
            sums[p.account] += p.amount.minor if p.side is Side.DEBIT else -p.amount.minor
    return Counter({account: n for account, n in sums.items() if n})


def balanced(entry: Entry) -> bool:
    return sum(totals(entry).values()) == 0 and all(p.amount.minor > 0 for p in entry.postings)


@given(st.data(), codes)
@pytest.mark.proves("X1")
def test_a_visit_from_its_payment_to_its_end_leaves_only_what_it_earned(
    data: st.DataObject, code: Currency
) -> None:
    sold = data.draw(parts(code))
    if sold.total.minor == 0:
        return
    paid = Money(data.draw(st.integers(1, sold.total.minor)), code)
    captured = rules.payment_captured(charge="ch", visit="apt", amount=paid, at=AT)
    done = rules.visit_completed(visit="apt", sold=sold, paid=paid, barber=BARBER, at=AT)
    assert balanced(captured)
    assert balanced(done)
    left = totals(captured, done)
    assert left[Account.CLIENT_DEPOSITS] == 0
    assert left[Account.RECEIVABLE_FROM_CLIENT] == sold.total.minor - paid.minor
    assert -left[Account.SERVICE_INCOME] == sold.service.minor
    assert -left[Account.TAX_PAYABLE] == sold.tax.minor
    assert -left[Account.TIPS_PAYABLE] == sold.tip.minor
    tips = [p for p in done.postings if p.account is Account.TIPS_PAYABLE]
    assert all(p.party == BARBER for p in tips)


INCOMES = [Account.SERVICE_INCOME, Account.LATE_CANCELLATION_INCOME]


@given(st.data(), codes, st.sampled_from(INCOMES))
@pytest.mark.proves("X1")
def test_a_refund_that_is_undone_leaves_no_trace_in_any_account(
    data: st.DataObject, code: Currency, income: Account
) -> None:
    back = Sources(Money(data.draw(amounts), code), data.draw(parts(code)), income)
    if back.total.minor == 0:
        return
    promised = rules.refund_promised(refund="ref", visit="apt", sources=back, barber=BARBER, at=AT)
    assert balanced(promised)
    assert -totals(promised)[Account.REFUNDS_PAYABLE] == back.total.minor
    undone = rules.refund_undone(promised.postings, refund="ref", at=AT)
    assert balanced(undone)
    assert not totals(promised, undone)


def movement(kind: str, amount: int, fee: int, code: Currency) -> Movement:
    return Movement(
        id="txn", type=kind, reporting_category=kind, balance_type="payments", source="ch",
        amount=Money(amount, code), fee=Money(fee, code), net=Money(amount - fee, code),
        created=AT, available_on=AT,
    )  # fmt: skip


KINDS_OF_MOVEMENT = ["charge", "payment", "refund", "payment_refund", "refund_failure", "payout",
                     "adjustment", "stripe_fee", "transfer", "never_heard_of"]  # fmt: skip


@given(
    st.sampled_from(KINDS_OF_MOVEMENT),
    st.integers(-(10**9), 10**9),
    st.integers(-(10**6), 10**6),
    st.sampled_from([None, "ref"]),
    codes,
)
@pytest.mark.proves("X1")
def test_every_movement_of_stripes_balance_moves_ours_by_its_net(
    kind: str, amount: int, fee: int, refund: str | None, code: Currency
) -> None:
    moved = movement(kind, amount, fee, code)
    if amount == fee == 0:
        return
    entry = rules.balance_moved(moved, refund=refund, of=abs(moved.amount))
    assert rules.exchanged(moved, refund=refund, of=abs(moved.amount)) is None
    assert balanced(entry)
    sums = totals(entry)
    assert sums[Account.STRIPE_BALANCE] == amount - fee
    assert sums[Account.STRIPE_FEES] == fee
    others = set(sums) - {Account.STRIPE_BALANCE, Account.STRIPE_FEES}
    explained = {"charge": Account.AWAITING_STRIPE, "payment": Account.AWAITING_STRIPE}
    if refund and "refund" in kind:
        explained[kind] = Account.REFUNDS_PAYABLE
    assert others <= {explained.get(kind, Account.SUSPENSE)}


@given(
    st.sampled_from(["charge", "payment", "refund", "refund_failure"]),
    st.integers(-(10**9), 10**9).filter(bool),
    st.integers(0, 10**6),
    st.integers(1, 10**9),
)
@pytest.mark.proves("X1")
def test_a_movement_that_stripe_converted_is_two_entries_that_meet_on_it(
    kind: str, amount: int, fee: int, original: int
) -> None:
    moved = movement(kind, amount, fee, CURRENCIES["usd"])
    of = Money(original, CURRENCIES["jpy"])
    here = rules.balance_moved(moved, refund="ref", of=of)
    there = rules.exchanged(moved, refund="ref", of=of)
    assert there is not None
    assert balanced(here)
    assert balanced(there)
    assert {p.amount.currency.code for p in here.postings} == {"usd"}
    assert {p.amount.currency.code for p in there.postings} == {"jpy"}
    assert totals(here)[Account.STRIPE_BALANCE] == amount - fee
    sign = 1 if amount > 0 else -1
    assert totals(here)[Account.CURRENCY_EXCHANGE] == -amount
    assert totals(there)[Account.CURRENCY_EXCHANGE] == sign * original
    settled = Account.AWAITING_STRIPE if kind in ("charge", "payment") else Account.REFUNDS_PAYABLE
    assert totals(there)[settled] == -sign * original


@given(parts())
@pytest.mark.proves("X1")
def test_a_late_fee_never_keeps_a_tip(kept: Parts) -> None:
    if kept.tip.minor:
        with pytest.raises(AssertionError):
            rules.cancelled_late(visit="apt", kept=kept, at=AT)
    elif kept.total.minor:
        entry = rules.cancelled_late(visit="apt", kept=kept, at=AT)
        assert balanced(entry)
        assert totals(entry)[Account.CLIENT_DEPOSITS] == kept.total.minor


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), codes, codes)
@pytest.mark.proves("X1")
def test_an_entry_that_does_not_balance_cannot_be_made(
    left: int, right: int, one: Currency, other: Currency
) -> None:
    lines = (
        Posting(Account.SUSPENSE, Side.DEBIT, Money(left, one), "x"),
        Posting(Account.STRIPE_FEES, Side.CREDIT, Money(right, other), "x"),
    )
    if left == right > 0 and one == other:
        assert balanced(Entry(rules.EntryKind.PAYMENT_CAPTURED, "x", AT, lines))
        return
    with pytest.raises(AssertionError):
        Entry(rules.EntryKind.PAYMENT_CAPTURED, "x", AT, lines)


def test_every_account_is_of_a_kind_and_grows_on_its_side() -> None:
    assert set(KINDS) == set(Account)
    grows = {kind: kind.grows_on for kind in Kind}
    assert grows[Kind.ASSET] is grows[Kind.EXPENSE] is Side.DEBIT
    assert grows[Kind.LIABILITY] is grows[Kind.INCOME] is Side.CREDIT
