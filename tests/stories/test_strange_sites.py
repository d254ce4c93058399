"""Another site cannot press our buttons: the guard stands before each page that changes things."""

import pytest
from starlette.routing import Route

from bookedbarber.pages.routes import routes
from tests.stories.forms import booking_form, press
from tests.world import World

POSTED = sorted(r.path for r in routes() if isinstance(r, Route) and "POST" in (r.methods or ()))

WITH_THIS_FORM = {"/b/{shop}", "/pay/{link}/hosted", "/manage/{link}/cancel"}
"""Pages for which the form of a booking is enough; the desk's, say, want a session besides."""


class Anything(dict[str, str]):
    """Fills every place of a path."""

    def __missing__(self, key: str) -> str:
        return "x"


@pytest.mark.proves("R1.6")
@pytest.mark.parametrize("path", POSTED)
async def test_a_form_that_another_site_sends_is_turned_away_and_changes_nothing(
    world: World, path: str
) -> None:
    shop = await world.open_shop(checkout_hosted="hosted" in path)
    booked = (await world.book(shop, pay="deposit")).json()
    if "manage" in path:
        await world.pay(booked)
    await world.settle()
    step = path.split("/")[1]
    own = booked["pay_url" if step == "pay" else "manage_url"].rpartition("/")[2]
    form = {**await booking_form(world, shop), "agreed": "0" if "manage" in path else "3200"}
    address = path.format_map(Anything(shop=shop.slug, link=own))
    before, intents = await world.tally(), await world.rows("checkout.session")
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": world.site_url},
    ):
        refused = await press(world, address, form, **headers)
        assert refused.status_code == 403, headers
        assert "another site" in refused.text
    assert await world.tally() == before
    assert await world.rows("checkout.session") == intents
    # The very same form is taken from our own page: it was the site that was refused.
    taken = await press(world, address, form)
    if path not in WITH_THIS_FORM:
        assert taken.status_code != 403
        return
    assert taken.status_code == 303
    assert await world.tally() != before or await world.rows("checkout.session") != intents
