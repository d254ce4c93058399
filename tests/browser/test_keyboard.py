"""From the booking page to the receipt with Tab, Space, Enter and the arrows, and nothing else."""

from typing import Final

import pytest
from playwright.async_api import Frame, Page, expect

from tests.browser.client import Client
from tests.world import World

_NAME: Final = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return "";
    const own = at.getAttribute("aria-label") ?? at.innerText;
    const text = at.tagName === "IFRAME" ? at.title : at.labels?.[0]?.innerText ?? own;
    return text.replace(/\\s+/g, " ").trim();
}"""
_SHOWN: Final = """() => {
    const at = document.activeElement;
    const drawn = (node) => {
        const style = node && getComputedStyle(node);
        return style && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
            || style.boxShadow !== "none");
    };
    const box = at.getBoundingClientRect();
    const bar = document.querySelector(".stickybar");
    const low = bar && bar.checkVisibility() ? bar.getBoundingClientRect().top : innerHeight;
    const seen = box.bottom > 0 && box.top < low && box.right > 0 && box.left < innerWidth;
    return { drawn: Boolean(drawn(at) || drawn(at.nextElementSibling)), seen };
}"""


class Keyboard:
    """The focus, moved by keys; each stop must be drawn and in sight."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def frame(self) -> Frame:
        """The frame that the focus is in."""
        inside: Frame = self.page.main_frame
        while True:
            holder = await inside.evaluate_handle("document.activeElement")
            element = holder.as_element()
            nested = await element.content_frame() if element else None
            if nested is None:
                return inside
            inside = nested

    async def name(self) -> str:
        """What the focused thing is called."""
        name: str = await (await self.frame()).evaluate(_NAME)
        return name

    async def tab_to(self, name: str, *, key: str = "Tab") -> None:
        """Press Tab until there; a trap, or a stop nobody can see, fails."""
        passed = []
        for _ in range(40):
            await self.page.keyboard.press(key)
            passed.append(await self.name())
            shown = await (await self.frame()).evaluate(_SHOWN)
            if passed[-1] and "frame" not in passed[-1]:
                assert shown == {"drawn": True, "seen": True}, passed[-1]
            if passed[-1].startswith(name):
                return
        raise AssertionError(f"{name} cannot be reached: {passed}")

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Type where the focus is."""
        await self.page.keyboard.type(text)


@pytest.mark.proves("R0.1")
async def test_a_visit_is_booked_and_paid_by_keyboard_alone(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.visit(f"/b/{shop.slug}")
    keys = Keyboard(client.page)
    await keys.tab_to("Skip to content")
    await keys.press("Enter")
    await keys.tab_to("Skin fade")
    await client.taken_in(keys.press("Space"))
    await keys.tab_to("Any barber")
    await client.taken_in(keys.press("Space"))
    await client.taken_in(keys.press("ArrowDown"))
    await expect(client.page.get_by_role("radio", name="Marco")).to_be_checked()
    await keys.tab_to("Mon")
    await client.taken_in(keys.press("ArrowRight"))
    assert "Tuesday" in await keys.name()
    await keys.tab_to("09:00")
    await client.taken_in(keys.press("Space"))
    await keys.tab_to("Full name")
    await keys.type("Amara Okafor")
    await keys.tab_to("Email")
    await keys.type("amara@example.com")
    await keys.tab_to("Deposit")
    await client.taken_in(keys.press("ArrowDown"))
    await keys.tab_to("No tip")
    await client.taken_in(keys.press("ArrowRight"))
    await expect(client.line("Tip")).to_have_text("US$3.20")
    await keys.tab_to("Continue to pay US$35.20")
    await keys.press("Enter")
    await client.at("pay")
    await expect(client.pay_button).to_be_enabled()
    for field, text in {
        "Card number": "4000002760003184",
        "Expiration date": "1239",
        "Security code": "314",
        "Postal code": "E8 3DL",
    }.items():
        await keys.tab_to(field)
        await keys.type(text)
    await keys.tab_to("Pay US$35.20")
    await keys.tab_to("Postal code", key="Shift+Tab")
    await keys.tab_to("Pay US$35.20")
    await keys.press("Enter")
    await expect(client.bank.get_by_role("heading")).to_be_focused()
    await keys.tab_to("Complete authentication")
    await keys.press("Enter")
    await client.at("receipt")
    await keys.tab_to("Add to calendar")
    await keys.tab_to("Manage booking")
    await keys.press("Enter")
    await client.at("manage")
    await client.reads("Your booking", "Tue 6 Mar, 09:00")


async def test_the_focus_goes_round_the_payment_page_and_leaves_it(
    client: Client, world: World
) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    keys = Keyboard(client.page)
    await keys.tab_to("Card number")
    await keys.tab_to("Pay on Stripe")
    await keys.tab_to("Skip to content")


async def test_enter_in_the_card_field_pays(client: Client, world: World) -> None:
    shop = await world.open_shop()
    await client.go_to_pay(shop)
    await client.type_card()
    await client.card_form.get_by_label("Security code").press("Enter")
    await client.at("receipt")
