"""`/design`: every component of the staff's pages, in both themes, for whoever builds with them."""

from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.money import Money, currency
from bookedbarber.pages import render
from bookedbarber.pages.context import house
from bookedbarber.pages.staff.shell import Handler, theme_of


@dataclass(frozen=True, slots=True)
class DesignPage:
    """What there is to build with. Everything on it is an example."""

    template: ClassVar[str] = "staff/design.html"
    theme: str
    locale: str = "en"
    net: ClassVar[Money] = Money(4380, currency("gbp"))


async def page(request: Request) -> Response:
    """Every component there is."""
    return render.page(DesignPage(theme_of(request)), house(request).site)


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (("GET", "/design", page),)
