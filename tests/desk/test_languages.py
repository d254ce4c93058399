"""Every page of the desk opens, whatever language its country brings."""

from typing import Final

import pytest

from bookedbarber.access.roles import Role
from bookedbarber.shops.countries import BY_CODE, Country
from tests.world import World

ROOMS: Final = (
    "overview", "attention", "day", "walk-in", "payments", "search?q=4242", "settings/services",
    "settings/barbers", "settings/hours", "settings/policy", "settings/terms", "settings/look",
    "settings/shop", "settings/people", "settings/keys", "setup/services", "setup/policy",
)  # fmt: skip
SPOKEN: Final = {code: BY_CODE[code] for code in ("GB", "US", "JP")}  # those of the demo


@pytest.mark.proves("R0.2", "R5.4")
@pytest.mark.parametrize("country", SPOKEN.values(), ids=SPOKEN.keys())
async def test_every_page_of_the_desk_opens_in_the_language_of_its_country(
    world: World, country: Country
) -> None:
    shop = await world.open_shop(locale=country.locale, country=country.code)
    booking = await world.paid_booking(shop)
    payment, visit = booking["payments"][0]["id"], f"visits/{booking['id']}"
    await world.begin(booking)
    async with world.at_desk(await world.employ(shop, Role.OWNER)) as there:
        for path in (
            *ROOMS, f"payments/{payment}", f"payments/{payment}?said=sent-again", visit,
            f"{visit}/cancel", f"{visit}/no-show", f"{visit}/move",
            f"{visit}/refund?payment={payment}",
            f"settings/services/{shop.service('Skin fade')['id']}",
            f"settings/barbers/{shop.menu['barbers'][0]['id']}",
        ):  # fmt: skip
            answer = await there.get(f"/desk/{shop.slug}/{path}")
            assert answer.status_code == 200, path
