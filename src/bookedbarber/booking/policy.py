"""What a cancellation costs. Pure: the shop's policy, who cancels, what was paid, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from bookedbarber.booking.states import CancelledBy, MovedBy
from bookedbarber.errors import Refused
from bookedbarber.money import Money, Rounding, portion
from bookedbarber.shops.queries import Shop

WHOLE = 10_000


class TooLateToCancel(Refused):
    """The appointment has begun; only the shop can change it now."""

    code: ClassVar[str] = "too_late_to_cancel"


@dataclass(frozen=True, slots=True)
class Terms:
    """Until when cancelling is free, and what the shop keeps now."""

    free_until: datetime
    free: bool
    kept: Money


class Moved(Protocol):
    """Where a visit was moved from and to, when, and on whose account."""

    @property
    def moved_by(self) -> MovedBy:
        """On whose account."""

    @property
    def moved_at(self) -> datetime:
        """When it was decided."""

    @property
    def from_starts_at(self) -> datetime:
        """Where it was."""

    @property
    def to_starts_at(self) -> datetime:
        """Where it is since."""


def free_until(shop: Shop, starts_at: datetime, moves: Iterable[Moved] = ()) -> datetime:
    """The last moment at which a client cancels a visit free of charge, or moves it: some hours
    before it begins, and until it begins where the shop's `moves` took those hours from them."""
    if surprised(shop, moves):
        return starts_at
    return starts_at - timedelta(hours=shop.free_cancel_hours)


def surprised(shop: Shop, moves: Iterable[Moved]) -> bool:
    """Whether the shop moved a visit whose client could still cancel free of charge to a time for
    which that is over: what a client never agreed to costs them nothing. It is over with a time
    that they chose themselves, and with one that leaves them free again. The first move first."""
    found = False
    for move in moves:
        over = free_until(shop, move.to_starts_at) < move.moved_at
        was_free = found or move.moved_at <= free_until(shop, move.from_starts_at)
        found = move.moved_by is MovedBy.SHOP and over and was_free
    return found


def cancellation(
    shop: Shop,
    *,
    by: CancelledBy,
    starts_at: datetime,
    deposit: Money,
    paid: Money,
    now: datetime,
    moves: Sequence[Moved] = (),
) -> Terms:
    """What the shop keeps of `paid` (without the tip) when a visit is cancelled now.

    Nothing when the shop cancels, at whatever time: the terms bind whoever agreed to them. For
    the client free until `free_cancel_hours` before the start; after that the shop keeps the
    deposit less the share that its policy gives back, never more than was paid, whatever was
    paid ahead. `moves` are those of the visit, the first first (see `free_until`).
    Raises TooLateToCancel for the client once the visit has begun.
    """
    until = free_until(shop, starts_at, moves)
    if by is CancelledBy.SHOP:
        return Terms(until, free=True, kept=Money.zero(paid.currency))
    if now >= starts_at:
        raise TooLateToCancel("The appointment has begun.")
    if now <= until:
        return Terms(until, free=True, kept=Money.zero(paid.currency))
    return Terms(until, free=False, kept=missed(shop, deposit=deposit, paid=paid))


def missed(shop: Shop, *, deposit: Money, paid: Money, moves: Sequence[Moved] = ()) -> Money:
    """What the shop keeps of `paid` (without the tip) of a client who cancels late or does not
    come: the deposit less the share that its policy gives back, never more than was paid, and
    nothing of one whom it surprised."""
    if surprised(shop, moves):
        return Money.zero(paid.currency)
    at_stake = min(deposit, paid)
    return portion(at_stake, WHOLE - shop.late_refund_basis_points, Rounding.DOWN)
