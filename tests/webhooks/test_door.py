"""The door Stripe knocks at: what is let in, what is not, and that nothing acknowledged is lost."""

import asyncio
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

from bookedbarber import api
from tests.conftest import Databases
from tests.servers import Wire, free_socket, serving, url_of
from tests.webhooks.letters import inbox, letter, post, said, signature
from tests.world import World, living


@pytest.mark.proves("R1.1", "R1.2")
async def test_a_signed_event_is_kept_byte_for_byte_before_it_is_acknowledged(
    world: World,
) -> None:
    body = letter(world).replace(b", ", b" ,\n\t ")
    answer = await post(world, body)
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    [kept] = await inbox(world)
    assert await said(world, kept) == body
    assert (kept["state"], kept["attempts"]) == ("ready", 0)


@pytest.mark.proves("R1.1")
async def test_what_stripe_did_not_sign_just_now_is_refused_and_leaves_nothing(
    world: World,
) -> None:
    body, now, secret = letter(world), world.clock.now().timestamp(), world.webhook_secret
    good = signature(body, secret, at=now)
    mark = good.partition(",")[2]
    other_body = body.replace(b"cus_1", b"cus_2")
    refused = {
        "no header": (body, ""),
        "no signature": (body, f"t={int(now)}"),
        "no time": (body, mark),
        "another secret": (body, signature(body, "whsec_other", at=now)),
        "an empty secret": (body, signature(body, "", at=now)),
        "an altered body": (other_body, good),
        "an altered time": (body, f"t={int(now) + 1},{mark}"),
        "an older scheme": (body, good.replace("v1=", "v0=")),
        "a cut signature": (body, good[:-1]),
        "a longer signature": (body, good + "0"),
        "an upper-case signature": (body, f"t={int(now)},v1={mark[3:].upper()}"),
        "no number": (body, good.replace("t=", "t=x")),
        "an endless number": (body, good.replace("t=", "t=" + "9" * 5000)),
        "too old": (body, signature(body, secret, at=now - 301)),
        "too new": (body, signature(body, secret, at=now + 301)),
    }
    for name, (sent, header) in refused.items():
        answer = await post(world, sent, header)
        assert answer.status_code == 400, name
        assert answer.json()["code"] == "webhook_signature_invalid", name
        assert answer.headers["content-type"] == "application/problem+json"
    assert not await inbox(world)
    for age in (-300, 300):
        accepted = letter(world)
        answer = await post(world, accepted, signature(accepted, secret, at=now + age))
        assert answer.status_code == 200


@pytest.mark.proves("R1.1")
async def test_any_of_several_signatures_and_secrets_will_do(world: World) -> None:
    at, bodies = world.clock.now().timestamp(), [letter(world) for _ in range(4)]
    app = api.build(world.context, webhook_secrets=["whsec_old", "whsec_new"])
    door = free_socket()
    async with serving(app, door), httpx.AsyncClient(base_url=url_of(door)) as http:
        for body, header in zip(
            bodies,
            [
                signature(bodies[0], "whsec_old", at=at),
                signature(bodies[1], "whsec_new", at=at),
                signature(bodies[2], "whsec_stranger", "whsec_new", at=at),
                signature(bodies[3], "whsec_old", at=at) + ",v0=abc,x=y",
            ],
            strict=True,
        ):
            headers = {"Stripe-Signature": header}
            answer = await http.post("/webhooks/stripe", content=body, headers=headers)
            assert answer.status_code == 200, header
        stranger = signature(bodies[0], "whsec_stranger", at=at)
        answer = await http.post(
            "/webhooks/stripe", content=bodies[0], headers={"Stripe-Signature": stranger}
        )
        assert answer.status_code == 400


