"""Prices that can be sold online: what Stripe could not collect is found before a client."""

from collections.abc import Iterator
from typing import ClassVar

from bookedbarber.errors import Refused
from bookedbarber.money import Money, chargeable, tax_on


class PriceNotCollectable(Refused):
    """A price or deposit that Stripe cannot collect in the shop's currency; nothing was changed."""

    code: ClassVar[str] = "price_not_collectable"


def check(
    name: str, price: Money, deposit: Money | None, *, tax_basis_points: int, tax_included: bool
) -> None:
    """Whatever booking a service may collect can be collected. Raises PriceNotCollectable."""
    try:
        for amount in _collected(price, deposit, None if tax_included else tax_basis_points):
            chargeable(amount)
    except Refused as why:
        detail = f"{name}: {price} cannot be collected online."
        raise PriceNotCollectable(detail, service=name, reason=why.code) from why


def _collected(price: Money, deposit: Money | None, added: int | None) -> Iterator[Money]:
    yield price
    if added is not None:
        yield price + tax_on(price, added)
    if deposit is not None:
        yield max(deposit, Money(price.currency.minimum, price.currency))
