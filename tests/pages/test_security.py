"""Which requests are believed, and what the browser is told."""

import pytest
from starlette.requests import Request

from bookedbarber.pages import render, security, static_files
from bookedbarber.pages.render import View
from tests.pages.preview import answer
from tests.pages.samples import STATES
from tests.world import World

SITE = render.Site(
    stripe=security.Stripe.live(),
    test_mode=False,
)


def asked(url: str, **headers: str) -> Request:
    """A POST to `url` as a server sees it."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    listed = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request(
        {
            "type": "http",
            "method": "POST",
            "scheme": scheme,
            "path": "/",
            "query_string": b"",
            "server": (host, 443 if scheme == "https" else 80),
            "headers": [(name.encode(), value.encode()) for name, value in listed.items()],
        }
    )


@pytest.mark.parametrize(
    ("request_", "believed"),
    [
        (asked("https://pay.example", sec_fetch_site="same-origin"), True),
        (asked("https://pay.example", sec_fetch_site="none"), True),
        (asked("https://pay.example", sec_fetch_site="cross-site"), False),
        (asked("https://pay.example", sec_fetch_site="same-site"), False),
        # The newer header decides even where the older one could be made to agree.
        (
            asked("https://a.example", sec_fetch_site="cross-site", origin="https://a.example"),
            False,
        ),
        (asked("https://pay.example", origin="https://pay.example"), True),
        (asked("https://pay.example", origin="https://evil.example"), False),
        (asked("https://pay.example", origin="http://pay.example"), False),
        (asked("https://pay.example", origin="null"), False),
        (asked("https://pay.example"), False),
        (asked("http://192.0.2.7:8000", origin="null"), True),
        (asked("http://192.0.2.7:8000", origin="http://evil.example"), False),
    ],
)
def test_only_our_own_pages_may_change_anything(request_: Request, *, believed: bool) -> None:
    assert security.same_site(request_) is believed


def policy(view: View) -> dict[str, list[str]]:
    """The policy a page is served under, by directive."""
    header = answer(view, SITE).headers["content-security-policy"]
    parts = (directive.split() for directive in header.split("; "))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("name", STATES)
def test_no_page_trusts_an_inline_or_a_host_for_scripts(name: str) -> None:
    directives = policy(STATES[name])
    nonce, dynamic = directives["script-src"]
    assert nonce.startswith("'nonce-")
    assert dynamic == "'strict-dynamic'"
    assert directives["default-src"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert "'unsafe-inline'" not in str(directives)


def test_a_nonce_serves_once() -> None:
    first, second = (policy(STATES["booking"])["script-src"] for _ in range(2))
    assert first != second


def test_ordinary_pages_hold_scripts_to_trusted_types_and_frame_nothing() -> None:
    directives = policy(STATES["booking"])
    assert directives["require-trusted-types-for"] == ["'script'"]
    assert "frame-src" not in directives


def test_the_payment_page_frames_stripe_alone_and_lets_the_hosted_page_through() -> None:
    directives = policy(STATES["pay"])
    assert directives["frame-src"] == [
        "https://js.stripe.com",
        "https://*.js.stripe.com",
        "https://hooks.stripe.com",
    ]
    assert directives["connect-src"] == ["'self'", "https://api.stripe.com"]
    assert directives["form-action"] == ["'self'", "https://checkout.stripe.com"]


def test_the_payment_page_runs_its_own_script_and_stripes_and_nothing_else() -> None:
    body = bytes(answer(STATES["pay"], SITE).body).decode()
    assert body.count("<script") == 3  # Stripe's, ours with its integrity, and the inert data
    assert 'src="https://js.stripe.com/v3/"' in body
    assert body.count("integrity=") == 3  # our script and our two style sheets
    assert "htmx" not in body


@pytest.mark.parametrize("name", ["pay-paid", "pay-expired", "pay-lost", "pay-hosted"])
def test_a_payment_page_with_nothing_to_collect_runs_no_script(name: str) -> None:
    assert "<script" not in bytes(answer(STATES[name], SITE).body).decode()


@pytest.mark.parametrize("name", STATES)
def test_nothing_is_kept_by_a_cache_on_its_way(name: str) -> None:
    assert answer(STATES[name], SITE).headers["cache-control"] == "no-store"


async def test_no_answer_of_ours_is_kept_on_its_way_unless_it_says_so(world: World) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop)).json()
    link = booked["manage_url"].rsplit("/", 1)[1]
    for path in (f"/api/v2/own/{link}", f"/api/v2/own/{link}/receipt", "/api/v2/own/nothing"):
        answer = await world.http.get(path)
        assert answer.headers["cache-control"] == "no-store", path
    kept = await world.http.get(static_files.url("base.css"))
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
