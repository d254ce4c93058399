"""What the desk's day lets whom do, request by request, and that pressing twice does it once."""

import asyncio
import re
from datetime import datetime
from typing import Any

import httpx2 as httpx
import pytest

from bookedbarber.access.roles import Role
from tests.world import Shop, World

TEN = "2035-03-05T10:00:00+00:00"


async def a_visit(world: World, **given: Any) -> tuple[Shop, dict[str, Any]]:
    """A paid visit with Marco that has begun."""
    shop = await world.open_shop()
    marco = shop.menu["barbers"][0]["id"]
    booking = await world.paid_booking(shop, starts_at=TEN, **{"barber": marco, **given})
    await world.advance(datetime.fromisoformat(TEN) - world.clock.now())
    return shop, booking


def at(shop: Shop, booking: dict[str, Any], act: str = "") -> str:
    return f"/desk/{shop.slug}/visits/{booking['id']}{act}"


async def fields(there: httpx.AsyncClient, path: str) -> dict[str, str]:
    """What the first form of a page carries, as a browser would send it back."""
    page = (await there.get(path)).text
    form = page[page.index(f'action="{path.split("?", maxsplit=1)[0]}') :].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


@pytest.mark.proves("R0.2", "R7.3")
@pytest.mark.parametrize(
    ("role", "refused"),
    [
        (Role.BARBER, {"/cancel", "/refund"}),
        (Role.RECEPTIONIST, {"/cancel", "/refund"}),  # it has begun: everything would go back
        (Role.MANAGER, set()),
    ],
)
async def test_a_role_does_what_it_may_and_nothing_else(
    world: World, role: Role, refused: set[str]
) -> None:
    shop, booking = await a_visit(world)
    payment = booking["payments"][0]["id"]
    async with world.at_desk(await world.employ(shop, role)) as there:
        for act in ("/cancel", "/no-show", f"/refund?payment={payment}"):
            answer = await there.get(at(shop, booking, act))
            expected = 403 if act.partition("?")[0] in refused else 200
            assert answer.status_code == expected, (act, answer.text)
        before = await world.tally()
        for act in refused:
            query = f"?payment={payment}" if act == "/refund" else ""
            done = await there.post(
                at(shop, booking, act + query), data={"amount": "1", "do": "refund", "agreed": "0"}
            )
            assert done.status_code == 403, act
        assert await world.tally() == before


@pytest.mark.proves("R0.2", "R7.3")
@pytest.mark.parametrize("act", ["", "/check-in"], ids=["booked", "checked in"])
async def test_reception_cancels_for_the_shop_until_the_client_is_there(
    world: World, act: str
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, starts_at=TEN)
    cancel, for_shop = at(shop, booking, "/cancel"), "Cancel for the shop"
    async with world.at_desk(await world.employ(shop, Role.RECEPTIONIST)) as there:
        assert for_shop in (await there.get(cancel)).text
        if act:
            await there.post(at(shop, booking, act))
            page = (await there.get(cancel)).text
            assert for_shop not in page
            assert "Cancel for the client" in page
            answer = await there.post(cancel, data={"by": "shop", "agreed": "3200"})
            assert answer.status_code == 403
            assert (await world.booking(shop, booking["id"]))["state"] == "arrived"
        else:
            answer = await there.post(cancel, data={"by": "shop", "agreed": "3200"})
            assert answer.headers["location"].endswith("said=cancel")


@pytest.mark.proves("R0.2", "R7.3")
async def test_a_barber_reaches_no_visit_of_another_by_any_address(world: World) -> None:
    shop, booking = await a_visit(world)
    elif_ = shop.menu["barbers"][1]["id"]
    barber = await world.employ(shop, Role.BARBER, barber="Elif")
    before = (await world.booking(shop, booking["id"]))["state"]
    async with world.at_desk(barber) as there:
        for method, act in [
            ("GET", ""),
            ("GET", "/no-show"),
            ("POST", "/check-in"),
            ("POST", "/undo-check-in"),
            ("POST", "/complete"),
            ("POST", "/no-show"),
        ]:
            answer = await there.request(method, at(shop, booking, act))
            assert answer.status_code == 403, act
        day = await there.get(f"/desk/{shop.slug}/day")
        assert "Amara" not in day.text
        seat = {"barber": booking["barber_id"], "service": shop.service("Skin fade")["id"]}
        walked = await there.post(f"/desk/{shop.slug}/walk-in", data={**seat, "name": "Walter"})
        assert walked.status_code == 403
        mine = {**seat, "barber": elif_, "name": "Walter"}
        assert (await there.post(f"/desk/{shop.slug}/walk-in", data=mine)).status_code == 303
    assert (await world.booking(shop, booking["id"]))["state"] == before


@pytest.mark.proves("R7.3")
async def test_staff_of_another_shop_find_no_such_visit(world: World) -> None:
    shop, booking = await a_visit(world)
    other = await world.open_shop("blend")
    async with world.at_desk(await world.employ(other, Role.OWNER)) as there:
        assert (await there.get(f"/desk/{shop.slug}/day")).status_code == 404
        for path in (at(shop, booking), at(other, booking), f"{at(other, booking)}/cancel"):
            assert (await there.get(path)).status_code == 404, path
        answer = await there.post(f"{at(other, booking)}/check-in")
        assert answer.status_code == 404


