"""What the steps of a new shop have in common."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import RedirectResponse, Response

from bookedbarber.pages import render
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal
from bookedbarber.pages.staff.setup.steps import Step, after, steps
from bookedbarber.pages.staff.shell import Desk, theme_of

PATH: Final = "/desk/{shop}/setup"


@dataclass(frozen=True, slots=True)
class Shown:
    """What every step shows: the shop, where one stands, and how the last saving went."""

    desk_base: str
    action: str
    steps: tuple[Step, ...]
    refusal: Refusal
    theme: str


def shown(desk: Desk, step: str, refusal: Refusal = NOTHING) -> Shown:
    return Shown(
        desk_base=desk.base,
        action=f"{desk.base}/setup/{step}",
        steps=steps(step, desk.base),
        refusal=refusal,
        theme=theme_of(desk.request),
    )


def page(desk: Desk, view: render.View, refusal: Refusal = NOTHING) -> Response:
    status = 200 if refusal is NOTHING else refusal.status
    return render.page(view, desk.house.site, status=status)


def onward(desk: Desk, step: str) -> Response:
    return RedirectResponse(f"{desk.base}/setup/{after(step)}", 303)
