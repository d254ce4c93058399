"""Every route is either public for a reason or asks for a key, and says how it may fail."""

from typing import Any

import pytest
from starlette.routing import BaseRoute

from bookedbarber.cli.web import assemble
from bookedbarber.pages.context import House
from bookedbarber.pages.render import Site
from bookedbarber.pages.security import Stripe
from tests.world import PUBLISHABLE_KEY, World

PUBLIC = {
    "GET /api/v2": "the description of the API, for people",
    "GET /api/v2/openapi.json": "the description of the API",
    "GET /api/v2/shops/{slug}": "what anybody sees before booking",
    "GET /api/v2/shops/{slug}/services": "what anybody sees before booking",
    "GET /api/v2/shops/{slug}/availability": "what anybody sees before booking",
    "POST /api/v2/shops/{slug}/quote": "prices; holds nothing",
    "POST /api/v2/shops/{slug}/bookings": "guests book; limited by address",
    "GET /api/v2/own/{link}": "opened by a signed link",
    "GET /api/v2/own/{link}/receipt": "opened by a signed link",
    "GET /api/v2/own/{link}/cancellation": "opened by a signed link",
    "POST /api/v2/own/{link}/cancel": "opened by a signed link",
    "GET /api/v2/own/{link}/move": "opened by a signed link",
    "GET /api/v2/own/{link}/move/times": "opened by a signed link",
    "POST /api/v2/own/{link}/move": "opened by a signed link",
    "POST /api/v2/shops/{slug}/my-bookings": "anybody asks; the answer goes to the client alone",
    "GET /api/v2/my/{link}": "opened by a signed link that ends",
    "POST /webhooks/stripe": "opened by Stripe's signature",
    # pages
    "GET /": "the way in",
    "GET /static/{path:path}": "style and scripts",
    "GET /b/{shop}": "what anybody sees before booking",
    "POST /b/{shop}": "guests book; from our own pages only",
    "GET /b/{shop}/look.css": "the shop's colours, on its public page",
    "GET /b/{shop}/logo/{mark}.webp": "the shop's logo, on its public page",
    "GET /pay/{link}": "opened by a signed link",
    "GET /pay/{link}/status": "opened by a signed link",
    "GET /pay/{link}/return": "opened by a signed link",
    "POST /pay/{link}/hosted": "opened by a signed link",
    "GET /receipt/{link}": "opened by a signed link",
    "GET /calendar/{link}.ics": "opened by a signed link",
    "GET /manage/{link}": "opened by a signed link",
    "GET /b/{shop}/my": "where a client asks for their link",
    "POST /b/{shop}/my": "the answer goes to the client alone",
    "GET /my/{link}": "opened by a signed link that ends",
    "GET /manage/{link}/move": "opened by a signed link",
    "GET /manage/{link}/move/check": "opened by a signed link",
    "POST /manage/{link}/move": "opened by a signed link",
    "GET /manage/{link}/cancel": "opened by a signed link",
    "POST /manage/{link}/cancel": "opened by a signed link",
    "GET /docs/errors": "what each code means; holds nothing of anybody",
    "GET /outbox": "in demo only, where no mail leaves",
    "GET /outbox/{message}": "in demo only, where no mail leaves",
    "GET /demo": "in demo only: how it came about, and what goes on in it",
    "GET /desk/sign-in": "how staff come in",
    "POST /desk/sign-in": "how staff come in; every try is counted",
    "GET /desk/code": "for whoever gave their password, and leads anybody else back to it",
    "POST /desk/code": "the second factor; every try is counted",
    "GET /desk/authenticator": "for whoever gave their password and has no factor yet",
    "POST /desk/authenticator": "the first code of a factor; every try is counted",
    "POST /desk/sign-out": "ends the session that it carries, if any",
    "POST /desk/theme": "light or dark, in a cookie",
    "GET /start": "whoever opens a shop begins here; in test mode only",
    "POST /start": "whoever opens a shop begins here; limited by address",
    "GET /start/shop": "leads back to the account whoever has none",
    "POST /start/shop": "leads back to the account whoever has none",
    "GET /design": "what the pages are made of; examples only",
}


def routes(world: World) -> set[str]:
    """Every method and path the application answers, from its routing table."""
    site = Site(stripe=Stripe.sandbox(world.sandbox_url, world.sandbox_url), test_mode=True)
    app = assemble(House(world.context, site, PUBLISHABLE_KEY), [])
    found = set()
    for route in app.router.routes:
        found |= set(_answered(route))
    return found


def _answered(route: BaseRoute, prefix: str = "") -> list[str]:
    nested: Any = getattr(route, "effective_route_contexts", None)
    if nested is not None:
        return [
            f"{method} {prefix}{one.path}"
            for one in nested()
            for method in one.methods or ()
            if method != "HEAD"
        ]
    methods, path = getattr(route, "methods", None), getattr(route, "path", None)
    assert methods, f"a route of a kind this test does not know: {route!r}"
    return [f"{method} {prefix}{path}" for method in methods if method != "HEAD"]


@pytest.mark.proves("R1.6")
async def test_every_route_is_public_for_a_reason_or_turns_away_whoever_has_no_key(
    world: World,
) -> None:
    found = routes(world)
    assert len(found) > 15
    assert set(PUBLIC) <= found, "a reason for a route that is gone"
    before = await world.tally()
    for route in sorted(found - set(PUBLIC)):
        method, path = route.split()
        for headers in ({}, {"Authorization": "Bearer bbk_x"}):
            answer = await world.http.request(method, path.format_map(Anything()), headers=headers)
            led_to_sign_in = answer.headers.get("location", "").startswith("/desk/sign-in")
            by_page = method == "GET" and path.startswith("/desk") and answer.status_code == 303
            turned_away = answer.status_code == 401 or (by_page and led_to_sign_in)
            assert turned_away, f"{route}: {answer.text}"
    assert await world.tally() == before


class Anything(dict[str, str]):
    """Fills every place of a path."""

    def __missing__(self, key: str) -> str:
        return "x"


@pytest.mark.proves("R3.1")
async def test_the_description_lists_every_route_with_its_problems_and_its_key(
    world: World,
) -> None:
    described = (await world.http.get("/api/v2/openapi.json")).json()
    listed = {
        f"{method.upper()} {path}": about
        for path, methods in described["paths"].items()
        for method, about in methods.items()
    }
    described_itself = {"GET /api/v2", "GET /api/v2/openapi.json"}
    assert set(listed) == {r for r in routes(world) if " /api/" in r} - described_itself
    for route, about in listed.items():
        answers = about["responses"]
        problem = {"$ref": "#/components/schemas/ProblemOut"}
        for kind in ("4XX", "5XX"):
            shown = answers[kind]["content"]["application/problem+json"]["schema"]
            assert shown == problem, f"{route} {kind}"
        assert bool(about.get("security")) is (route not in PUBLIC), route
        assert about["description"].rstrip().endswith("."), route
    body = listed["POST /api/v2/payments/{payment}/refunds"]["parameters"]
    assert "Idempotency-Key" in {parameter["name"] for parameter in body}
