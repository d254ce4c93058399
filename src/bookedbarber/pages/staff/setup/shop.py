"""`/start/shop`: what the shop is called and where it is; the country brings the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access import people
from bookedbarber.access import queries as access
from bookedbarber.access.people import Person
from bookedbarber.access.roles import Role
from bookedbarber.errors import Refused
from bookedbarber.pages import render
from bookedbarber.pages.context import House
from bookedbarber.pages.staff.settings.form import Form, percent
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal, refusal_of
from bookedbarber.pages.staff.settings.shop import read
from bookedbarber.pages.staff.setup.account import SHOP, START, STARTS, open_to_all
from bookedbarber.pages.staff.setup.steps import Step, steps
from bookedbarber.pages.staff.shell import Handler, signed_in, theme_of
from bookedbarber.shops import beginning
from bookedbarber.shops import queries as shops
from bookedbarber.shops.beginning import Beginning
from bookedbarber.shops.countries import BY_CODE, COUNTRIES, Country


@dataclass(frozen=True, slots=True)
class CountryPage:
    """Where is your shop?"""

    template: ClassVar[str] = "staff/setup/country.html"
    steps: tuple[Step, ...]
    name: str
    countries: tuple[tuple[str, str], ...]
    theme: str
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class ShopPage:
    """What is it called? With what its country brings."""

    template: ClassVar[str] = "staff/setup/shop.html"
    steps: tuple[Step, ...]
    country: Country
    zones: tuple[tuple[str, str], ...]
    values: Mapping[str, str]
    refusal: Refusal
    site: str
    theme: str
    locale: str = "en"


@open_to_all
async def ask(request: Request, at: House) -> Response:
    """The country first; then the form that it fills in."""
    session = await signed_in(request)
    if session is None:
        return RedirectResponse(START, 303)
    country = BY_CODE.get(request.query_params.get("country", ""))
    if country is None:
        choices = tuple((one.code, one.name) for one in COUNTRIES)
        view = CountryPage(steps("shop"), session.person.name, choices, theme_of(request))
        return render.page(view, at.site)
    return _page(request, at, country, _proposed(country))


@open_to_all
async def make(request: Request, at: House) -> Response:
    """The shop is there from now on, closed; its owner is whoever made it."""
    session, form = await signed_in(request), await Form.of(request)
    if session is None:
        return RedirectResponse(START, 303)
    country = BY_CODE.get(form.text("country"))
    if country is None:
        return RedirectResponse(SHOP, 303)
    await at.context.limiter.take(STARTS, str(session.person.person_id))
    slug = form.text("slug").strip() or await _free(at, form.text("name"))
    zone = form.text("zone") if len(country.zones) > 1 else country.zones[0]
    try:
        slug = await _begin(at, session.person, Beginning(slug, country.code, zone, read(form)))
    except Refused as refused:
        return _page(request, at, country, {**form.values, "slug": slug}, refusal_of(refused))
    return RedirectResponse(f"/desk/{slug}/setup/services", 303)


async def _free(at: House, name: str) -> str:
    async with at.context.means.database.public() as db:
        return await beginning.free(db, name)


async def _begin(at: House, person: Person, wanted: Beginning) -> str:
    """The name of the new shop; of the same one when the button was pressed twice."""
    means, now = at.context.means, at.context.clock.now()
    account = await means.processor.account_id()
    async with means.database.platform() as db:
        await access.lock_person(db, person_id=person.person_id)
        own = [place.shop_id for place in await people.workplaces(db, person=person)]
        name = " ".join(wanted.details.name.split())
        begun = await shops.find_unopened(db, shop_ids=own, name=name)
        if begun is not None:
            return begun
        shop_id = await beginning.begin(
            db, wanted, stripe_account=account, actor=person.actor, now=now
        )
        await people.employ(
            db,
            shop_id=shop_id,
            person_id=person.person_id,
            role=Role.OWNER,
            actor=person.actor,
            now=now,
        )
    return wanted.slug


def _page(
    request: Request,
    at: House,
    country: Country,
    values: Mapping[str, str],
    refusal: Refusal = NOTHING,
) -> Response:
    view = ShopPage(
        steps=steps("shop"),
        country=country,
        zones=tuple((zone, zone.partition("/")[2].replace("_", " ")) for zone in country.zones),
        values={**_proposed(country), **values},
        refusal=refusal,
        site=at.context.means.site_url.partition("://")[2],
        theme=theme_of(request),
    )
    return render.page(view, at.site, status=200 if refusal is NOTHING else refusal.status)


def _proposed(country: Country) -> dict[str, str]:
    return {
        "name": "",
        "slug": "",
        "address": "",
        "phone": "",
        "zone": country.zones[0],
        "tax_name": country.tax_name,
        "tax_basis_points": percent(country.tax_basis_points),
        "tax_included": "yes" if country.tax_included else "no",
    }


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", SHOP, ask),
    ("POST", SHOP, make),
)
