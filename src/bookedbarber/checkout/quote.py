"""What a visit costs and what is due when. Pure: everything a client sees before paying."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from bookedbarber.errors import Refused
from bookedbarber.ledger.rules import Parts
from bookedbarber.money import (
    Money,
    Rounding,
    chargeable,
    currency,
    portion,
    split,
    tax_on,
    tax_within,
)
from bookedbarber.payments.states import Purpose
from bookedbarber.shops.queries import Shop

TIP_LIMIT_SHARES = 2  # a tip above twice the price is taken for a slip of the finger


class TipTooLarge(Refused):
    """The tip is far above the price: more likely a slip than a gift."""

    code: ClassVar[str] = "tip_too_large"


class DepositNotOffered(Refused):
    """The service is sold at its full price only."""

    code: ClassVar[str] = "deposit_not_offered"


class DepositKind(StrEnum):
    """How a service's deposit is set."""

    NONE = "none"
    SHARE = "share"
    FIXED = "fixed"


class Priced(Protocol):
    """A service as its price is set: in minor units of its shop's currency, with or without tax as
    the shop quotes its prices; `deposit_value` is a share in basis points, or minor units."""

    @property
    def price(self) -> int:
        """What the shop quotes."""

    @property
    def deposit_kind(self) -> str:
        """A `DepositKind`."""

    @property
    def deposit_value(self) -> int:
        """How much of it, in the unit of its kind."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of one visit. `service` is without tax; `now` is due at booking."""

    service: Money
    tax: Money
    tip: Money
    deposit: Money
    purpose: Purpose
    now: Parts

    @property
    def price(self) -> Money:
        """The price with its tax, without the tip."""
        return self.service + self.tax

    @property
    def total(self) -> Money:
        """Everything, tip included."""
        return self.price + self.tip

    @property
    def later(self) -> Money:
        """What is left to pay at the shop."""
        return self.total - self.now.total


def quote(shop: Shop, service: Priced, *, purpose: Purpose, tip: Money) -> Quote:
    """The price, tax and deposit of a service, and what is due now.

    Raises DepositNotOffered, TipTooLarge, CurrencyMismatch, or AmountTooSmall when the amount
    due now is less than Stripe collects.
    """
    net, tax = taxed(shop, service)
    deposit = deposit_of(service, net + tax)
    if tip > (net + tax) * TIP_LIMIT_SHARES:
        raise TipTooLarge("The tip is more than twice the price.")
    if purpose is Purpose.FULL:
        now = Parts(net, tax, tip)
    elif deposit.minor == 0:
        raise DepositNotOffered("This service is paid in full.")
    else:
        part, part_tax = split(deposit, [net.minor, tax.minor])
        now = Parts(part, part_tax, tip)
    chargeable(now.total)
    return Quote(net, tax, tip, deposit, purpose, now)


def listed(shop: Shop, service: Priced) -> tuple[Money, Money]:
    """What a client pays for a service, and the deposit of it, before they choose anything."""
    net, tax = taxed(shop, service)
    return net + tax, deposit_of(service, net + tax)


def taxed(shop: Shop, service: Priced) -> tuple[Money, Money]:
    """A service's price without tax, and its tax, whichever of the two the shop quotes."""
    price = Money(service.price, currency(shop.currency))
    if shop.tax_included:
        tax = tax_within(price, shop.tax_basis_points)
        return price - tax, tax
    return price, tax_on(price, shop.tax_basis_points)


def deposit_of(service: Priced, price: Money) -> Money:
    """The deposit of a price with tax; zero where the service asks for none.

    A share is rounded up, so that a deposit is never less than what was announced, and never
    falls below the least that Stripe collects nor rises above the price.
    """
    match DepositKind(service.deposit_kind):
        case DepositKind.NONE:
            return Money.zero(price.currency)
        case DepositKind.SHARE:
            share = portion(price, service.deposit_value, Rounding.UP)
        case DepositKind.FIXED:
            share = Money(service.deposit_value, price.currency)
    least = Money(price.currency.minimum, price.currency)
    return min(max(share, least), price)
