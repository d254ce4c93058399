"""What is kept of what happened: when it was true, when we knew, who agreed to what, who did it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookedbarber.shops import queries as shops
from bookedbarber.vault import people
from tests.stories.forms import booking_form, press
from tests.world import Shop, World

DEVICE = "Lynx/2.9 (of a test)"


async def test_what_we_hear_an_hour_late_is_booked_for_when_it_was_true_and_when_we_knew(
    world: World,
) -> None:
    shop = await world.open_shop()
    await world.hold_deliveries()
    await world.pay((await world.book(shop, starts_at="2035-03-07T10:00:00+00:00")).json())
    paid_at = world.clock.now()
    await world.tick(timedelta(hours=1))
    await world.hold_deliveries(held=False)
    await world.arrive()
    heard_at = paid_at + timedelta(hours=1)
    [charge] = await world.rows("charge")
    [moved] = await world.rows("balance_transaction")
    assert charge["created"] == int(paid_at.timestamp())
    entries = {
        row["kind"]: (row["effective_at"], row["recorded_at"])
        for row in await world.query("select * from entries")
    }
    assert entries["payment_captured"] == (paid_at, heard_at)
    assert entries["balance_transaction"] == (_moment(moved["created"]), heard_at)
    [kept] = await world.query("select created, recorded_at from balance_transactions")
    assert (kept["created"], kept["recorded_at"]) == (_moment(moved["created"]), heard_at)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.proves("R0.1")
@pytest.mark.parametrize("door", ["api", "page"])
async def test_who_agreed_to_which_terms_and_from_where_is_kept_sealed(
    world: World, door: str
) -> None:
    shop = await world.open_shop()
    async with world.means.database.platform() as db:
        await shops.adopt_terms(
            db,
            shop_id=shop.id,
            version=2,
            text="Free to cancel, always.",
            free_cancel_hours=24,
            late_refund_basis_points=0,
            now=world.clock.now(),
        )
    shop.menu = (await world.http.get(f"/api/v2/shops/{shop.slug}")).json()
    assert shop.menu["terms_version"] == 2
    world.http.headers["User-Agent"] = DEVICE
    if door == "api":
        assert (await world.book(shop, client=_AMARA)).status_code == 201
    else:
        form = await booking_form(world, shop, phone=_AMARA["phone"])
        assert (await press(world, f"/b/{shop.slug}", form)).status_code == 303
    [visit] = await world.query("select * from appointments")
    assert visit["terms_version"] == 2
    opened = await _opened(world, shop, visit)
    assert opened["booked_ip"] == "127.0.0.1"
    assert opened["booked_device"] == DEVICE
    assert opened["guest_name"] == "Amara Okafor"
    assert opened["guest_phone"] == _AMARA["phone"]
    for column in opened:
        assert opened[column].encode() not in visit[column], "readable in the row"


_AMARA = {"name": "Amara Okafor", "email": "amara@example.com", "phone": "+44 20 7946 0000"}


async def _opened(world: World, shop: Shop, visit: dict[str, Any]) -> dict[str, str]:
    """The sealed fields of a visit, opened with the client's own key."""
    async with world.means.database.tenant(shop.id) as db:
        client = await people.load(
            db, world.means.vault, shop_id=shop.id, subject_id=visit["client_id"],
            key_id=visit["key_id"],
        )  # fmt: skip
    return {
        column: client.open("appointments", column, visit["appointment_id"], visit[column])
        for column in ("booked_ip", "booked_device", "guest_name", "guest_phone")
    }


async def test_the_trail_of_a_day_names_each_act_once_with_whoever_did_it(world: World) -> None:
    shop = await world.open_shop()
    kept, left = [await world.paid_booking(shop) for _ in range(2)]
    gone, never = [(await world.book(shop)).json() for _ in range(2)]
    await world.pay(gone)
    await world.settle()
    part = (await world.refund(shop, kept["payments"][0], 700)).json()
    back = await world.cancel(shop, left, cancelled_by="client")
    assert back.json()["refund"]["amount"] == 2400
    own_link = gone["manage_url"].rpartition("/")[2]
    assert (await world.http.post(f"/api/v2/own/{own_link}/cancel", json={})).status_code == 200
    await world.advance(timedelta(minutes=11))
    await world.settle()
    await world.complete(shop, kept)
    till, client, stripe, system = shop.actor, "client", "stripe", "system"
    refunded = {
        booking["id"]: [r["id"] for r in (await world.booking(shop, booking["id"]))["refunds"]]
        for booking in (left, gone)
    }
    expected = {
        kept["id"]: [("appointment.held", client), ("appointment.completed", till)],
        left["id"]: [("appointment.held", client), ("appointment.cancelled", till)],
        gone["id"]: [("appointment.held", client), ("appointment.cancelled", client)],
        never["id"]: [("appointment.held", client), ("appointment.expired", system)],
        part["id"]: [("refund.promised", till), ("refund.succeeded", stripe)],
        refunded[left["id"]][0]: [("refund.promised", till), ("refund.succeeded", stripe)],
        refunded[gone["id"]][0]: [("refund.promised", client), ("refund.succeeded", stripe)],
    }
    trail = await _trail(world)
    # How payments move on their way is told as well; what must be there is that each was taken.
    for booking in (kept, left, gone):
        moves = trail.pop(booking["payments"][0]["id"])
        assert moves.count(("payment.captured", stripe)) == 1
    others = ("pay_", "shp_", "key_")
    trail = {about: acts for about, acts in trail.items() if not about.startswith(others)}
    assert trail == {about: sorted(acts) for about, acts in expected.items()}


async def _trail(world: World) -> dict[str, list[tuple[str, str]]]:
    """Acts with their actors, object by object."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in await world.query("select * from audit_events order by act, actor"):
        found.setdefault(row["object"], []).append((row["act"], row["actor"]))
    return found
