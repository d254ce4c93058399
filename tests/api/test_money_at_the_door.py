"""Money comes in as whole minor units of the right currency, or not at all, and nothing is kept."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import pytest

from bookedbarber.money import Money, currency
from tests.world import World

NOT_AN_AMOUNT = "amount_invalid"
NOT_EXACT = "amount_not_exact"
TOO_LARGE = "amount_too_large"
UNKNOWN = "currency_unknown"
OTHER = "currency_mismatch"


def money(amount: str, currency: str = '"usd"') -> str:
    """Money as raw JSON, so that what no Python object writes can be sent as well."""
    return f'{{"amount": {amount}, "currency": {currency}}}'


BAD = {
    "a float": (money("10.0"), NOT_EXACT),
    "a fraction": (money("10.5"), NOT_EXACT),
    "an exponent": (money("1e3"), NOT_EXACT),
    "not a number": (money("NaN"), NOT_EXACT),
    "infinity": (money("-Infinity"), NOT_EXACT),
    "a string": (money('"1000"'), NOT_AN_AMOUNT),
    "a decimal string": (money('"10.00"'), NOT_AN_AMOUNT),
    "true": (money("true"), NOT_AN_AMOUNT),
    "null": (money("null"), NOT_AN_AMOUNT),
    "a list": (money("[1000]"), NOT_AN_AMOUNT),
    "negative": (money("-1"), NOT_AN_AMOUNT),
    "above one charge": (money("100000000"), TOO_LARGE),
    "above a bigint": (money("9223372036854775808"), TOO_LARGE),
    "endless": (money("9" * 400), TOO_LARGE),
    "upper case": (money("1000", '"USD"'), UNKNOWN),
    "no code": (money("1000", '""'), UNKNOWN),
    "a spaced code": (money("1000", '"usd "'), UNKNOWN),
    "no currency at all": (money("1000", "null"), UNKNOWN),
    "a number of a currency": (money("1000", "840"), UNKNOWN),
    "a list of currencies": (money("1000", '["usd"]'), UNKNOWN),
    "a currency that is not a number": (money("1000", "NaN"), UNKNOWN),
    "half a character": (money("1000", '"\\ud800"'), UNKNOWN),
    "bare": ("1000", NOT_AN_AMOUNT),
    "bare text": ('"10.00"', NOT_AN_AMOUNT),
    "bare float": ("10.0", NOT_AN_AMOUNT),
    "empty": ("{}", NOT_AN_AMOUNT),
    "without its currency": ('{"amount": 1000}', NOT_AN_AMOUNT),
    "with more": ('{"amount": 1000, "currency": "usd", "tax": 1}', NOT_AN_AMOUNT),
    "false": ("false", NOT_AN_AMOUNT),
}
FOREIGN = money("1000", '"eur"')


class Fields:
    """Every field of the API that takes money, each with a request that is right but for it."""

    def __init__(self, world: World, requests: dict[str, tuple[str, dict[str, Any]]]) -> None:
        self._world = world
        self._requests = requests
        self._key = ""
        self._sent = 0

    @classmethod
    async def of(cls, world: World, **shop_changes: Any) -> "Fields":
        shop = await world.open_shop(**shop_changes)
        booking = await world.paid_booking(shop)
        own = (await world.book(shop)).json()
        await world.pay(own)
        await world.settle()
        wish = await world.wish(shop)
        link = own["manage_url"].rsplit("/", 1)[1]
        storefront = f"/api/v2/shops/{shop.slug}"
        quoted = {"service": wish["service"], "pay": "full"}
        fields = cls(
            world,
            {
                "booking.tip": (f"{storefront}/bookings", wish),
                "booking.expected": (f"{storefront}/bookings", wish),
                "quote.tip": (f"{storefront}/quote", quoted),
                "refund.amount": (f"/api/v2/payments/{booking['payments'][0]['id']}/refunds", {}),
                "cancel.expected_refund": (f"/api/v2/bookings/{booking['id']}/cancel", {}),
                "own.expected_refund": (f"/api/v2/own/{link}/cancel", {}),
            },
        )
        fields._key = shop.key
        return fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._requests)

    async def send(self, name: str, value: str) -> httpx.Response:
        url, body = self._requests[name]
        field = name.partition(".")[2]
        raw = json.dumps({**body, field: "\0"}).replace('"\\u0000"', value)
        self._sent += 1
        self._world.clock.advance(timedelta(seconds=3))  # within the limits of one address
        return await self._world.http.post(
            url,
            content=raw,
            headers={
                "Authorization": f"Bearer {self._key}",
                "Idempotency-Key": f"key-{self._sent}",
                "Content-Type": "application/json",
            },
        )


@pytest.mark.proves("R1.5", "R3.1")
async def test_what_is_not_an_amount_is_refused_by_its_code_and_leaves_nothing(
    world: World,
) -> None:
    fields = await Fields.of(world)
    before = await world.tally()
    for field in fields:
        for name, (value, code) in BAD.items():
            answer = await fields.send(field, value)
            said = f"{field} as {name}: {answer.text}"
            assert 400 <= answer.status_code < 500, said
            assert answer.headers["content-type"] == "application/problem+json", said
            assert answer.json()["code"] == code, said
            assert answer.json()["status"] == answer.status_code, said
    assert await world.tally() == before


@pytest.mark.proves("R1.5")
async def test_money_of_another_currency_is_never_taken_for_ours(world: World) -> None:
    fields = await Fields.of(world)
    before = await world.tally()
    for field, code in {
        "booking.tip": OTHER,
        "booking.expected": "price_changed",
        "quote.tip": OTHER,
        "refund.amount": OTHER,
        "cancel.expected_refund": "refund_changed",
        "own.expected_refund": "refund_changed",
    }.items():
        answer = await fields.send(field, FOREIGN)
        assert 400 <= answer.status_code < 500
        assert answer.json()["code"] == code, f"{field}: {answer.text}"
    assert await world.tally() == before


@pytest.mark.proves("R1.5")
async def test_nothing_and_too_much_are_refused_where_they_make_no_sense(world: World) -> None:
    fields = await Fields.of(world)
    before = await world.tally()
    for field, value, code in [
        ("refund.amount", "0", "refund_is_nothing"),
        ("refund.amount", "3201", "refund_exceeds_payment"),
        ("booking.tip", "6401", "tip_too_large"),
        ("quote.tip", "99999999", "tip_too_large"),
        ("booking.expected", "0", "price_changed"),
        ("cancel.expected_refund", "0", "refund_changed"),
    ]:
        answer = await fields.send(field, money(value))
        assert answer.json()["code"] == code, f"{field} {value}: {answer.text}"
    assert await world.tally() == before
    assert (await fields.send("quote.tip", money("6400"))).status_code == 200


@pytest.mark.proves("R1.5")
@pytest.mark.parametrize(
    ("currency", "price", "bad", "good"),
    [("jpy", 4500, "100.5", "101"), ("kwd", 9870, "1235", "1230"), ("gbp", 3300, "12.34", "1234")],
)
async def test_more_precision_than_the_currency_has_is_not_rounded_away(
    world: World, currency: str, price: int, bad: str, good: str
) -> None:
    fields = await Fields.of(world, currency=currency, price=price)
    before = await world.tally()
    code = f'"{currency}"'
    for field in fields:
        answer = await fields.send(field, money(bad, code))
        assert answer.json()["code"] == NOT_EXACT, f"{field}: {answer.text}"
    assert await world.tally() == before
    assert (await fields.send("refund.amount", money(good, code))).status_code == 201


@pytest.mark.proves("R1.5")
async def test_an_amount_below_what_stripe_collects_is_refused_before_anything_is_held(
    world: World,
) -> None:
    shop = await world.open_shop()
    await world.add_service(shop, "Neck trim", Money(49, currency("usd")))
    before = await world.tally()
    refused = await world.book(shop, "Neck trim")
    assert (refused.status_code, refused.json()["code"]) == (400, "amount_too_small")
    assert refused.json()["minimum"] == 50
    assert await world.tally() == before
