"""How the form looks: both themes, narrow screens, the merchant's own colours, and no barriers."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from tests.sandbox.browser.conftest import Shop
from tests.sandbox.browser.till import Card, Till

BEHIND = "(body, colour) => { body.style.background = colour }"
"""The frame is transparent; axe cannot see through to the page, so the test paints it."""


@pytest.mark.parametrize("layout", ["tabs", "accordion"])
@pytest.mark.parametrize(("theme", "scheme"), [("stripe", "light"), ("night", "dark")])
async def test_the_form_has_no_barriers_and_fits(
    till: Till, shop: Shop, layout: str, theme: str, scheme: str
) -> None:
    await shop(
        scheme=scheme,
        elements={"appearance": {"theme": theme}},
        element={"layout": {"type": layout}},
    )
    page = await till.page.evaluate("getComputedStyle(document.body).backgroundColor")
    await till.form.locator("body").evaluate(BEHIND, page)
    await till.fill(Card(number="4242424242424241", cvc="1"))
    await till.pay()
    await till.result()
    await expect(till.form.locator(".error:not(:empty)")).to_have_count(2)
    for width in (320, 768, 1280):
        await till.page.set_viewport_size({"width": width, "height": 800})
        assert await till.barriers() == []
        assert await till.overflow() == [0] * len(till.page.frames)
        await expect(till.page.locator("#payment iframe")).to_have_css(
            "height", f"{await _height(till)}px"
        )


async def _height(till: Till) -> int:
    script = "node => Math.ceil(node.getBoundingClientRect().height)"
    height: int = await till.form.locator("form").evaluate(script)
    return height


async def _colour(till: Till, variable: str) -> str:
    script = "(node, name) => getComputedStyle(node).getPropertyValue(name).trim()"
    value: str = await till.form.locator(":root").evaluate(script, variable)
    return value


async def test_the_form_wears_the_colours_of_the_merchant(till: Till, shop: Shop) -> None:
    variables: dict[str, Any] = {
        "colorPrimary": "oklch(0.5 0.2 300)",
        "colorBackground": "#fafafa",
        "colorText": "rgb(10 20 30)",
        "colorDanger": "darkred",
        "fontFamily": "Georgia, serif",
        "borderRadius": "12px",
    }
    await shop(elements={"appearance": {"theme": "stripe", "variables": variables}})
    number = till.form.get_by_label("Card number")
    await expect(number).to_have_css("background-color", "rgb(250, 250, 250)")
    await expect(number).to_have_css("color", "rgb(10, 20, 30)")
    await expect(number).to_have_css("font-family", "Georgia, serif")
    await expect(number).to_have_css("border-radius", "12px")
    assert await _colour(till, "--primary") == "oklch(0.5 0.2 300)"
    assert await _colour(till, "--danger") == "darkred"


async def test_a_value_that_loads_or_escapes_is_left_out(till: Till, shop: Shop) -> None:
    await shop(elements={"appearance": {"variables": {"colorText": "navy"}}})
    assert await _colour(till, "--text") == "navy"
    for value in ("url(https://example.com/x)", "var(--x)", "red;}", 7):
        variables = {"colorText": value, "fontFamily": value}
        await till.page.evaluate(
            "(variables) => elements.update({ appearance: { variables } })", variables
        )
        await expect(till.form.get_by_label("Country")).to_have_css("color", "rgb(48, 49, 61)")
        await till.page.evaluate(
            "elements.update({ appearance: { variables: { colorText: 'navy' } } })"
        )
        await expect(till.form.get_by_label("Country")).to_have_css("color", "rgb(0, 0, 128)")


async def test_the_colours_may_change_while_the_form_is_open(till: Till, shop: Shop) -> None:
    await shop()
    await till.fill(Card())
    await till.page.evaluate("elements.update({ appearance: { theme: 'night' } })")
    number = till.form.get_by_label("Card number")
    await expect(number).to_have_css("background-color", "rgb(48, 49, 61)")
    await expect(number).to_have_value("4242 4242 4242 4242")
    await expect(till.page.locator("#payment iframe")).to_have_css("color-scheme", "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_challenge_has_no_barriers_and_fits(till: Till, shop: Shop, scheme: str) -> None:
    await till.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await shop(scheme=scheme)
    await till.pay(Card(number="4000002760003184"))
    await expect(till.challenge.get_by_role("heading")).to_be_focused()
    for width in (320, 1280):
        await till.page.set_viewport_size({"width": width, "height": 700})
        assert await till.barriers() == []
        assert await till.overflow() == [0] * len(till.page.frames)
    await till.challenge.get_by_role("button", name="Complete authentication").click()
    await till.result()


async def test_the_harness_notices_a_violation_and_an_error(till: Till, shop: Shop) -> None:
    await shop()
    await till.page.evaluate("document.body.setAttribute('style', 'color: red')")
    await till.page.evaluate("fetch('http://localhost:1/').catch(() => {})")
    await till.page.evaluate("setTimeout(() => { throw new Error('broken') })")
    await till.form.locator("body").evaluate("(body) => body.setAttribute('style', 'color: red')")
    in_page_and_frame = ["policy style-src-attr"] * 2
    expected = [*in_page_and_frame, "policy connect-src", "uncaught"]
    for _ in range(300):  # the browser tells of each when it gets to it
        if _all_heard(expected, till.noise):
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail(f"heard only {till.noise}")
    till.noise.clear()


def _all_heard(expected: list[str], noise: list[str]) -> bool:
    heard = "\n".join(noise)
    return all(heard.count(word) == expected.count(word) for word in set(expected))
