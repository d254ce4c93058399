"""What somebody will do in the demo: a visit from its booking to what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from bookedbarber.demo.people import Guest

_ARRIVES: Final = timedelta(minutes=5)  # before the time
_MISSED: Final = timedelta(minutes=20)  # after it
_EARLY: Final = timedelta(hours=30)  # before the time: free of charge
_LATE: Final = timedelta(hours=4)
_REFUND: Final = timedelta(hours=20)  # after the visit


class Paying(StrEnum):
    """How the payment of a booking goes."""

    AT_ONCE = "at_once"
    OTHER_CARD = "other_card"  # the first is declined
    CHALLENGE = "challenge"  # 3-D Secure, passed
    CHALLENGE_LEFT = "challenge_left"  # 3-D Secure, and the client goes away
    DECLINED = "declined"  # and no other card
    LEFT = "left"  # never tried

    @property
    def pays(self) -> bool:
        """Whether money arrives in the end."""
        return self in (Paying.AT_ONCE, Paying.OTHER_CARD, Paying.CHALLENGE)


class Ending(StrEnum):
    """What becomes of a booking that was paid."""

    KEPT = "kept"
    CANCELLED_EARLY = "cancelled_early"
    CANCELLED_LATE = "cancelled_late"
    CANCELLED_BY_SHOP = "cancelled_by_shop"
    NO_SHOW = "no_show"


class Goodwill(StrEnum):
    """What the shop gives back afterwards."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"
    FAILING = "failing"  # part of it, and the bank sends it back


class Deed(StrEnum):
    """What is done about a visit at one moment, by the client or at the desk."""

    BOOK = "book"
    WALK_IN = "walk_in"
    CANCEL = "cancel"
    CANCEL_BY_SHOP = "cancel_by_shop"
    CHECK_IN = "check_in"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit as it is planned; `name` is the same whenever the same plan is drawn.

    `tip` is in percent of the price. Who walks in is seated at the desk and pays at the shop.
    `planted` names the peculiarity that the visit belongs to.
    """

    name: str
    shop: str
    barber: str
    service: str
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime
    guest: Guest
    deposit: bool = False
    tip: int = 0
    paying: Paying = Paying.AT_ONCE
    ending: Ending = Ending.KEPT
    goodwill: Goodwill = Goodwill.NOTHING
    walks_in: bool = False
    planted: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A deed that is due: not before `at`."""

    at: datetime
    deed: Deed
    visit: Visit


def acts(visit: Visit) -> Iterator[Act]:
    """Everything that is done about a visit, in order of time."""
    if visit.walks_in:
        yield Act(visit.starts_at, Deed.WALK_IN, visit)
        yield Act(visit.ends_at, Deed.COMPLETE, visit)
        return
    yield Act(visit.booked_at, Deed.BOOK, visit)
    if not visit.paying.pays:
        return
    match visit.ending:
        case Ending.KEPT:
            yield Act(visit.starts_at - _ARRIVES, Deed.CHECK_IN, visit)
            yield Act(visit.ends_at, Deed.COMPLETE, visit)
            if visit.goodwill is not Goodwill.NOTHING:
                yield Act(visit.ends_at + _REFUND, Deed.REFUND, visit)
        case Ending.CANCELLED_EARLY:
            yield Act(visit.starts_at - _EARLY, Deed.CANCEL, visit)
        case Ending.CANCELLED_LATE:
            yield Act(visit.starts_at - _LATE, Deed.CANCEL, visit)
        case Ending.CANCELLED_BY_SHOP:
            yield Act(visit.starts_at - _LATE, Deed.CANCEL_BY_SHOP, visit)
        case Ending.NO_SHOW:
            yield Act(visit.starts_at + _MISSED, Deed.NO_SHOW, visit)
        case _:
            assert_never(visit.ending)
