"""No figure of the desk stands without its meaning, on hover, on focus and under a finger."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.client import Client
from tests.browser.conftest import Clients
from tests.browser.staff import sign_in
from tests.browser.test_overview import lived_in
from tests.world import Shop, World

# A figure is an amount, a share, a number in a column, a bar or a chart; one within a sentence that
# is pressed, that warns or that helps to fill in says itself what it is. Its meaning is the hint of
# the smallest thing it stands in: its line, its tile, the head of its card, or what its table is
# described by.
UNDEFINED: Final = """() => {
    const amount = /\\p{Sc}\\s?\\d|\\d\\s?%/u;
    const itself = "a, button, summary, .field, .alert, [role=tooltip], .vh, .chart *";
    const scopes = ".line, .tile, .means, .page-head, [aria-describedby^='hint-'], .card";
    const meant = (scope) =>
        scope.matches("[aria-describedby^='hint-']")
            ? document.getElementById(scope.getAttribute("aria-describedby"))
            : scope.querySelector(scope.matches(".card") ? ":scope > .card-head .hint" : ".hint");
    const main = document.querySelector("main");
    const found = [...main.querySelectorAll("td.num, meter, .chart, .card-head .pill, .line dd")];
    const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        if (amount.test(texts.currentNode.data)) found.push(texts.currentNode.parentElement);
    }
    const bare = (figure) => {
        for (let at = figure.closest(scopes); at; at = at.parentElement.closest(scopes)) {
            if (meant(at)) return false;
            if (at.matches(".line")) return true;
        }
        return true;
    };
    return [...new Set(found)]
        .filter((figure) => !figure.closest(itself) && bare(figure))
        .map((figure) => figure.outerHTML.slice(0, 200));
}"""


async def undefined(page: Page, path: str) -> list[str]:
    """The figures of a page that nothing defines."""
    await page.goto(path)
    await expect(page.locator("main h1").first).to_be_visible()
    found: list[str] = await page.evaluate(UNDEFINED)
    return found


def desk_of(world: World, shop: Shop) -> str:
    return f"{world.site_url}/desk/{shop.slug}"


async def partly_refunded(world: World, shop: Shop) -> dict[str, Any]:
    """A visit whose deposit was paid with a tip, and a part of it given back."""
    booked = await world.paid_booking(shop, pay="deposit", tip={"amount": 300, "currency": "usd"})
    await world.refund(shop, booked["payments"][0], 1000, reason="goodwill", note="A burnt towel.")
    await world.settle()
    return booked


@pytest.mark.proves("R5.4")
async def test_every_figure_of_the_desk_has_a_definition(world: World, client: Client) -> None:
    shop = await lived_in(world)
    visit = await partly_refunded(world, shop)
    page = await sign_in(client, world, shop)
    desk, payment = desk_of(world, shop), visit["payments"][0]["id"]
    for path in (
        "overview",
        "overview?range=12m",
        "attention",
        "payments",
        f"payments/{payment}",
        f"visits/{visit['id']}",
        f"visits/{visit['id']}/cancel",
        f"visits/{visit['id']}/refund?payment={payment}",
    ):
        assert await undefined(page, f"{desk}/{path}") == [], path


@pytest.mark.proves("R5.4")
async def test_a_figure_that_is_not_known_yet_is_defined_too(world: World, client: Client) -> None:
    shop = await world.open_shop()
    await world.control("POST", "settings", {"balance_transaction_delay": 1800})
    booked = await world.paid_booking(shop)
    page = await sign_in(client, world, shop)
    path = f"{desk_of(world, shop)}/payments/{booked['payments'][0]['id']}"
    assert await undefined(page, path) == []
    await expect(page.get_by_text("not known yet")).to_have_count(2)
    await expect(page.get_by_role("button", name="What is this? Net")).to_be_visible()
    await world.advance(timedelta(minutes=40))


async def opens(page: Page, mark: Locator) -> None:
    """Its words are seen, and wholly within the window."""
    words = page.locator(f"#{await mark.get_attribute('aria-describedby')}")
    await expect(words).to_be_visible()
    box, window = await words.bounding_box(), page.viewport_size
    assert box is not None
    assert window is not None
    assert box["x"] >= 0, await words.text_content()
    assert box["x"] + box["width"] <= window["width"], await words.text_content()


@pytest.mark.proves("R5.4")
async def test_a_definition_opens_on_hover_on_focus_and_under_a_finger(
    world: World, clients: Clients
) -> None:
    shop = await lived_in(world)
    mouse = await sign_in(await clients(), world, shop)
    await mouse.goto(f"{desk_of(world, shop)}/overview")
    phone = await clients(has_touch=True, viewport={"width": 390, "height": 844})
    finger = await sign_in(phone, world, shop)
    await finger.goto(f"{desk_of(world, shop)}/overview")
    marks = await mouse.locator("main .hint-mark").all()
    assert len(marks) >= 10
    for mark in marks:
        await mark.hover()
        await opens(mouse, mark)
        await mouse.mouse.move(0, 0)
        await mark.focus()
        await opens(mouse, mark)
        await mark.blur()
    for mark in await finger.locator("main .hint-mark").all():
        await mark.tap()
        await opens(finger, mark)
        await finger.locator("main h1").tap()
    await expect(finger.get_by_role("tooltip")).to_have_count(0)


@pytest.mark.proves("R5.4")
async def test_escape_shuts_a_definition_and_coming_again_opens_it(
    world: World, client: Client
) -> None:
    shop = await lived_in(world)
    page = await sign_in(client, world, shop)
    await page.goto(f"{world.site_url}/desk/fade/overview")
    await expect(page.locator("[data-live-word]")).to_have_text("Live")
    mark = page.get_by_role("button", name=re.compile("What is this. Gross volume today"))
    words = page.locator("#hint-tile-volume")
    await mark.focus()
    await expect(words).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(words).to_be_hidden()
    await expect(mark).to_be_focused()
    await world.paid_booking(shop)
    await expect(page.get_by_role("group", name="Gross volume today")).to_contain_text("96.00")
    await expect(words).to_be_hidden()  # the page has looked again
    await page.keyboard.press("Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(words).to_be_visible()
