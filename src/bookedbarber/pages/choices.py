"""What a client has chosen so far on the booking page, read from the form and never trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from bookedbarber import ids
from bookedbarber.pages.views import Details

ANY, OWN_TIP, NO_TIP = "any", "own", "0"


@dataclass(frozen=True, slots=True)
class Choices:
    """Each field as far as it can be understood; what cannot is as if not chosen."""

    service: UUID | None
    barber: UUID | None
    any_barber: bool
    begin: date | None
    day: date | None
    slot: datetime | None
    plan: str
    tip: str
    tip_typed: str
    details: Details
    agreed: str
    terms: str
    form: str
    booking: bool

    @property
    def barber_chosen(self) -> bool:
        """Whether the second step is done."""
        return self.any_barber or self.barber is not None


def read(form: Mapping[str, str]) -> Choices:
    """The choices in a form or an address."""

    def text(name: str, limit: int = 300) -> str:
        return form.get(name, "").strip()[:limit]

    return Choices(
        service=_id("svc", form.get("service")),
        barber=_id("bar", form.get("barber")),
        any_barber=form.get("barber") == ANY,
        begin=_date(form.get("from")),
        day=_date(form.get("day")),
        slot=_instant(form.get("slot")),
        plan=form.get("plan", ""),
        tip=text("tip", 20),
        tip_typed=text("tip_typed", 20),
        details=Details(text("name"), text("email"), text("phone", 60)),
        agreed=text("agreed", 40),
        terms=text("terms", 10),
        form=text("ticket", 40),
        booking=form.get("do") == "book",
    )


def _id(prefix: ids.Prefix, text: str | None) -> UUID | None:
    try:
        return ids.parse(prefix, text)
    except ids.IdInvalid:
        return None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
