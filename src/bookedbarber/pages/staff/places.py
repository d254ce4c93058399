"""Every page of the desk that has an address of its own, found by what it is called."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bookedbarber.access.roles import May
from bookedbarber.lookup.filters import PaymentFilter
from bookedbarber.lookup.words import Status
from bookedbarber.pages.staff import navigation
from bookedbarber.pages.staff.forms import spoken
from bookedbarber.pages.staff.settings.frame import TABS
from bookedbarber.pages.staff.shell import Desk
from bookedbarber.pages.texts import N_


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the desk and what it is a part of; `also` is what else people call it."""

    href: str
    label: str
    icon: str
    within: str = ""
    also: str = ""

    def called(self, wanted: str, say: Callable[[str], str]) -> bool:
        """Whether that is a part of one of its names, in the reader's language or in ours."""
        names = [name for name in (self.label, self.also) if name]
        return any(wanted in name.casefold() for name in (*names, *map(say, names)))


# What else people call the rooms of the settings.
_ALSO: Final = {
    "services": N_("Prices, deposits, durations"),
    "barbers": N_("Time off, breaks"),
    "hours": N_("Holidays, closed days"),
    "policy": N_("Cancelling, no-show, deposit rule"),
    "terms": N_("Conditions"),
    "look": N_("Logo, colour"),
    "shop": N_("Address, tax, language"),
    "people": N_("Staff, roles, accounts"),
    "keys": N_("Program access"),
}


def find(desk: Desk, asked: str) -> tuple[Place, ...]:
    """The places of that name that somebody's role may enter, in their language or in ours."""
    wanted, language = asked.casefold(), spoken(desk)
    return tuple(place for place in _all(desk) if wanted and place.called(wanted, language.say))


def _all(desk: Desk) -> Iterator[Place]:
    for _, rooms in navigation.groups(desk.role):
        for there in rooms:
            yield Place(f"{desk.base}/{there.path}", there.label, there.icon)
    yield from _beside(desk)
    if desk.may(May.SEE_PAYMENTS):
        yield from _payments(desk)
    for path, label, act in TABS:
        if desk.may(act):
            yield Place(
                f"{desk.base}/settings/{path}", label, "settings", N_("Settings"), _ALSO[path]
            )
    yield Place("/desk/password", N_("Change password"), "lock", also=N_("My password"))
    yield Place("/desk", N_("Change shop"), "store", also=N_("Other shops"))
    yield Place("/design", N_("Design"), "copy", also=N_("Components"))


def _beside(desk: Desk) -> Iterator[Place]:
    """Pages that a room leads to."""
    if desk.may(May.SEE_OVERVIEW):
        yield Place(
            f"{desk.base}/attention",
            N_("Needs attention"),
            "triangle-alert",
            N_("Overview"),
            N_("To do"),
        )
    if desk.may(May.WORK_DAY):
        yield Place(
            f"{desk.base}/walk-in", N_("Walk-in"), "footprints", N_("Day"), N_("Seat somebody")
        )


def _payments(desk: Desk) -> Iterable[Place]:
    """The lists of payments that people ask for by a name."""
    today = desk.now.astimezone(ZoneInfo(desk.shop.time_zone)).date()

    def listed(label: str, icon: str, also: str, asked: PaymentFilter) -> Place:
        address = f"{desk.base}/payments?{urlencode(asked.to_query())}"
        return Place(address, label, icon, N_("Payments"), also)

    of_today = PaymentFilter(since=today, until=today)
    failed = PaymentFilter(state=Status.DECLINED, since=today, until=today)
    whole, part = PaymentFilter(state=Status.REFUNDED), PaymentFilter(state=Status.PARTLY_REFUNDED)
    return (
        listed(N_("Payments of today"), "credit-card", "", of_today),
        listed(N_("Payments that failed today"), "circle-alert", N_("Declined today"), failed),
        listed(N_("Payments refunded in full"), "undo-2", N_("Refunds"), whole),
        listed(N_("Payments refunded in part"), "undo-2", N_("Refunds"), part),
    )
