"""The steps of a new shop, and where one stands."""

from dataclasses import dataclass
from typing import Final

from bookedbarber.pages.texts import N_

STEPS: Final = (
    ("shop", N_("Shop")),
    ("services", N_("Services")),
    ("hours", N_("Hours")),
    ("barbers", N_("Barbers")),
    ("policy", N_("Policy")),
    ("open", N_("Open")),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, and whether it is behind, here, or ahead."""

    word: str
    done: bool
    here: bool
    path: str


def steps(name: str, base: str = "") -> tuple[Step, ...]:
    """All steps, seen from one of them; with `base` one can go back to those behind."""
    order = [step for step, _ in STEPS]
    at = order.index(name)
    return tuple(
        Step(
            word=word,
            done=number < at,
            here=number == at,
            path=f"{base}/setup/{step}" if base and 0 < number < at else "",
        )
        for number, (step, word) in enumerate(STEPS)
    )


def after(name: str) -> str:
    """The step that follows."""
    order = [step for step, _ in STEPS]
    return order[order.index(name) + 1]