@pytest.mark.proves("R1.1")
async def test_a_rolled_secret_is_accepted_while_stripe_signs_with_both(world: World) -> None:
    shop = await world.open_shop()
    [endpoint] = await world.rows("webhook_endpoint")
    await world.control("POST", f"webhook_endpoints/{endpoint['id']}/roll", {"keep_for": 3600})
    await world.paid_booking(shop)
    await world.advance(timedelta(minutes=61))
    booking = (await world.book(shop)).json()
    await world.pay(booking)
    await world.advance(timedelta(seconds=20))
    assert (await world.booking(shop, booking["id"]))["state"] == "held"
    log = (await world.control("GET", "deliveries?state=pending"))["deliveries"]
    assert {attempt["status"] for row in log for attempt in row["tries"]} == {400}
    # The operator gives the product its new secret; Stripe delivers again.
    rolled = await world.control("POST", f"webhook_endpoints/{endpoint['id']}/roll", {})
    door = free_socket()
    app = api.build(world.context, webhook_secrets=[world.webhook_secret, rolled["secret"]])
    async with serving(app, door):
        await world.stripe.v1.webhook_endpoints.update_async(
            endpoint["id"], {"url": f"{url_of(door)}/webhooks/stripe"}
        )
        await world.settle()
        assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"


@pytest.mark.proves("R1.1", "R1.2")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"evt_1"',
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": "evt_1", "type": "x", "created": "2026-11-23T10:00:00Z"}',
        b'{"id": "evt_1", "type": "x", "created": 1e300}',
        b'{"id": "evt_1", "type": "x", "created": NaN}',
        b'{"id": "evt_1", "type": "", "created": 1}',
        b'{"id": 7, "type": "x", "created": 1}',
        b'{"id": "evt_\\u0000", "type": "x", "created": 1}',
        b'{"id": "evt_\\ud800", "type": "x", "created": 1}',
        b'{"id": "evt_1", "type": "x", "created": 1, "account": ["acct_1"]}',
        b'{"id": "' + b"e" * 256 + b'", "type": "x", "created": 1}',
        b'{"id": "evt_1", "type": "x", "created": 1, "pad": "' + b"x" * (1 << 20) + b'"}',
    ],
    ids=lambda body: repr(body[:40]),
)
async def test_a_signed_body_that_is_no_event_is_refused_and_leaves_nothing(
    world: World, body: bytes
) -> None:
    answer = await post(world, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "webhook_event_unreadable")
    assert not await inbox(world)


@pytest.mark.proves("R1.2")
async def test_the_same_event_many_times_at_once_is_kept_once(world: World) -> None:
    bodies = [letter(world) for _ in range(5)] * 8
    answers = await asyncio.gather(*(post(world, body) for body in bodies))
    assert {a.status_code for a in answers} == {200}
    assert len(await inbox(world)) == 5
    await world.worker.drain()
    # A later delivery of what was handled is acknowledged, and not handled again.
    assert (await post(world, bodies[0])).status_code == 200
    assert {row["state"] for row in await inbox(world)} == {"done"}


@pytest.mark.proves("R1.2")
async def test_without_the_database_nothing_is_acknowledged_and_stripe_delivers_again(
    databases: Databases,
) -> None:
    parts = urlsplit(databases.app_url)
    wire = Wire(f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432")
    await wire.join()

    def through(url: str) -> str:
        given = urlsplit(url)
        there = f"{given.username}:{given.password}@127.0.0.1:{wire.port}"
        return f"postgresql://{there}{given.path}"

    urls = (through(databases.app_url), through(databases.platform_url))
    async with living(*urls) as world:
        shop = await world.open_shop()
        booking = (await world.book(shop)).json()
        await wire.cut()
        await world.pay(booking)
        body = letter(world)
        answer = await post(world, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert answer.json()["retryable"] is True
        refused = await world.book(shop, starts_at=booking["starts_at"])
        assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        await world.control("POST", "deliveries/settle")
        log = (await world.control("GET", "deliveries?state=pending"))["deliveries"]
        assert {attempt["status"] for row in log for attempt in row["tries"]} == {503}
        await wire.join()
        await world.settle()
        assert (await world.booking(shop, booking["id"]))["state"] == "confirmed"
        assert json.loads(body)["id"] not in {row["event_id"] for row in await inbox(world)}
        await world.prove()
    await wire.cut()
