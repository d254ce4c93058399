"""`settings` and `settings/shop`: how the shop is called, where it is, and its tax."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access.roles import May
from bookedbarber.pages.staff.settings.form import Form, percent
from bookedbarber.pages.staff.settings.frame import NOTHING, Frame, Refusal, frame, save, saved
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.shops.settings import changes, details
from bookedbarber.shops.settings.details import Details


@dataclass(frozen=True, slots=True)
class ShopPage:
    """The shop's details, and what stays as it is."""

    template: ClassVar[str] = "staff/settings/shop.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    values: Mapping[str, str]
    fixed: tuple[tuple[str, str], ...]
    url: str


@room(May.SETTINGS)
async def begin(_: Request, desk: Desk) -> Response:
    """To the first room of the settings."""
    return RedirectResponse(f"{desk.base}/settings/services", 303)


@room(May.SETTINGS)
async def show(_: Request, desk: Desk) -> Response:
    """The shop's details."""
    return await _page(desk)


@room(May.SETTINGS)
async def change(request: Request, desk: Desk) -> Response:
    """The shop is this from now on."""
    form = await Form.of(request)
    wanted = read(form)
    refused = await save(
        desk,
        lambda db: details.change(
            db,
            wanted,
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    return await _page(desk, form.values, refused) if refused else saved(desk, "shop")


def read(form: Form) -> Details:
    """The details as they were typed."""
    return Details(
        name=form.text("name"),
        address=form.text("address"),
        phone=form.text("phone"),
        tax_name=form.text("tax_name"),
        tax_basis_points=form.basis_points("tax_basis_points"),
        tax_included=form.text("tax_included") == "yes",
    )


async def _page(
    desk: Desk, typed: Mapping[str, str] | None = None, refusal: Refusal = NOTHING
) -> Response:
    there = details.of(desk.shop)
    url = f"{desk.house.context.means.site_url}/b/{desk.shop.slug}"
    view = ShopPage(
        title="Shop",
        frame=frame(desk, "shop", refusal),
        action=f"{desk.base}/settings/shop",
        values={**_values(there), **(typed or {}), "version": changes.mark(there)},
        fixed=(
            (desk.shop.currency.upper(), desk.shop.country),
            (desk.shop.time_zone, desk.shop.slug),
        ),
        url=url,
    )
    return desk.page(view, status=200 if refusal is NOTHING else refusal.status)


def _values(there: Details) -> dict[str, str]:
    return {
        "name": there.name,
        "address": there.address,
        "phone": there.phone or "",
        "tax_name": there.tax_name,
        "tax_basis_points": percent(there.tax_basis_points),
        "tax_included": "yes" if there.tax_included else "no",
    }


PATH: Final = "/desk/{shop}/settings"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", PATH, begin),
    ("GET", f"{PATH}/shop", show),
    ("POST", f"{PATH}/shop", change),
)
