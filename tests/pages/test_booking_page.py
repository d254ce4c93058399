"""The booking page by mouse, by keyboard, and without JavaScript."""

import gzip

import pytest
from playwright.async_api import Browser, expect

from bookedbarber.pages import static_files
from tests.pages.conftest import Tab


async def test_a_choice_is_answered_in_place_and_keeps_what_was_typed(tab: Tab) -> None:
    await tab.open("/b/fade-street")
    page = tab.page
    await page.get_by_label("Full name").fill("Amara Okafor")
    await page.get_by_label("Phone").fill("020 7946 0000")
    document = await page.evaluate("window.document.mark = 1")
    await page.get_by_label("Buzz cut").check(force=True)
    await expect(page.locator("input[name=slot]:checked")).to_have_count(0)
    await expect(page.get_by_label("Buzz cut")).to_be_checked()
    assert await page.evaluate("window.document.mark") == document  # no reload
    assert await page.get_by_label("Full name").input_value() == "Amara Okafor"
    assert await page.get_by_label("Phone").input_value() == "020 7946 0000"
    assert await tab.violations() == []
    assert tab.said == []


async def test_a_choice_keeps_the_keyboard_where_it_was(tab: Tab) -> None:
    await tab.open("/b/fade-street")
    await tab.page.locator("#service-1").focus()
    async with tab.page.expect_response("**/b/fade-street"):
        await tab.page.keyboard.press("ArrowDown")
    await expect(tab.page.locator("#service-2")).to_be_focused()
    await expect(tab.page.locator("#service-2")).to_be_checked()


async def test_personal_data_never_enters_an_address(tab: Tab) -> None:
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    await tab.open("/b/fade-street")
    await tab.page.get_by_label("Full name").fill("Amara Okafor")
    async with tab.page.expect_response("**/b/fade-street"):
        await tab.page.get_by_label("Buzz cut").check(force=True)
    assert not any("Amara" in url or "name=" in url for url in asked)
    assert "Amara" not in tab.page.url


async def test_enter_in_a_field_books_and_the_problem_takes_the_focus(tab: Tab) -> None:
    await tab.open("/b/fade-street")
    await tab.page.get_by_label("Full name").fill("Amara")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator("#faults")).to_be_focused()
    assert await tab.page.title() == "Please check · Book at Fade Street Barbers"
    assert await tab.page.get_by_label("Full name").input_value() == "Amara"
    await tab.page.locator("#faults a").click()
    await expect(tab.page.get_by_label("Email, for the receipt")).to_be_focused()


async def test_without_javascript_a_choice_is_a_button_and_nothing_typed_is_lost(
    plain_tab: Tab,
) -> None:
    await plain_tab.open("/b/fade-street")
    page = plain_tab.page
    await page.get_by_label("Full name").fill("Amara")
    await page.get_by_label("Buzz cut").check(force=True)
    await page.get_by_role("button", name="Show times").click()
    await expect(page.get_by_label("Buzz cut")).to_be_checked()
    assert await page.get_by_label("Full name").input_value() == "Amara"
    assert await page.locator("#faults").count() == 0


async def test_without_javascript_enter_in_a_field_still_books(plain_tab: Tab) -> None:
    await plain_tab.open("/b/fade-street")
    await plain_tab.page.get_by_label("Full name").press("Enter")
    await expect(plain_tab.page.locator("#faults")).to_be_visible()


async def test_an_injected_attribute_is_stripped_not_obeyed(tab: Tab) -> None:
    await tab.open("/b/fade-street")
    await tab.page.evaluate(
        """() => {
          const bait = document.createElement("button");
          bait.setAttribute("hx-get", "/s/outbox");
          bait.id = "bait";
          document.querySelector(".intro").append(bait);
          htmx.process(bait.parentElement);
        }"""
    )
    assert await tab.page.locator("#bait").get_attribute("hx-get") is None


async def test_the_total_stays_in_sight_on_a_phone_and_never_hides_the_focus(
    browser: Browser, origin: str
) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{origin}/b/fade-street")
    bar = page.locator(".stickybar")
    await expect(bar).to_be_in_viewport()
    await expect(bar).to_contain_text("£12.80")
    for _ in range(14):
        await page.keyboard.press("Tab")
        hidden = await page.evaluate(
            """() => { const bar = document.querySelector(".stickybar").getBoundingClientRect();
              const it = document.activeElement;
              if (it.closest(".stickybar") || it === document.body) return false;
              const box = it.getBoundingClientRect();
              return box.top >= bar.top && box.bottom <= bar.bottom; }"""
        )
        assert not hidden
    await page.locator("#book").scroll_into_view_if_needed()
    await expect(bar).to_be_hidden()
    await context.close()


def test_the_scripts_of_booking_weigh_no_more_than_20_kb() -> None:
    scripts = ("vendor/htmx.min.js", "vendor/hx-csp.min.js", "booking.js")
    weights = [len(gzip.compress(static_files.files()[name].content)) for name in scripts]
    assert sum(weights) <= 20_000


def test_the_style_sheets_stay_small() -> None:
    sheets = [static_files.files()[name].content for name in ("base.css", "app.css")]
    assert sum(len(gzip.compress(sheet)) for sheet in sheets) <= 7_000


@pytest.mark.parametrize("name", ["app.css", "vendor/inter-latin.woff2"])
async def test_static_files_are_cached_for_ever_under_the_name_of_their_content(
    tab: Tab, name: str
) -> None:
    answer = await tab.page.request.get(tab.origin + static_files.url(name))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert await answer.body() == static_files.files()[name].content
    stale = await tab.page.request.get(f"{tab.origin}/static/{name}")
    assert stale.status == 404