@pytest.mark.proves("R0.2", "R1.6")
async def test_pressing_twice_refunds_seats_and_misses_once(world: World) -> None:
    shop, booking = await a_visit(world)
    refund = at(shop, booking, f"/refund?payment={booking['payments'][0]['id']}")
    async with world.at_desk(await world.employ(shop, Role.MANAGER)) as there:
        form = await fields(there, refund)
        asked = {**form, "amount": "2.00", "reason": "goodwill", "note": "", "do": "refund"}
        answers = await asyncio.gather(*(there.post(refund, data=asked) for _ in range(3)))
        assert [a.status_code for a in answers] == [303] * 3, [a.text for a in answers]
        walk_in = f"/desk/{shop.slug}/walk-in"
        seat = {
            **await fields(there, walk_in),
            "barber": shop.menu["barbers"][1]["id"],
            "service": shop.service("Skin fade")["id"],
            "name": "Walter",
        }
        answers = await asyncio.gather(*(there.post(walk_in, data=seat) for _ in range(3)))
        assert {a.headers["location"] for a in answers} == {answers[0].headers["location"]}
        no_show = at(shop, booking, "/no-show")
        missed = await fields(there, no_show)
        answers = await asyncio.gather(*(there.post(no_show, data=missed) for _ in range(3)))
        assert all(a.headers["location"].endswith("said=no-show") for a in answers)
    await world.settle()
    assert sorted(r["amount"] for r in await world.rows("refund")) == [200, 2200]
    walked = await world.query("select from appointments where walk_in")
    assert len(walked) == 1


@pytest.mark.proves("R0.2", "R1.6")
async def test_a_second_press_after_a_whole_refund_finds_it_made(world: World) -> None:
    shop, booking = await a_visit(world)
    refund = at(shop, booking, f"/refund?payment={booking['payments'][0]['id']}")
    async with world.at_desk(await world.employ(shop, Role.MANAGER)) as there:
        form = await fields(there, refund)
        asked = {**form, "amount": "32.00", "reason": "goodwill", "note": "", "do": "refund"}
        for _ in range(2):
            answer = await there.post(refund, data=asked)
            assert answer.status_code == 303, answer.text
            assert answer.headers["location"].endswith("said=refund")
        other = await there.post(refund, data={**asked, "ticket": "another-showing-of-it"})
        assert other.status_code == 422
        assert "That is more than is left of this payment." in other.text
    await world.settle()
    assert [row["amount"] for row in await world.rows("refund")] == [3200]


async def test_a_sum_that_nobody_was_shown_ends_nothing(world: World) -> None:
    shop, booking = await a_visit(world)
    async with world.at_desk(await world.employ(shop, Role.MANAGER)) as there:
        for act in ("/cancel", "/no-show"):
            for agreed in ("", "-1", "2400.00", "9" * 30, "٢٤٠٠", "1"):
                given = {"agreed": agreed, "by": "client"}
                answer = await there.post(at(shop, booking, act), data=given)
                assert "said=no-show" not in answer.headers.get("location", "")
                assert "said=cancel" not in answer.headers.get("location", "")
    assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"


async def test_odd_addresses_and_forms_of_the_day_get_a_page(world: World) -> None:
    shop, booking = await a_visit(world)
    day = f"/desk/{shop.slug}/day"
    async with world.at_desk(await world.employ(shop, Role.OWNER)) as there:
        for query in ("", "?date=x", "?date=0001-01-01", "?date=9999-12-31", "?said=%00%3Cb%3E"):
            answer = await there.get(day + query)
            assert answer.status_code == 200, query
            assert "<b>" not in answer.text.partition('id="board"')[0]
        assert (await there.get(at(shop, booking, "/refund"))).status_code == 404
        assert (await there.get(f"/desk/{shop.slug}/visits/apt_x")).status_code == 400
        walk_in = f"/desk/{shop.slug}/walk-in"
        for query in ("?barber=x&at=y", "?at=2035-03-05T10:00:00", "?at=9999-12-31T23:59:59Z"):
            assert (await there.get(walk_in + query)).status_code == 200
        for given in ({}, {"start": "25:99"}, {"barber": "x"}, {"name": "\0", "ticket": "\0ä"}):
            assert (await there.post(walk_in, data=given)).status_code == 422, given
        page = at(shop, booking, f"/refund?payment={booking['payments'][0]['id']}")
        for amount in ("", "five", "-1", "0", "1.001", "32.01", "9" * 40):
            answer = await there.post(page, data={"amount": amount, "do": "refund"})
            assert answer.status_code == 422, amount
    assert not await world.query("select from refunds")


async def test_a_page_that_looks_again_gets_the_day_alone(world: World) -> None:
    shop, _ = await a_visit(world)
    async with world.at_desk(await world.employ(shop, Role.OWNER)) as there:
        answer = await there.get(f"/desk/{shop.slug}/day", headers={"X-Live": "yes"})
    assert 'id="board"' in answer.text
    assert "<nav" not in answer.text
    assert "Amara Okafor" in answer.text
