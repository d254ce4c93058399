"""What the demo leaves in its data folder for the pages to show: who can sign in."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOGINS: Final = "logins.json"


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody of the demo, and how they sign in. In the demo only: these are no secrets."""

    name: str
    what: str
    email: str
    password: str


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
