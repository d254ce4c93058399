"""The chart of accounts. Kept for each Stripe account and currency; `party` says whose it is."""

from enum import StrEnum


class Side(StrEnum):
    """The two sides of every entry."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class Kind(StrEnum):
    """What an account is, which tells the side it grows on."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"

    @property
    def grows_on(self) -> Side:
        """The side that makes such an account larger."""
        return Side.DEBIT if self in (Kind.ASSET, Kind.EXPENSE) else Side.CREDIT


class Account(StrEnum):
    """Every account that a posting may name."""

    STRIPE_BALANCE = "stripe_balance"  # always the sum of `net` of booked balance transactions
    AWAITING_STRIPE = "awaiting_stripe"  # captured; the balance transaction is not known yet
    RECEIVABLE_FROM_CLIENT = "receivable_from_client"
    CLIENT_DEPOSITS = "client_deposits"
    REFUNDS_PAYABLE = "refunds_payable"
    TAX_PAYABLE = "tax_payable"
    TIPS_PAYABLE = "tips_payable"
    SUSPENSE = "suspense"  # moved at Stripe, not yet explained
    CURRENCY_EXCHANGE = "currency_exchange"  # what Stripe converted, each currency on its own side
    SERVICE_INCOME = "service_income"
    LATE_CANCELLATION_INCOME = "late_cancellation_income"
    STRIPE_FEES = "stripe_fees"


KINDS: dict[Account, Kind] = {
    Account.STRIPE_BALANCE: Kind.ASSET,
    Account.AWAITING_STRIPE: Kind.ASSET,
    Account.RECEIVABLE_FROM_CLIENT: Kind.ASSET,
    Account.CLIENT_DEPOSITS: Kind.LIABILITY,
    Account.REFUNDS_PAYABLE: Kind.LIABILITY,
    Account.TAX_PAYABLE: Kind.LIABILITY,
    Account.TIPS_PAYABLE: Kind.LIABILITY,
    Account.SUSPENSE: Kind.LIABILITY,
    Account.CURRENCY_EXCHANGE: Kind.ASSET,
    Account.SERVICE_INCOME: Kind.INCOME,
    Account.LATE_CANCELLATION_INCOME: Kind.INCOME,
    Account.STRIPE_FEES: Kind.EXPENSE,
}
