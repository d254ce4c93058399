"""Whatever is sent, the answer is a problem with a code, never a defect, and nothing is kept."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.world import World


@pytest.mark.proves("R3.1")
@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": "0001-01-01T00:00:00+14:00"},
        {"starts_at": "9999-12-31T23:59:59-14:00"},
        {"starts_at": "2035-03-05T10:00:00"},
        {"starts_at": "soon"},
        {"starts_at": 2056698000},
        {"service": "svc_0000000000"},
        {"service": "bar_01jf0000000000000000000000"},
        {"service": None},
        {"barber": "bar_01jf0000000000000000000000"},
        {"barber": ""},
        {"pay": "later"},
        {"pay": 1},
        {"terms_version": 2**70},
        {"terms_version": "1"},
        {"locale": "en\0"},
        {"locale": "x" * 36},
        {"client": {"name": "\0", "email": "a@example.com"}},
        {"client": {"name": "Amara", "email": "nobody"}},
        {"client": {"name": "Amara", "email": "a@example.com\0"}},
        {"client": {"name": "Amara", "email": "a@exa mple.com"}},
        {"client": {"name": "Amara", "email": "a@example.com", "phone": "call me"}},
        {"client": {"name": "Amara", "email": "a@example.com", "card": "4242424242424242"}},
        {"client": {"name": "\ud800", "email": "a@example.com"}},
        {"client": {"name": "x" * 201, "email": "a@example.com"}},
        {"client": "Amara"},
        {"discount": 5},
    ],
    ids=lambda change: ascii(change)[:70],
)
async def test_a_booking_that_makes_no_sense_is_a_problem_and_leaves_nothing(
    world: World, change: dict[str, Any]
) -> None:
    shop = await world.open_shop()
    wish = await world.wish(shop)
    before = await world.tally()
    answer = await world.http.post(
        f"/api/v2/shops/{shop.slug}/bookings",
        content=json.dumps({**wish, **change}),
        headers={"Idempotency-Key": "odd", "Content-Type": "application/json"},
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"]
    assert problem["next_step"]
    assert problem["request_id"].startswith("req_")
    assert "4242424242424242" not in answer.text
    assert await world.tally() == before


@pytest.mark.proves("R3.1")
async def test_odd_addresses_and_bodies_are_problems(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    before = await world.tally()
    service = shop.service("Skin fade")["id"]
    refunds = f"/api/v2/payments/{booking['payments'][0]['id']}/refunds"
    book = f"/api/v2/shops/{shop.slug}/bookings"
    availability = f"/api/v2/shops/{shop.slug}/availability?service={service}"
    odd: list[tuple[str, str, Any]] = [
        ("GET", "/api/v2/shops/%00", None),
        ("GET", "/api/v2/shops/%F0%9F%92%88", None),
        ("GET", "/api/v2/shops/" + "x" * 5000, None),
        ("GET", "/api/v2/shops/..%2f..%2fetc", None),
        ("GET", f"{availability}&day=2035-02-30", None),
        ("GET", f"{availability}&day=0001-01-01x", None),
        ("GET", f"{availability}&barber=nobody", None),
        ("GET", f"/api/v2/shops/{shop.slug}/availability?service=%00", None),
        ("GET", "/api/v2/payments?limit=0", None),
        ("GET", "/api/v2/payments?limit=1e9", None),
        ("GET", "/api/v2/payments?before=pay_%00", None),
        ("GET", "/api/v2/payments/ref_01jf0000000000000000000000", None),
        ("GET", "/api/v2/refunds/ref_01jf0000000000000000000000", None),
        ("GET", "/api/v2/own/x", None),
        ("GET", "/api/v2/nowhere", None),
        ("DELETE", f"/api/v2/bookings/{booking['id']}", None),
        ("POST", refunds, b'{"note": "\\u0000"}'),
        ("POST", refunds, b'{"note": "\\ud800"}'),
        ("POST", refunds, b'{"reason": "slot_lost"}'),
        ("POST", refunds, b'{"amount": '),
        ("POST", refunds, b"[" * 50_000),
        ("POST", refunds, b"\xff"),
        ("POST", book, b"null"),
        ("POST", book, b""),
    ]
    for method, url, body in odd:
        headers = {**shop.headers, "Idempotency-Key": "odd", "Content-Type": "application/json"}
        answer = await world.http.request(method, url, content=body, headers=headers)
        said = f"{method} {url} {body}: {answer.text}"
        assert 400 <= answer.status_code < 500, said
        assert answer.headers["content-type"] == "application/problem+json", said
        assert answer.json()["code"], said
    assert await world.tally() == before
    for day in ("0001-01-01", "9999-12-31", "2034-12-24"):
        answer = await world.http.get(f"{availability}&day={day}")
        assert (answer.status_code, answer.json()["slots"]) == (200, []), answer.text


async def test_a_key_that_is_missing_wrong_or_revoked_opens_nothing(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    url = f"/api/v2/bookings/{booking['id']}"
    other = "B" if shop.key[20] == "A" else "A"
    cut, twisted = shop.key[:-4] + "AAAA", shop.key[:20] + other + shop.key[21:]
    for header, code in [
        ("", "key_missing"),
        (f"Basic {shop.key}", "key_missing"),
        ("Bearer", "key_missing"),
        ("Bearer bbk_", "key_invalid"),
        (f"Bearer {cut}", "key_invalid"),
        (f"Bearer {twisted}", "key_invalid"),
        (f"Bearer {shop.key}A", "key_invalid"),
        ("Bearer sk_test_world", "key_invalid"),
    ]:
        answer = await world.http.get(url, headers={"Authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, code), header
        assert answer.headers["www-authenticate"] == "Bearer"
    async with world.means.database.platform() as db:
        await db.execute("update api_keys set revoked_at = $1", world.clock.now())
    answer = await world.http.get(url, headers=shop.headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")


async def test_one_address_cannot_hold_every_slot_and_is_told_when_to_come_back(
    world: World,
) -> None:
    shop = await world.open_shop()
    wish = await world.wish(shop, pay="nonsense")
    answers = [await world.send(shop, wish) for _ in range(31)]
    assert [a.status_code for a in answers] == [422] * 30 + [429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert int(answers[-1].headers["retry-after"]) >= 1


@pytest.mark.proves("R1.6")
async def test_one_address_cannot_try_keys_without_end(world: World) -> None:
    """Each try costs the database a transaction, so the address is counted before the look-up."""
    shop = await world.open_shop()
    wrong = {"Authorization": f"Bearer {shop.key[:-4]}AAAA"}
    tries = [await world.http.get("/api/v2/payments", headers=wrong) for _ in range(401)]
    assert [a.status_code for a in tries] == [401] * 400 + [429]
    assert tries[-1].json()["code"] == "rate_limited"
    world.clock.advance(timedelta(minutes=1))
    right = await world.http.get("/api/v2/payments", headers=shop.headers)
    assert right.status_code == 200
