"""A client with a browser: what they choose, type, press and read, from booking to receipt.

A `Client` also keeps what must not happen: script errors, violations of a content policy in any
frame, answers that are errors. A test names the ones it caused (`excuse`); any other fails it.
"""

import re
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Final, Protocol

from playwright.async_api import (
    BrowserContext,
    ConsoleMessage,
    FrameLocator,
    Locator,
    Page,
    expect,
)

from tests.patience import until
from tests.world import Shop

REPORT_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
    "policy", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber));
document.addEventListener("htmx:after:swap", () => {
    const { dataset } = document.documentElement;
    dataset.swaps = 1 + Number(dataset.swaps ?? 0);
});
"""
FRAME: Final = 'iframe[title="Secure payment input frame"]'
_STATUS: Final = re.compile(r"the server responded with a status of (\d+)")
_OWN: Final = re.compile(
    r"(?<=/)(?:(?:pi|cs|pm|apt|pay|ref)_\w+|(?<=/pay/)[^/?]+|(?<=/manage/)[^/?]+)"
)


@dataclass(frozen=True, slots=True)
class Card:
    """What a client types into the card form."""

    number: str = "4242 4242 4242 4242"
    expiry: str = "12 / 39"
    cvc: str = "314"
    postal: str = "E8 3DL"


FINE: Final = Card()
NO_MONEY: Final = Card(number="4000 0000 0000 9995")
STOLEN: Final = Card(number="4000 0000 0000 9979")
ASKS_THE_BANK: Final = Card(number="4000 0027 6000 3184")


class Place(Protocol):
    """Where a client goes: the world of a test, or a house that runs."""

    @property
    def site_url(self) -> str:
        """The product's address."""

    @property
    def sandbox_url(self) -> str:
        """Stripe's."""


@dataclass  # without slots: Playwright hangs its wrappers on the owner of a handler
class Client:
    """One person's browser, on one page of the house."""

    world: Place
    context: BrowserContext
    page: Page
    noise: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listen(self.page)
        self.context.on("page", self._listen)

    def _listen(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.noise.append(f"uncaught {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        answered = _STATUS.search(message.text)
        where = message.location["url"].removeprefix(self.world.site_url)
        if answered:
            self.noise.append(f"{answered[1]} {_OWN.sub('…', where).split('?')[0]}")
        else:
            self.noise.append(f"{message.type}: {message.text}")

    async def excuse(self, *expected: str) -> None:
        """These answers, and no others, were to be errors; the sandbox's address is left out.

        The console may say it a moment after the page shows it.
        """

        async def heard_so_many() -> bool:
            return len(self.noise) >= len(expected)

        await until(heard_so_many, within=15)
        heard = [line.replace(self.world.sandbox_url, "stripe") for line in self.noise]
        assert heard == list(expected)
        self.noise.clear()

    # --- moving about ----------------------------------------------------------------------------

    async def visit(self, path: str) -> None:
        """Go to an address of the house."""
        await self.page.goto(self.world.site_url + path)

    async def reads(self, *sentences: str) -> None:
        """The page shows each of these."""
        for sentence in sentences:
            await expect(self.page.locator("main")).to_contain_text(sentence)

    async def at(self, kind: str) -> None:
        """The client has arrived at a page of this kind."""
        await self.page.wait_for_url(re.compile(rf"{re.escape(self.world.site_url)}/{kind}/\S+"))

    def button(self, name: str) -> Locator:
        """The button that a client sees under this name."""
        return self.page.get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        """The link that a client sees under this name."""
        return self.page.get_by_role("link", name=name)

    def line(self, label: str) -> Locator:
        """The amount on the line that begins with this label."""
        lines = self.page.locator("main dl > div")
        return lines.filter(has=self.page.locator("dt", has_text=re.compile(f"^{label}"))).locator(
            "dd"
        )

    # --- booking ---------------------------------------------------------------------------------

    async def choose(self, name: str) -> None:
        """Choose an option, and let the page take it in."""
        option = self.page.get_by_role("radio", name=name)
        if not await option.is_checked():
            await self.taken_in(option.check())

    async def taken_in(self, act: Awaitable[object]) -> None:
        """Do something that the page answers in place, and wait until it has."""
        root = self.page.locator("html")
        swaps = int(await root.get_attribute("data-swaps") or 0)
        await act
        await expect(root).to_have_attribute("data-swaps", str(swaps + 1))

    async def fill_booking(
        self,
        shop: Shop,
        *,
        service: str = "Skin fade",
        barber: str = "Any barber",
        time: str = "10:00",
        pay: str = "Full price",
    ) -> None:
        """All five steps of the booking page, with its button still to press."""
        await self.visit(f"/b/{shop.slug}")
        await self.choose(service)
        await self.choose(barber)
        await self.choose(time)
        await self.give_details()
        await self.choose(pay)

    async def choose_first_time(self) -> None:
        """Choose the first time that is free."""
        first = self.page.locator("input[name=slot]:enabled").first
        await self.taken_in(first.check())

    async def give_details(self) -> None:
        """Type name and address."""
        await self.page.get_by_label("Full name").fill("Amara Okafor")
        await self.page.get_by_label("Email").fill("amara@example.com")

    async def go_to_pay(self, shop: Shop, **choices: str) -> None:
        """Book, and arrive at the payment with its card fields ready."""
        await self.fill_booking(shop, **choices)
        await self.button("Continue to pay").click()
        await self.at("pay")
        await expect(self.pay_button).to_be_enabled()

    # --- paying ----------------------------------------------------------------------------------

    @property
    def pay_button(self) -> Locator:
        """The button that pays; its name holds the amount."""
        return self.page.get_by_role("button", name=re.compile(r"^Pay [^o]"))

    @property
    def card_form(self) -> FrameLocator:
        """Stripe's field."""
        return self.page.frame_locator(FRAME)

    @property
    def bank(self) -> FrameLocator:
        """The bank's page in its dialog."""
        return self.page.frame_locator("dialog iframe")

    async def type_card(self, card: Card = FINE, *, form: FrameLocator | None = None) -> None:
        """Fill Stripe's field, in place of what stood there."""
        form = form or self.card_form
        await form.get_by_label("Card number").fill(card.number)
        await form.get_by_label("Expiration date").fill(card.expiry)
        await form.get_by_label("Security code").fill(card.cvc)
        await form.get_by_label(re.compile("Postal code|ZIP code")).fill(card.postal)

    async def pay(self, card: Card = FINE) -> None:
        """Type a card and press the button."""
        await self.type_card(card)
        await self.pay_button.click()

    async def come_back(self) -> None:
        """Look at this tab again after having looked elsewhere."""
        await self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
