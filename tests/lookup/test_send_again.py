"""A refund that came back is sent again from the page of its payment."""

import re
from typing import Any

import httpx2 as httpx
import pytest

from bookedbarber.access.roles import Role
from tests.lookup.desk import payment_of
from tests.world import Shop, World


async def came_back(world: World) -> tuple[Shop, str, str]:
    """A refund that the client's bank sent back: the shop, the page of its payment, its id."""
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    await world.pay(booking, "pm_card_refundFail")
    await world.settle()
    [payment] = (await world.booking(shop, booking["id"]))["payments"]
    await world.refund(shop, payment, 1000, reason="goodwill", note="A burnt towel.")
    await world.settle()
    [refund] = (await world.booking(shop, booking["id"]))["refunds"]
    assert refund["state"] == "failed"
    return shop, f"/desk/{shop.slug}/payments/{payment_of(booking)}", refund["id"]


async def form_of(there: httpx.AsyncClient, page: str, refund: str) -> dict[str, Any]:
    """What the form of a refund's button carries."""
    text = (await there.get(page)).text
    assert "Send US$10.00 again" in text
    form = text[text.index(f'action="{page}/refunds/{refund}/send-again"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[:400]))


@pytest.mark.proves("R0.2", "R1.6")
async def test_pressing_twice_sends_it_again_once(world: World) -> None:
    shop, page, refund = await came_back(world)
    async with world.at_desk(await world.employ(shop, Role.MANAGER)) as there:
        form = await form_of(there, page, refund)
        for _ in range(2):
            answer = await there.post(f"{page}/refunds/{refund}/send-again", data=form)
            assert answer.status_code == 303, answer.text
            assert answer.headers["location"] == f"{page}?said=sent-again"
        assert "asked to send the refund again" in (await there.get(f"{page}?said=sent-again")).text
    await world.settle()
    assert [row["amount"] for row in await world.rows("refund")] == [1000, 1000]
    [kept] = await world.query("select tries from refunds")
    assert kept["tries"] == 2
    [act] = await world.query("select actor from audit_events where act = 'refund.sent_again'")
    assert act["actor"].startswith("staff:per_")


@pytest.mark.proves("R7.3")
@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.BARBER])
async def test_who_may_not_refund_is_offered_nothing_and_sends_nothing(
    world: World, role: Role
) -> None:
    shop, page, refund = await came_back(world)
    async with world.at_desk(await world.employ(shop, role)) as there:
        assert "send-again" not in (await there.get(page)).text
        answer = await there.post(f"{page}/refunds/{refund}/send-again")
        assert answer.status_code == 403
    [kept] = await world.query("select tries from refunds")
    assert kept["tries"] == 1


async def test_what_is_not_owed_is_not_offered_and_is_refused(world: World) -> None:
    shop = await world.open_shop()
    booking, other = await world.paid_booking(shop), await world.paid_booking(shop)
    answer = await world.refund(shop, booking["payments"][0], 700)
    refund = answer.json()["id"]
    await world.settle()
    page, wrong = (f"/desk/{shop.slug}/payments/{payment_of(one)}" for one in (booking, other))
    async with world.at_desk(await world.employ(shop, Role.MANAGER)) as there:
        assert "send-again" not in (await there.get(page)).text
        answer = await there.post(f"{page}/refunds/{refund}/send-again")
        assert answer.headers["location"] == f"{page}?said=refund_not_failed"
        assert "not owed any more" in (await there.get(answer.headers["location"])).text
        answer = await there.post(f"{wrong}/refunds/{refund}/send-again")
        assert answer.status_code == 404
    assert len(await world.rows("refund")) == 1
