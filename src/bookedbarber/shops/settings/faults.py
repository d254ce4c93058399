"""What may be wrong with a form of the settings, gathered so that a person mends it in one go."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final

from bookedbarber.errors import Refused

_SPACES: Final = re.compile(r"[^\S\n]+")
LINE: Final = 120


class Reason(StrEnum):
    """Why a field cannot stay as it is."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_CHOICE = "not_a_choice"
    TAKEN = "taken"
    OVERLAPS = "overlaps"
    BACKWARDS = "backwards"
    NOT_COLLECTABLE = "not_collectable"
    NOT_A_PHONE = "not_a_phone"
    NOT_A_COLOUR = "not_a_colour"
    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Fault:
    """One field to mend; the bounds are given where it is a matter of bounds."""

    field: str
    reason: Reason
    least: int | None = None
    most: int | None = None


class SettingsInvalid(Refused):
    """Some fields cannot stay as they are; `errors` names each with its reason."""

    code: ClassVar[str] = "settings_invalid"

    def __init__(self, faults: Collection[Fault]) -> None:
        self.faults = tuple(faults)
        named = [
            {
                "field": one.field,
                "reason": str(one.reason),
                **({} if one.least is None else {"least": one.least}),
                **({} if one.most is None else {"most": one.most}),
            }
            for one in self.faults
        ]
        super().__init__("; ".join(f"{f.field}: {f.reason}" for f in self.faults), errors=named)


@dataclass(slots=True)
class Check:
    """Looks at fields one by one; `done` raises SettingsInvalid with everything it found."""

    faults: list[Fault] = field(default_factory=list)

    def add(
        self, name: str, reason: Reason, *, least: int | None = None, most: int | None = None
    ) -> None:
        """This field cannot stay as it is."""
        self.faults.append(Fault(name, reason, least, most))

    def line(self, name: str, value: str, *, most: int = LINE, needed: bool = True) -> str:
        """One line of text as it will be kept."""
        return self._bounded(name, " ".join(_printable(value).split()), most, needed=needed)

    def text(self, name: str, value: str, *, most: int) -> str:
        """Text of several lines as it will be kept."""
        lines = (_SPACES.sub(" ", line).strip() for line in _printable(value).split("\n"))
        return self._bounded(name, "\n".join(lines).strip(), most, needed=True)

    def number(self, name: str, value: int, least: int, most: int) -> int:
        """A whole number between two bounds. What no number could be read from comes as -1."""
        if not least <= value <= most:
            self.add(name, Reason.OUT_OF_RANGE, least=least, most=most)
        return value

    def choice(self, name: str, value: object, choices: Collection[object]) -> None:
        """One of these, and nothing else."""
        if value not in choices:
            self.add(name, Reason.NOT_A_CHOICE)

    def done(self) -> None:
        """Everything was looked at. Raises SettingsInvalid."""
        if self.faults:
            raise SettingsInvalid(self.faults)

    def _bounded(self, name: str, kept: str, most: int, *, needed: bool) -> str:
        if needed and not kept:
            self.add(name, Reason.MISSING)
        if len(kept) > most:
            self.add(name, Reason.TOO_LONG, most=most)
        return kept


def _printable(value: str) -> str:
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in plain)
