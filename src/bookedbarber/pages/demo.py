"""What the demo leaves in its data folder for the pages to show."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

LOGINS: Final = "logins.json"
PLANTED: Final = "planted.json"


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody of the demo, and how they sign in. In the demo only: these are no secrets."""

    name: str
    what: str
    email: str
    password: str
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something planted in the demo's history: its kind, where, on which day of the shop, and the
    bookings that make it, as far as they are made."""

    kind: str
    shop: str
    day: date
    bookings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's own folder."""

    folder: Path

    def logins(self) -> tuple[Login, ...]:
        """Who can sign in, as they were made at the first start."""
        try:
            return tuple(Login(**one) for one in json.loads((self.folder / LOGINS).read_text()))
        except FileNotFoundError:
            return ()

    def planted(self) -> tuple[Oddity, ...]:
        """What is planted in the history, as its players made it."""
        try:
            found = json.loads((self.folder / PLANTED).read_text())
        except FileNotFoundError:
            return ()
        return tuple(
            Oddity(
                kind=one["kind"],
                shop=one["shop"],
                day=date.fromisoformat(one["day"]),
                bookings=tuple(one["bookings"]),
            )
            for one in found
        )
