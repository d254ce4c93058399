"""Money: whole minor units with a currency, and every sum the product does with them.

Keeps true that no float touches an amount, that two currencies never meet, and that whatever is
divided adds up again. Leans on nothing but the roots of errors. Leaves to others the books, the
fees (read from Stripe, never computed) and how an amount looks on a page.
"""

from bookedbarber.money.amounts import (
    AmountInvalid,
    AmountNotExact,
    AmountTooLarge,
    AmountTooSmall,
    CurrencyMismatch,
    Money,
    chargeable,
    total,
)
from bookedbarber.money.currencies import CURRENCIES, Currency, UnknownCurrency, currency
from bookedbarber.money.shares import (
    Rate,
    Rounding,
    allocate_refund,
    portion,
    split,
    tax_on,
    tax_within,
)

__all__ = [
    "CURRENCIES",
    "AmountInvalid",
    "AmountNotExact",
    "AmountTooLarge",
    "AmountTooSmall",
    "Currency",
    "CurrencyMismatch",
    "Money",
    "Rate",
    "Rounding",
    "UnknownCurrency",
    "allocate_refund",
    "chargeable",
    "currency",
    "portion",
    "split",
    "tax_on",
    "tax_within",
    "total",
]
