"""A client finds all their bookings in a shop by a link that goes to their own address and ends."""

import re
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from bookedbarber import ids
from bookedbarber.checkout import receipt
from bookedbarber.messages import outbox
from tests.letters.visits import letter, read
from tests.world import Shop, World

LINK = re.compile(r"/my/([A-Za-z0-9_-]{68})")
BEN = {"name": "Ben", "email": "ben@example.com"}
THURSDAY = "2035-03-08T10:00:00+00:00"


async def ask(world: World, shop: Shop, email: str, http: Any = None) -> httpx.Response:
    """Ask for a link as a client's own system does."""
    answer: httpx.Response = await (http or world.http).post(
        f"/api/v2/shops/{shop.slug}/my-bookings", json={"email": email}
    )
    return answer


async def letters(world: World, kind: str = "tell_mine") -> list[outbox.Content]:
    """The letters of a kind, opened."""
    async with world.means.database.platform() as db:
        found = await outbox.newest(db, world.means.vault)
    return [one.content for one in found if one.kind == kind and one.content]


async def opened(world: World, link: str, **params: str) -> Any:
    """What a link opens."""
    answer = await world.http.get(f"/api/v2/my/{link}", params=params)
    return answer.raise_for_status().json()


async def asked_for(world: World, shop: Shop, email: str = "amara@example.com") -> str:
    """The link that a client asked for."""
    (await ask(world, shop, email)).raise_for_status()
    await world.settle()
    found = LINK.search((await letters(world))[0].body.text)
    assert found
    return found[1]


@pytest.mark.proves("R0.2")
async def test_a_client_who_asks_gets_all_their_bookings_with_their_sums(world: World) -> None:
    shop = await world.open_shop()
    first = await world.paid_booking(shop)
    await world.complete(shop, first)
    await world.settle()
    second = await world.paid_booking(shop, starts_at=THURSDAY, pay="deposit")
    third = await world.paid_booking(shop, starts_at="2035-03-09T10:00:00+00:00")
    await world.cancel(shop, third)
    await world.paid_booking(shop, client=BEN, starts_at="2035-03-08T12:00:00+00:00")
    seen = await opened(world, await asked_for(world, shop, " Amara@Example.COM "))
    assert [b["id"] for b in seen["coming"]] == [second["id"]]
    assert {b["id"] for b in seen["past"]} == {first["id"], third["id"]}
    sums = {b["id"]: (b["paid"]["amount"], b["refunded"]["amount"], b["due_at_shop"]["amount"])
            for b in (*seen["coming"], *seen["past"])}  # fmt: skip
    assert sums == {first["id"]: (3200, 0, 0), second["id"]: (800, 0, 2400),
                    third["id"]: (3200, 3200, 0)}  # fmt: skip
    for one in (*seen["coming"], *seen["past"]):
        own = one["manage_url"].rsplit("/", 1)[1]
        shown = (await world.http.get(f"/api/v2/own/{own}/receipt")).json()
        assert shown["due_at_shop"] == one["due_at_shop"], "the one place for the sums"
        assert (shown["paid"], shown["refunded"]) == (one["paid"], one["refunded"])


async def test_a_time_never_paid_for_is_no_booking_and_one_that_is_held_is(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, starts_at=THURSDAY)
    held = (await world.book(shop)).json()
    link = await asked_for(world, shop)
    seen = await opened(world, link)
    assert [b["id"] for b in seen["coming"]] == [held["id"], booking["id"]]
    await world.advance(timedelta(minutes=11))
    seen = await opened(world, link)
    assert [b["id"] for b in seen["coming"]] == [booking["id"]]
    assert seen["past"] == []


@pytest.mark.proves("R7.3")
async def test_whoever_asks_learns_nothing_but_that_they_asked(world: World) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    known = await ask(world, shop, "amara@example.com")
    unknown = await ask(world, shop, "nobody@example.com")
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    jobs = "select kind, state from jobs where kind = 'tell_mine'"
    assert len(await world.query(jobs)) == 2, "the same work for both"
    await world.settle()
    assert [told.recipient for told in await letters(world)] == ["amara@example.com"]
    noted = await world.query(
        "select actor, facts from audit_events where act = 'client.link_sent'"
    )
    assert [dict(row) for row in noted] == [{"actor": "client", "facts": {}}]
    assert (await ask(world, shop, "no address")).json()["code"] == "email_invalid"
    other = await world.open_shop("blend")
    await ask(world, other, "amara@example.com")
    await world.settle()
    assert len(await letters(world)) == 1, "another shop does not know them"


