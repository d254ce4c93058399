"""Reads what people type. What cannot be read becomes a value that the rules refuse, so that all
that is wrong is said at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bookedbarber import ids
from bookedbarber.booking import availability
from bookedbarber.errors import Refused
from bookedbarber.money import currency
from bookedbarber.pages import amounts
from bookedbarber.shops.settings.weeks import MOST, Span

LONGEST: Final = 24_000
UNREADABLE: Final = -1


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: texts by name, and the names that may come several times."""

    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    @classmethod
    async def of(cls, request: Request) -> "Form":
        """The texts of a form; files are read elsewhere."""
        sent = await request.form()
        texts: dict[str, list[str]] = {}
        for name, value in sent.multi_items():
            if not isinstance(value, UploadFile):
                texts.setdefault(name, []).append(value[:LONGEST])
        return cls(
            {name: found[-1] for name, found in texts.items()},
            {name: tuple(found) for name, found in texts.items()},
        )

    def text(self, name: str) -> str:
        """A text, empty where there is none."""
        return self.values.get(name, "")

    def number(self, name: str) -> int:
        """A whole number."""
        typed = self.text(name).strip()
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else UNREADABLE

    def basis_points(self, name: str) -> int:
        """A rate in percent, with two decimals at most."""
        try:
            rate = Decimal(self.text(name).strip().rstrip("%").strip().replace(",", ".")) * 100
        except InvalidOperation:
            return UNREADABLE
        whole = rate.is_finite() and 0 <= rate <= 100_000 and rate == int(rate)
        return int(rate) if whole else UNREADABLE

    def minor(self, name: str, code: str) -> int:
        """An amount in minor units; 0 where it is none."""
        try:
            return amounts.read(self.text(name), currency(code)).minor
        except Refused:
            return 0

    def checked(self, name: str) -> bool:
        """Whether it was ticked."""
        return bool(self.text(name))

    def ids(self, name: str, prefix: ids.Prefix) -> tuple[UUID, ...]:
        """What was ticked among several; what is no id of the kind is left out."""
        found = []
        for text in self.lists.get(name, ()):
            try:
                found.append(ids.parse(prefix, text))
            except ids.IdInvalid:
                continue
        return tuple(found)

    def week(self, prefix: str) -> list[Span]:
        """The spans of a week's grid; half a span counts as none."""
        found = []
        for weekday in range(7):
            for number in range(MOST):
                name = f"{prefix}-{weekday}-{number}"
                starts, ends = _clock(self.text(f"{name}-from")), _clock(self.text(f"{name}-to"))
                if starts is not None and ends is not None:
                    found.append(Span(weekday, starts, ends))
        return found

    def halves(self, prefix: str) -> set[int]:
        """Weekdays on which only one end of a span was given, or what is no time."""
        found = set()
        for weekday in range(7):
            for number in range(MOST):
                name = f"{prefix}-{weekday}-{number}"
                ends = (self.text(f"{name}-from"), self.text(f"{name}-to"))
                if any(ends) and not all(_clock(one) is not None for one in ends):
                    found.add(weekday)
        return found

    def moment(self, name: str, zone: str) -> datetime | None:
        """An instant as the shop's clock shows it."""
        try:
            wall = datetime.fromisoformat(self.text(name))
            return availability.first_moment(wall.replace(tzinfo=None), ZoneInfo(zone))
        except (ValueError, OverflowError):
            return None


def percent(basis_points: int) -> str:
    """A rate as it is typed: `13.5`."""
    return f"{Decimal(basis_points) / 100:f}".removesuffix(".00")


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None
