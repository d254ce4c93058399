"""Who comes to the shops of the demo: made-up people, some of whom come back."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

_FIRST: Final = (
    "Amara Ben Chidi Dana Eoin Farah George Hana Idris Jonas Kaya Liam Mina Noah Omar Paula Quentin"
    " Ravi Sana Theo Uma Victor Wen Yusuf Zoe Aiko Bruno Carla Dev Emre Freya Goran"
)
_LAST: Final = (
    "Okafor Schmidt Adeyemi Rossi Murphy Haddad Papadakis Sato Bello Larsen Demir Walsh Petrov"
    " Tanaka Farouk Mendes Dubois Patel Khan Laurent Silva Novak Chen Aydin Jensen Mori"
)
_BACK: Final = (21, 35)  # days until a regular comes again
_BECOMES_REGULAR: Final = 0.55


@dataclass(frozen=True, slots=True)
class Guest:
    """Whoever a visit is for."""

    name: str
    email: str


@dataclass(slots=True)
class Book:
    """The people one barber knows. Draws from the generator it is given and from nothing else."""

    place: str
    draw: Random
    _due: dict[Guest, date] = field(default_factory=dict)
    _known: int = 0

    def guest(self, day: date) -> Guest:
        """A regular whose time has come, whoever waited longest first; else somebody new."""
        found = min(self._due, key=lambda guest: self._due[guest], default=None)
        if found is None or self._due[found] > day:
            self._known += 1
            found = stranger(self.draw, f"{self.place}{self._known}")
            if self.draw.random() > _BECOMES_REGULAR:
                return found
        self._due[found] = day + timedelta(days=self.draw.randint(*_BACK))
        return found


def stranger(draw: Random, mark: str) -> Guest:
    """Somebody new, whose address carries a mark that nobody else's has."""
    first, last = draw.choice(_FIRST.split()), draw.choice(_LAST.split())
    return Guest(f"{first} {last}", f"{first}.{last}.{mark}@example.com".lower())