async def test_one_address_is_written_to_three_times_an_hour_and_that_is_not_told(
    world: World,
) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    answers = [await ask(world, shop, "amara@example.com") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {202}
    await world.settle()
    assert len(await letters(world)) == 3
    for number in range(5):
        await ask(world, shop, f"nobody{number}@example.com")
    refused = await ask(world, shop, "one.more@example.com")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")


async def test_a_link_that_was_asked_for_ends_after_a_day(world: World) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    link = await asked_for(world, shop)
    world.clock.advance(timedelta(hours=24))
    await opened(world, link)
    world.clock.advance(timedelta(hours=1))
    ended = await world.http.get(f"/api/v2/my/{link}")
    assert (ended.status_code, ended.json()["code"]) == (410, "link_ended")
    assert ended.json()["shop"] == shop.slug


async def test_the_link_in_a_confirmation_lasts_a_month_beyond_the_visit(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    text = (await letter(world, booking)).body.text
    found = LINK.search(text)
    assert found
    assert [b["id"] for b in (await opened(world, found[1]))["coming"]] == [booking["id"]]
    seen = await read(world, shop, booking)
    world.clock.set(seen.ends_at + receipt.LASTS_AFTER)
    await opened(world, found[1])
    world.clock.advance(timedelta(hours=1))
    assert (await world.http.get(f"/api/v2/my/{found[1]}")).status_code == 410


async def test_the_link_to_one_visit_opens_no_other(world: World) -> None:
    """Whoever it was passed on to sees the visit, and never all of the client's."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.pay(booking)
    await world.settle()
    own = str(booking["manage_url"]).rsplit("/", 1)[1]
    assert (await world.http.get(f"/api/v2/my/{own}")).json()["code"] == "link_invalid"
    for page in (f"/manage/{own}", f"/receipt/{own}"):
        assert not LINK.search((await world.http.get(page)).text), page


async def test_the_page_holds_no_name_and_no_address_and_is_kept_by_nobody(world: World) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    page = await world.http.get(f"/my/{await asked_for(world, shop)}")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "Skin fade" in page.text
    assert not re.search("Amara|Okafor|amara@", page.text)


async def test_a_long_list_is_read_page_by_page(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await world.query(
        "insert into appointments (shop_id, appointment_id, barber_id, service_id, client_id,"
        " state, starts_at, ends_at, blocked, service_name, service_amount, tax_amount,"
        " tax_basis_points, tip_amount, deposit_amount, currency, guest_name, key_id, locale,"
        " terms_version, booked_ip, booked_device, booked_at, closed_at, cancelled_by)"
        " select shop_id, gen_random_uuid(), barber_id, service_id, client_id, 'cancelled',"
        " starts_at - n * interval '1 day', ends_at - n * interval '1 day', blocked,"
        " service_name, service_amount, tax_amount, tax_basis_points, tip_amount, deposit_amount,"
        " currency, guest_name, key_id, locale, terms_version, booked_ip, booked_device,"
        " booked_at - n * interval '1 day', booked_at, 'client'"
        " from appointments, generate_series(1, 60) as n"
    )
    link = await asked_for(world, shop)
    first = await opened(world, link)
    assert (len(first["coming"]), len(first["past"])) == (1, 49)
    rest = await opened(world, link, before=first["before"])
    assert (len(rest["coming"]), len(rest["past"]), rest["before"]) == (0, 11, None)
    everyone = [b["id"] for b in (*first["coming"], *first["past"], *rest["past"])]
    assert len(set(everyone)) == 61
    assert booking["id"] == everyone[0]
    foreign = ids.show("apt", ids.new(world.clock.now()))
    assert (await opened(world, link, before=foreign))["past"] == []
