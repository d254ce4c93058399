"""A client at the merchant's payment page: what they type, press and read.

The `Till` also keeps what must not happen: console errors, violations of a content policy in any
frame, and requests to anyone but the merchant and the sandbox.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # has no types
from playwright.async_api import ConsoleMessage, FrameLocator, Page, Request, expect

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
    "policy", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber));
"""
RUN_AXE = """async () => {
    const found = await axe.run();
    return found.violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
}"""


@dataclass(frozen=True, slots=True)
class Card:
    """What a client types into the card form."""

    number: str = "4242424242424242"
    expiry: str = "1234"
    cvc: str = "123"
    postal: str = "94107"


@dataclass  # without slots: Playwright hangs its wrappers on the owner of a handler
class Till:
    """One page with the card form on it."""

    page: Page
    noise: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.noise.append(f"uncaught {error}"))
        self.page.on("request", self._note)
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))

    @property
    def form(self) -> FrameLocator:
        """The card frame."""
        return self.page.frame_locator('iframe[title="Secure payment input frame"]')

    @property
    def challenge(self) -> FrameLocator:
        """The bank's page in its dialog."""
        return self.page.frame_locator("dialog iframe")

    async def open(self, address: str) -> None:
        """Goes to a payment page and waits until the form can be typed into."""
        await self.page.goto(address)
        await self.until("ready", "1")

    async def fill(self, card: Card) -> None:
        """Types a card, key by key, as a client does."""
        for label, text in {
            "Card number": card.number,
            "Expiration date": card.expiry,
            "Security code": card.cvc,
            "ZIP code": card.postal,
        }.items():
            await self.type(label, text)

    async def retype(self, label: str, text: str) -> None:
        """Empties a field and types it anew."""
        await self.form.get_by_label(label).clear()
        await self.type(label, text)

    async def type(self, label: str, text: str) -> None:
        """Goes into a field with the mouse, and types once the caret is there: keys go where the
        browser's focus is, which may still be on its way from another frame."""
        node = self.form.get_by_label(label)
        await node.click()
        await expect(node).to_be_focused()
        await node.press_sequentially(text)

    async def pay(self, card: Card | None = None) -> None:
        """Types a card, if one is given, and presses the merchant's button."""
        if card is not None:
            await self.fill(card)
        await self.page.locator("#pay").click()

    async def until(self, name: str, value: str) -> None:
        """Waits for a mark the merchant's page sets on itself."""
        await expect(self.page.locator("body")).to_have_attribute(f"data-{name}", value)

    async def result(self, number: int = 1) -> dict[str, Any]:
        """What the merchant's code got from the call to confirm, so many calls in."""
        await self.until("results", str(number))
        result: dict[str, Any] = await self.page.evaluate(f"results[{number - 1}]")
        return result

    async def says(self, label: str, message: str) -> None:
        """A field is marked wrong and says why, in words a screen reader reads too."""
        node = self.form.get_by_label(label)
        await expect(node).to_have_attribute("aria-invalid", "true")
        await expect(node).to_have_accessible_description(re.compile(re.escape(message)))

    async def events(self, name: str) -> list[dict[str, Any]]:
        """The element's events of a name, in order."""
        happened: list[dict[str, Any]] = await self.page.evaluate("happened")
        return [each["event"] for each in happened if each["name"] == name]

    def query(self) -> dict[str, list[str]]:
        """The parameters of the address the client is at."""
        return parse_qs(urlsplit(self.page.url).query)

    async def overflow(self) -> list[int]:
        """By how many pixels the page and each visible frame are too wide for their window."""
        script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return [await frame.evaluate(script) for frame in self.page.frames]

    async def barriers(self) -> list[str]:
        """What axe finds wrong in the page and all its frames."""
        for frame in self.page.frames:
            await frame.evaluate(AXE_SCRIPT)
            await frame.evaluate("axe.configure({ allowedOrigins: ['<unsafe_all_origins>'] })")
        found: list[str] = await self.page.evaluate(RUN_AXE)
        return found

    def _hear(self, message: ConsoleMessage) -> None:
        refused = "the server responded with a status of 40" in message.text
        if message.type == "error" and not (refused and "/v1/" in message.location["url"]):
            self.noise.append(message.text)

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def strangers(self, *known: str) -> set[str]:
        """Origins that were asked for anything and are none of these."""
        return {
            f"{url.scheme}://{url.netloc}"
            for url in map(urlsplit, self.asked)
            if url.scheme != "data" and f"{url.scheme}://{url.netloc}" not in known
        }
