"""A shop that begins: there from its first step, and closed to clients until it is opened."""

from datetime import time
from typing import Any

import pytest

from bookedbarber.shops import beginning
from bookedbarber.shops.beginning import Beginning, ShopNotReady
from bookedbarber.shops.countries import COUNTRIES
from bookedbarber.shops.settings import barbers, hours, services
from bookedbarber.shops.settings.barbers import BarberForm
from bookedbarber.shops.settings.changes import mark
from bookedbarber.shops.settings.details import Details
from bookedbarber.shops.settings.faults import SettingsInvalid
from bookedbarber.shops.settings.services import ServiceForm
from bookedbarber.shops.settings.weeks import Span
from tests.world import Shop, World

WHO = "staff:test"
CUT = ServiceForm(
    name="Cut",
    description="",
    duration_minutes=30,
    buffer_minutes=0,
    price=2500,
    deposit_kind="none",
    deposit_value=0,
    position=0,
    active=True,
)


def described(**changes: Any) -> Beginning:
    return Beginning(
        **{
            "slug": "north-end",
            "country": "GB",
            "zone": "Europe/London",
            "details": Details(
                "North End Cuts", "1 North End", None, "VAT", 2000, tax_included=True
            ),
            **changes,
        }
    )


async def begun(world: World, **changes: Any) -> Shop:
    async with world.means.database.platform() as db:
        shop_id = await beginning.begin(
            db,
            described(**changes),
            stripe_account=world.stripe_account,
            actor=WHO,
            now=world.clock.now(),
        )
    return Shop(shop_id, described(**changes).slug, key="")


async def test_a_shop_takes_no_booking_until_it_is_opened_and_then_it_does(world: World) -> None:
    shop, now = await begun(world), world.clock.now()
    who: dict[str, Any] = {"shop_id": shop.id, "actor": WHO, "now": now}
    async with world.means.database.tenant(shop.id) as db:
        with pytest.raises(ShopNotReady) as lacking:
            await beginning.open_for_bookings(db, **who)
    assert lacking.value.facts["missing"] == ["services", "hours", "barbers"]
    async with world.means.database.tenant(shop.id) as db:
        cut = await services.add(db, CUT, **who)
        every_day = [Span(day, *map(_clock, ("09:00", "17:00"))) for day in range(7)]
        await hours.change(db, every_day, version=mark(()), **who)
        await barbers.add(
            db, BarberForm("Ada", "employee", 0, active=True, services=(cut.service_id,)), **who
        )
    page = (await world.http.get(f"/b/{shop.slug}")).text
    assert "Opening soon" in page
    assert "noindex" in page
    shop.menu = (await world.http.get(f"/api/v2/shops/{shop.slug}")).json()
    refused = await world.book(shop, "Cut")
    assert (refused.status_code, refused.json()["code"]) == (409, "shop_not_open")
    assert shop.slug not in (await world.http.get("/")).text
    async with world.means.database.tenant(shop.id) as db:
        await beginning.open_for_bookings(db, **who)
        await beginning.open_for_bookings(db, **who)  # again: it is open, and stays so
    page = (await world.http.get(f"/b/{shop.slug}")).text
    assert "Opening soon" not in page
    assert shop.slug in (await world.http.get("/")).text
    assert (await world.book(shop, "Cut")).status_code == 201
    acts = await world.query("select act from audit_events order by event_id")
    assert [row["act"] for row in acts].count("shop.opened") == 1


def _clock(text: str) -> time:
    return time.fromisoformat(text)


async def test_a_beginning_that_cannot_be_is_refused_with_everything_wrong(world: World) -> None:
    await world.open_shop("taken")
    nowhere = Details("", "", "x", "", 9_999, tax_included=True)
    wrong: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"slug": "taken"}, {"slug": "taken"}),
        ({"slug": "sign-in"}, {"slug": "taken"}),
        ({"slug": "Upper"}, {"slug": "not_a_choice"}),
        ({"slug": "a"}, {"slug": "not_a_choice"}),
        ({"slug": "../etc"}, {"slug": "not_a_choice"}),
        ({"slug": "x" * 70}, {"slug": "not_a_choice"}),
        ({"country": "XX"}, {"country": "not_a_choice"}),
        ({"zone": "Mars/Base"}, {"zone": "not_a_choice"}),
        ({"zone": "America/New_York"}, {"zone": "not_a_choice"}),
        (
            {"details": nowhere, "slug": ""},
            {
                "phone": "not_a_phone",
                "tax_basis_points": "out_of_range",
                "name": "missing",
                "address": "missing",
                "tax_name": "missing",
                "slug": "not_a_choice",
            },
        ),
    ]
    for changes, reasons in wrong:
        with pytest.raises(SettingsInvalid) as refused:
            await begun(world, **changes)
        assert {f.field: str(f.reason) for f in refused.value.faults} == reasons, changes
    assert len(await world.query("select 1 from shops")) == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Fade Street Barbers", "fade-street-barbers"),
        ("Zoë's Würzburg  Salon!", "zoes-wurzburg-salon"),
        ("床屋", "shop"),
        ("X", "shop-x"),
        ("Start", "shop-start"),
        ("  --  ", "shop"),
        ("x" * 90, "x" * 48),
    ],
)
def test_an_address_is_proposed_from_whatever_the_shop_is_called(name: str, slug: str) -> None:
    assert beginning.propose(name) == slug
    assert beginning.SLUG.fullmatch(slug)


async def test_an_address_that_somebody_has_gets_a_number(world: World) -> None:
    await world.open_shop("north-end")
    async with world.means.database.public() as db:
        assert await beginning.free(db, "North End") == "north-end-2"


async def test_a_shop_can_begin_in_every_country_with_what_is_proposed_there(
    world: World,
) -> None:
    for country in COUNTRIES:
        tax = (country.tax_name, country.tax_basis_points, country.tax_included)
        shop = await begun(
            world,
            slug=f"in-{country.code.lower()}",
            country=country.code,
            zone=country.zones[0],
            details=Details("A", "B", None, *tax),
        )
        page = await world.http.get(f"/b/{shop.slug}")
        assert page.status_code == 200, country
