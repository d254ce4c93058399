"""A house as `bookedbarber up` runs it: a client with a browser books and pays, the books close."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.client import REPORT_VIOLATIONS, Client
from tests.browser.looks import look
from tests.house.processes import eventually, house, running_house


@pytest.mark.proves("R0.1", "X1")
async def test_a_client_books_and_pays_in_a_running_house_and_its_books_close(
    browser: Browser, data_dir: Path
) -> None:
    with running_house(data_dir) as up:
        context = await browser.new_context(locale="en-GB", reduced_motion="reduce")
        context.set_default_timeout(60_000)
        await context.add_init_script(REPORT_VIOLATIONS)
        client = Client(up, context, await context.new_page())
        await _book_and_pay(client)
        await client.visit("/demo")
        assert await look(client.page, "demo") == []
        await context.close()

        def close() -> bool:
            """The books close over the payment, once Stripe has said what it kept of it."""
            answer = house("books", **up.environment)
            return answer.returncode == 0 and "32.00" in answer.stdout and _settled(answer.stdout)

        assert eventually(close, within=60), house("books", **up.environment).stdout
        assert house("inbox", **up.environment).returncode == 0


async def _book_and_pay(client: Client) -> None:
    await client.visit("/b/fade-street")
    await client.choose("Skin fade")
    await client.choose("Any barber")
    await client.choose_first_time()
    await client.give_details()
    await client.choose("Full price")
    await client.button("Continue to pay").click()
    await client.at("pay")
    await client.pay()
    await client.at("receipt")
    await client.reads("You are booked, Amara", "\u00a332.00")
    assert client.noise == []


def _settled(books: str) -> bool:
    return "Awaiting Stripe: nothing" in books and "The books close." in books
