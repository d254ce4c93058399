"""What all rooms of the settings have in common: tabs, saving, and being refused."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from bookedbarber.access.roles import May
from bookedbarber.database import Connection
from bookedbarber.errors import Refused
from bookedbarber.pages.staff.settings.words import Problem, problems
from bookedbarber.pages.staff.shell import Desk
from bookedbarber.pages.texts import N_
from bookedbarber.shops.settings.changes import SettingsChanged
from bookedbarber.shops.settings.faults import SettingsInvalid

TABS: Final[tuple[tuple[str, str, May], ...]] = (
    ("services", N_("Services"), May.SETTINGS),
    ("barbers", N_("Barbers"), May.SETTINGS),
    ("hours", N_("Opening hours"), May.SETTINGS),
    ("policy", N_("Policy"), May.SETTINGS),
    ("terms", N_("Terms"), May.SETTINGS),
    ("look", N_("Look"), May.SETTINGS),
    ("shop", N_("Shop"), May.SETTINGS),
    ("people", N_("People"), May.PEOPLE),
    ("keys", N_("API keys"), May.KEYS),
)
# Refusals that are about one field; any other goes up.
FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "price_not_collectable": (
        "tax_basis_points",
        N_("With this tax a price would be more than a card can be charged."),
    ),
    "colour_invalid": ("colour", N_("Enter a colour as # and six digits, like #1f4fc0.")),
    "logo_too_large": ("logo", N_("That picture is too large. Send at most 256 kB.")),
    "logo_unreadable": ("logo", N_("That is no picture we can show. Send PNG, JPEG or WebP.")),
    "email_in_use": ("email", N_("There is an account with this address already.")),
    "email_invalid": ("email", N_("Enter an e-mail address like name@example.com.")),
    "person_name_missing": ("name", N_("Enter a name of at most 100 characters.")),
    "password_weak": (
        "password",
        N_("Use at least 15 characters, with a letter and a digit among them."),
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not saved: fields to mend, or somebody was quicker."""

    problems: Mapping[str, Problem] = field(default_factory=dict)
    changed: bool = False

    @property
    def status(self) -> int:
        """The answer's status."""
        return 409 if self.changed else 422


NOTHING: Final = Refusal()


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a form: where one is, and how the last saving went."""

    tabs: tuple[tuple[str, str, bool], ...]
    saved: bool
    refusal: Refusal
    opened: bool
    booking_page: str
    setup: str


def frame(desk: Desk, tab: str, refusal: Refusal = NOTHING) -> Frame:
    """The frame of one room of the settings."""
    tabs = tuple(
        (word, f"{desk.base}/settings/{name}", name == tab)
        for name, word, act in TABS
        if desk.may(act)
    )
    return Frame(
        tabs=tabs,
        saved="saved" in desk.request.query_params and refusal is NOTHING,
        refusal=refusal,
        opened=desk.shop.opened_at is not None,
        booking_page=f"/b/{desk.shop.slug}",
        setup=f"{desk.base}/setup/services",
    )


async def save(desk: Desk, work: Callable[[Connection], Awaitable[Any]]) -> Refusal | None:
    """Do the work in a transaction of the shop; None when it is saved."""
    try:
        async with desk.house.context.means.database.tenant(desk.shop_id) as db:
            await work(db)
    except Refused as refused:
        return refusal_of(refused)
    return None


def refusal_of(refused: Refused) -> Refusal:
    """What to say beside the fields; anything that is about no field goes up."""
    if isinstance(refused, SettingsInvalid):
        return Refusal(problems(refused.faults))
    if isinstance(refused, SettingsChanged):
        return Refusal(changed=True)
    if refused.code in FIELDS:
        name, text = FIELDS[refused.code]
        return Refusal({name: Problem(text)})
    raise refused


def saved(desk: Desk, path: str) -> Response:
    """Back to a room, which says that it is saved."""
    return RedirectResponse(f"{desk.base}/settings/{quote(path)}?saved=1", 303)
