"""Policy, terms and details: what somebody agreed to stays theirs, whatever the shop decides."""

import asyncio
from typing import Any

import pytest

from bookedbarber.shops.settings import queries
from tests.settings.owner import Owner, reasons, usd
from tests.world import World


@pytest.mark.proves("R0.2")
async def test_a_visit_keeps_the_policy_that_its_client_agreed_to(world: World) -> None:
    """Booked when a late cancellation gave the whole deposit back; the shop thinks again."""
    shop = await world.open_shop(late_refund_basis_points=10_000)
    owner = Owner(world, shop)
    old = await world.paid_booking(shop, pay="deposit", starts_at="2035-03-06T10:00:00Z")
    await owner.change("policy", late_refund_basis_points=0, free_cancel_hours=72)
    shop.menu = (await world.http.get(f"/api/v2/shops/{shop.slug}")).json()
    assert shop.menu["terms_version"] == 2
    new = await world.paid_booking(
        shop,
        pay="deposit",
        starts_at="2035-03-06T12:00:00Z",
        client={"name": "B", "email": "b@example.com"},
    )
    for booked, back in ((old, 800), (new, 0)):
        seen = await world.http.get(
            f"/api/v2/bookings/{booked['id']}/cancellation", headers=shop.headers
        )
        assert seen.json()["client"]["refund"] == usd(back)
        done = await world.cancel(shop, booked, cancelled_by="client")
        assert done.json()["refund"] == usd(back), done.text


async def test_whoever_read_the_old_policy_is_asked_again(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    wish = await world.wish(shop)
    await owner.change("policy", free_cancel_hours=48)
    refused = await world.send(shop, wish)
    assert (refused.status_code, refused.json()["code"]) == (409, "terms_changed")
    [told] = await owner.told("rules.changed")
    assert told["facts"] == {
        "before": {"free_cancel_hours": 24, "terms_version": 1},
        "after": {"free_cancel_hours": 48, "terms_version": 2},
    }


async def test_rules_that_no_client_agrees_to_are_no_new_terms(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    changed = await owner.change("policy", slot_step_minutes=30, horizon_days=20)
    assert changed.json()["terms_version"] == 1
    slots = [slot["local_time"] for slot in await world.slots(shop)]
    assert {time[-2:] for time in slots} == {"00", "30"}
    far = await world.http.get(
        f"/api/v2/shops/{shop.slug}/availability",
        params={"service": shop.service("Skin fade")["id"], "day": "2035-03-27"},
    )
    assert far.json()["slots"] == []


async def test_new_terms_are_another_version_and_the_old_one_stays(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    [first] = await owner.read("terms")
    text = "Come on time.\r\n\r\n  Bring   nobody. "
    there = await owner.send("terms", {"version": first["version"], "text": text})
    assert [one["version"] for one in there.json()] == ["2", "1"]
    assert there.json()[0]["text"] == "Come on time.\n\nBring nobody."
    assert there.json()[1] == first
    late = await owner.send("terms", {"version": "1", "text": "Something else."})
    assert (late.status_code, late.json()["code"]) == (409, "settings_changed")
    same = await owner.send("terms", {"version": "2", "text": "Come on time.\n\nBring nobody."})
    assert len(same.json()) == 2
    for odd, reason in (("", "missing"), (" \n ", "missing"), ("x" * 20_001, "too_long")):
        answer = await owner.send("terms", {"version": "2", "text": odd})
        assert reasons(answer) == {"terms": reason}
    assert len(await owner.told("terms.adopted")) == 1


async def test_of_two_owners_who_change_the_policy_at_once_one_looks_again(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    there = await owner.read("policy")
    there.pop("terms_version")
    async with world.means.database.tenant(shop.id) as db:
        await queries.lock_shop(db, shop_id=shop.id)  # so that all three are there at once
        asked = [
            asyncio.create_task(owner.send("policy", {**there, "free_cancel_hours": hours}))
            for hours in (1, 2, 3)
        ]
        await asyncio.sleep(1)
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(await owner.read("terms")) == 2


RULES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"free_cancel_hours": -1}, {"free_cancel_hours": "out_of_range"}),
    ({"free_cancel_hours": 337}, {"free_cancel_hours": "out_of_range"}),
    ({"late_refund_basis_points": -1}, {"late_refund_basis_points": "out_of_range"}),
    ({"late_refund_basis_points": 10_001}, {"late_refund_basis_points": "out_of_range"}),
    ({"notice_minutes": -5}, {"notice_minutes": "out_of_range"}),
    ({"notice_minutes": 20_161}, {"notice_minutes": "out_of_range"}),
    ({"horizon_days": 0}, {"horizon_days": "out_of_range"}),
    ({"horizon_days": 366}, {"horizon_days": "out_of_range"}),
    ({"slot_step_minutes": 7}, {"slot_step_minutes": "not_a_choice"}),
    ({"slot_step_minutes": 0}, {"slot_step_minutes": "not_a_choice"}),
    (
        {"horizon_days": 0, "free_cancel_hours": 999},
        {"horizon_days": "out_of_range", "free_cancel_hours": "out_of_range"},
    ),
]
DETAILS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": ""}, {"name": "missing"}),
    ({"name": "x" * 121}, {"name": "too_long"}),
    ({"address": "\t"}, {"address": "missing"}),
    ({"address": "x" * 301}, {"address": "too_long"}),
    ({"phone": "call me"}, {"phone": "not_a_phone"}),
    ({"phone": "1"}, {"phone": "not_a_phone"}),
    ({"tax_name": ""}, {"tax_name": "missing"}),
    ({"tax_name": "x" * 31}, {"tax_name": "too_long"}),
    ({"tax_basis_points": -1}, {"tax_basis_points": "out_of_range"}),
    ({"tax_basis_points": 5001}, {"tax_basis_points": "out_of_range"}),
    ({"name": "", "tax_name": ""}, {"name": "missing", "tax_name": "missing"}),
]


async def test_rules_and_details_that_cannot_be_are_refused_field_by_field(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    before = await owner.read("policy"), await owner.read("shop")
    for part, cases in (("policy", RULES), ("shop", DETAILS)):
        for fields, wrong in cases:
            assert reasons(await owner.change(part, **fields)) == wrong, fields
    for part, odd in (("policy", {"horizon_days": 1.5}), ("shop", {"currency": "eur"})):
        assert (await owner.change(part, **odd)).json()["code"] == "request_invalid"
    assert (await owner.read("policy"), await owner.read("shop")) == before


async def test_a_shop_moves_and_says_so_everywhere(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    moved = await owner.change(
        "shop", name="Fade & Co", address="1 New Road", phone="020 7946 0000"
    )
    assert moved.status_code == 200, moved.text
    page = (await world.http.get(f"/b/{shop.slug}")).text
    assert "Fade &amp; Co" in page
    assert "1 New Road" in page
    [told] = await owner.told("shop.changed")
    assert set(told["facts"]["after"]) == {"name", "address", "phone"}


async def test_another_shops_key_changes_nothing_here(world: World) -> None:
    mine, other = await world.open_shop(), await world.open_shop("blend")
    there = Owner(world, mine)
    service = await there.service("Skin fade")
    body = {k: v for k, v in service.items() if k not in ("id", "to_come")}
    answer = await Owner(world, other).send(f"services/{service['id']}", {**body, "name": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (404, "service_setting_unknown")
