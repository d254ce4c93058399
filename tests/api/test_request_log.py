"""One line in the log for each request: what an operator needs, and nothing of a person."""

import logging
from typing import Any

import asyncpg
import pytest

from bookedbarber import ids, links
from bookedbarber.pages.context import MANAGE
from tests.conftest import Databases
from tests.webhooks.letters import letter, post, signature
from tests.world import World


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> "Lines":
    caplog.set_level(logging.INFO)
    return Lines(caplog)


class Lines:
    """What was logged."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    def of(self, logger: str) -> list[dict[str, Any]]:
        said: list[Any] = [r.msg for r in self._caplog.records if r.name == logger]
        self._caplog.clear()
        return said


async def test_a_request_leaves_one_line_with_what_is_known(world: World, lines: Lines) -> None:
    shop = await world.open_shop()
    lines.of("request")
    await world.http.get("/api/v2/shops/fade", params={"x": "?"})
    [line] = lines.of("request")
    said = ("method", "route", "status", "shop", "level")
    assert [line[name] for name in said] == ["GET", "/api/v2/shops/{slug}", 200, "fade", "info"]
    assert line["ms"] > 0
    booked = (await world.book(shop)).json()
    lines.of("request")
    payment = booked["payments"][0]["id"]
    answer = await world.refund(shop, {"id": payment, "amount": booked["total"]})
    line = lines.of("request")[-1]  # a webhook may come in between
    assert line["route"] == "/api/v2/payments/{payment}/refunds"
    assert line["payment"] == payment
    assert line["shop"] == ids.show("shp", shop.id)
    assert line["code"] == answer.json()["code"] == "payment_not_captured"
    assert line["request_id"] == answer.json()["request_id"]


async def test_a_line_says_nothing_of_a_person_and_opens_nothing(
    world: World, lines: Lines
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    link = links.sign(world.means.link_key, MANAGE, shop.id, ids.parse("apt", booking["id"]))
    lines.of("request")
    for path in ("/manage/{}", "/receipt/{}", "/calendar/{}.ics", "/api/v2/own/{}/receipt"):
        assert (await world.http.get(path.format(link))).status_code == 200
    await world.http.get("/b/fade", params={"name": "Amara", "email": "amara@example.com"})
    await world.http.get("/amara@example.com")
    found = lines.of("request")
    assert [line["route"] for line in found] == [
        "/manage/{link}", "/receipt/{link}", "/calendar/{link}.ics", "/api/v2/own/{link}/receipt",
        "/b/{shop}", None,
    ]  # fmt: skip
    assert found[-1]["status"] == 404
    assert link not in str(found)
    assert "amara" not in str(found).lower()


async def test_a_defect_is_a_line_like_any_other(
    world: World, databases: Databases, lines: Lines
) -> None:
    shop = await world.open_shop()
    wish = await world.wish(shop)
    owner = await asyncpg.connect(databases.owner_url)
    await owner.execute("alter table clients rename to clients_gone")
    answer = await world.send(shop, wish)
    await owner.execute("alter table clients_gone rename to clients")
    await owner.close()
    [line] = lines.of("request")[-1:]
    assert (line["status"], line["level"]) == (500, "warning")
    assert line["request_id"] == answer.json()["request_id"]


@pytest.mark.proves("R1.1")
@pytest.mark.parametrize("reason", ["absent", "unreadable", "wrong", "stale"])
async def test_a_webhook_that_is_turned_away_says_why(
    world: World, lines: Lines, reason: str
) -> None:
    body, now, secret = letter(world), world.clock.now().timestamp(), world.webhook_secret
    header = {
        "absent": "",
        "unreadable": "t=now",
        "wrong": signature(body, "whsec_other", at=now),
        "stale": signature(body, secret, at=now - 301),
    }[reason]
    assert (await post(world, body, header)).status_code == 400
    [line] = lines.of("webhook")
    assert (line["level"], line["code"]) == ("warning", "webhook_signature_invalid")
    assert line["reason"] == reason


async def test_a_webhook_that_is_taken_leaves_its_name(world: World, lines: Lines) -> None:
    await post(world, letter(world, "customer.created", id="evt_named"))
    [line] = lines.of("request")
    assert (line["route"], line["status"]) == ("/webhooks/stripe", 200)
    assert (line["event_id"], line["type"]) == ("evt_named", "customer.created")
