"""Keys instead of a mouse: where the focus goes, and that one can see it at every stop."""

from typing import Final

from playwright.async_api import Frame, Locator, Page

STOPS: Final = 160  # a week of hours has a hundred
_NAME: Final = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return "";
    const own = at.getAttribute("aria-label") ?? at.innerText;
    const text = at.tagName === "IFRAME" ? at.title : at.labels?.[0]?.innerText ?? own;
    return text.replace(/\\s+/g, " ").trim();
}"""
# In sight: at one of nine points of its first line there is the thing itself, and nothing over it.
_SHOWN: Final = """() => {
    const at = document.activeElement;
    const outlined = (node) => {
        const style = node && getComputedStyle(node);
        return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    };
    const drawn = (node) =>
        outlined(node) || (node && getComputedStyle(node).boxShadow !== "none");
    const box = at.getClientRects()[0] ?? at.getBoundingClientRect();
    const along = (from, to, most) => {
        const [low, high] = [Math.max(from + 1, 0), Math.min(to, most) - 1];
        return low > high ? [] : [low, (low + high) / 2, high];
    };
    const seen = along(box.left, box.right, innerWidth).some((x) =>
        along(box.top, box.bottom, innerHeight).some((y) =>
            at.contains(document.elementFromPoint(x, y))));
    const around = at.parentElement.matches(":focus-within") && outlined(at.parentElement);
    const parts = ["date", "time", "datetime-local"].includes(at.type); // drawn by the browser
    return { drawn: Boolean(drawn(at) || drawn(at.nextElementSibling) || around || parts), seen };
}"""
_IS: Final = "(element) => element === document.activeElement"


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

    async def tab_to(self, target: str | Locator, *, key: str = "Tab") -> None:
        """Press Tab until at something, once it is there, or at what is called so; a trap, or a
        stop that nobody can see, fails."""
        if isinstance(target, Locator):
            await target.wait_for()
        passed: list[str] = []
        while not await self._at(target, passed[-1] if passed else ""):
            assert len(passed) < STOPS, f"{target} cannot be reached: {passed}"
            await self.page.keyboard.press(key)
            passed.append(await self._stop())

    async def _at(self, target: str | Locator, name: str) -> bool:
        if isinstance(target, str):
            return bool(name) and name.startswith(target)
        return bool(await target.evaluate(_IS))

    async def _stop(self) -> str:
        """What one is at now, which must be drawn and in sight."""
        name, inside = await self.name(), await self.frame()
        if name and "frame" not in name:
            shown = await inside.evaluate(_SHOWN)
            assert shown == {"drawn": True, "seen": True}, f"{name}: {shown}"
        return name

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def enter(self, *targets: str | Locator) -> None:
        """Go to each, and press Enter there."""
        for target in targets:
            await self.tab_to(target)
            await self.press("Enter")

    async def type(self, text: str) -> None:
        """Type where the focus is."""
        await self.page.keyboard.type(text)

    async def write(self, target: str | Locator, text: str) -> None:
        """Go to a field and type, in place of what stood there."""
        await self.tab_to(target)
        await self.press("ControlOrMeta+a")
        await self.type(text)
