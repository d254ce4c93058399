"""What a browser sends when a client presses a button, for tests that need no browser."""

from typing import Any

import httpx2 as httpx

from tests.world import Shop, World


async def booking_form(world: World, shop: Shop, **changes: str) -> dict[str, str]:
    """The booking page as filled in for the first free cut, with its button pressed."""
    slot = (await world.slots(shop))[0]["starts_at"]
    return {
        "do": "book",
        "ticket": "one-form",
        "service": shop.service("Skin fade")["id"],
        "barber": "any",
        "day": slot[:10],
        "slot": slot,
        "plan": "full",
        "tip": "0",
        "name": "Amara Okafor",
        "email": "amara@example.com",
        "agreed": str(shop.service("Skin fade")["price"]["amount"]),
        "terms": str(shop.menu["terms_version"]),
        **changes,
    }


async def press(world: World, path: str, form: dict[str, Any], **headers: str) -> httpx.Response:
    """Post a form as a page of ours does, or of somebody else by the headers."""
    return await world.http.post(
        path, data=form, headers={"Sec-Fetch-Site": "same-origin", **headers}
    )
