"""Money goes back: in full and in steps, before and after the visit, once only."""

import asyncio
import random
from typing import Any

import pytest

from tests import notebook
from tests.world import Shop, World


async def paid(world: World, shop: Shop, card: str = "pm_card_visa", **changes: Any) -> Any:
    answer = await world.book(shop, **changes)
    assert answer.status_code == 201, answer.text
    await world.pay(answer.json(), card)
    await world.settle()
    return (await world.booking(shop, answer.json()["id"]))["payments"][0]


async def refunds_of(world: World, shop: Shop, payment: dict[str, Any]) -> list[dict[str, Any]]:
    return list((await world.booking(shop, payment["booking"]))["refunds"])


@pytest.mark.proves("X1")
async def test_a_full_refund_before_the_visit_empties_the_deposit(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop, pay="deposit")
    answer = await world.refund(shop, payment)
    assert answer.status_code == 201
    assert answer.json()["amount"] == payment["amount"]
    await world.settle()
    shown = await world.http.get(f"/api/v2/refunds/{answer.json()['id']}", headers=shop.headers)
    assert shown.json()["state"] == "succeeded"
    [fee] = await notebook.fees(world)
    # What Stripe took of the charge stays with Stripe, and is all that is left.
    books = await notebook.in_the_books(world)
    assert notebook.trial_balance(books) == {"stripe_balance": -fee, "stripe_fees": fee}


@pytest.mark.proves("X6")
@pytest.mark.parametrize("seed", range(3))
async def test_steps_of_any_size_end_where_one_full_refund_would(world: World, seed: int) -> None:
    shop = await world.open_shop(price=3331)
    payment = await paid(world, shop, tip={"amount": 477, "currency": "usd"})
    chance, left, given = random.Random(seed), payment["amount"]["amount"], []
    while left:
        step = min(left, chance.choice([1, 2, 7, 333, 901, 1777]))
        answer = await world.refund(shop, payment, step)
        assert answer.status_code == 201, answer.text
        given.append(answer.json())
        left -= step
        if chance.random() < 0.2 and left:
            await world.complete(shop, {"id": payment["booking"]})
    await world.settle()
    for part in ("service", "tax", "tip"):
        assert sum(step[part]["amount"] for step in given) == payment[part]["amount"]
    books = notebook.trial_balance(await notebook.in_the_books(world))
    assert set(books) <= {"stripe_balance", "stripe_fees", "service_income", "tax_payable",
                          "tips_payable", "receivable_from_client"}  # fmt: skip
    assert (await world.refund(shop, payment)).json()["code"] == "refund_is_nothing"


@pytest.mark.proves("X6")
async def test_two_steps_take_from_each_part_what_one_step_would(world: World) -> None:
    shop = await world.open_shop(price=3331)
    tip = {"amount": 477, "currency": "usd"}
    one, two = [await paid(world, shop, tip=tip) for _ in range(2)]
    whole = (await world.refund(shop, one, 11)).json()
    # Cents are where shares are rounded; taken from what is left, these would end elsewhere.
    steps = [(await world.refund(shop, two, part)).json() for part in (2, 1, 3, 1, 4)]
    for part in ("service", "tax", "tip"):
        assert sum(step[part]["amount"] for step in steps) == whole[part]["amount"]


@pytest.mark.proves("R1.5")
async def test_more_than_is_left_is_refused_and_says_what_is_left(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    await world.refund(shop, payment, 3000)
    before = await world.tally()
    refused = await world.refund(shop, payment, 201)
    assert (refused.status_code, refused.json()["code"]) == (409, "refund_exceeds_payment")
    assert refused.json()["left"] == {"amount": 200, "currency": "usd"}
    assert await world.tally() == before
    # Several at once that fit one by one but not together: as many as fit.
    answers = await asyncio.gather(*(world.refund(shop, payment, 150) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409]


async def test_what_was_not_collected_cannot_go_back(world: World) -> None:
    shop = await world.open_shop()
    booking = (await world.book(shop)).json()
    refused = await world.refund(shop, booking["payments"][0])
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_not_captured")


@pytest.mark.proves("X1")
async def test_a_fee_that_was_kept_can_be_given_back_after_all(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    done = await world.cancel(shop, {"id": payment["booking"]}, cancelled_by="client")
    kept = done.json()["kept"]
    assert kept["amount"] == 800
    answer = await world.refund(shop, payment, reason="goodwill", note="A regular.")
    assert (answer.json()["amount"], answer.json()["note"]) == (kept, "A regular.")
    await world.settle()
    [fee] = await notebook.fees(world)
    books = await notebook.in_the_books(world)
    assert notebook.trial_balance(books) == {"stripe_balance": -fee, "stripe_fees": fee}


@pytest.mark.proves("X1")
async def test_a_pending_refund_is_owed_until_the_bank_takes_it(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop, "pm_card_pendingRefund")
    assert (await world.refund(shop, payment)).json()["state"] == "pending"
    await world.prove()
    await world.settle()
    assert (await refunds_of(world, shop, payment))[0]["state"] == "succeeded"


@pytest.mark.proves("X1")
async def test_a_refund_that_bounces_is_still_owed_and_not_refunded_again(world: World) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop, "pm_card_refundFail")
    await world.refund(shop, payment, 1000)
    await world.settle()
    [bounced] = await refunds_of(world, shop, payment)
    assert (bounced["state"], bounced["failure"]) == ("failed", "expired_or_canceled_card")
    books = notebook.trial_balance(await notebook.in_the_books(world))
    assert books["refunds_payable"] == -1000
    refused = await world.refund(shop, payment, 3200)
    assert refused.json()["left"]["amount"] == 2200


@pytest.mark.proves("X1")
async def test_a_withdrawn_refund_undoes_its_promise_and_may_be_asked_for_again(
    world: World,
) -> None:
    shop = await world.open_shop()
    payment = await paid(world, shop)
    # The account is empty and may not go below: the refund waits for funds.
    await world.control("POST", "settings", {"overdraft": 0})
    waiting = (await world.refund(shop, payment)).json()
    assert waiting["state"] == "pending"
    await world.prove()
    [row] = await world.rows("refund")
    await world.control("POST", f"refunds/{row['id']}/cancel", {})
    await world.settle()
    assert (await refunds_of(world, shop, payment))[0]["state"] == "cancelled"
    books = await notebook.in_the_books(world)
    assert notebook.trial_balance(books)["client_deposits"] == -3200
    linked = await world.query("select reverses from entries where kind = 'refund_undone'")
    assert linked[0]["reverses"] is not None
    await world.control("POST", "settings", {"overdraft": None})
    assert (await world.refund(shop, payment)).json()["state"] == "succeeded"


@pytest.mark.proves("X1")
async def test_a_refund_withdrawn_after_the_visit_pays_what_the_client_then_owed(
    world: World,
) -> None:
    """Promised before the visit, it made the whole price due; withdrawn, nothing is due."""
    shop = await world.open_shop()
    payment = await paid(world, shop)
    await world.control("POST", "settings", {"overdraft": 0})
    await world.refund(shop, payment)
    await world.complete(shop, {"id": payment["booking"]})
    owing = notebook.trial_balance(await notebook.in_the_books(world))
    assert (owing["receivable_from_client"], owing["refunds_payable"]) == (3200, -3200)
    [row] = await world.rows("refund")
    await world.control("POST", f"refunds/{row['id']}/cancel", {})
    await world.settle()
    [fee] = await notebook.fees(world)
    books = await notebook.in_the_books(world)
    assert notebook.trial_balance(books) == {
        "service_income": -2667,
        "stripe_balance": 3200 - fee,
        "stripe_fees": fee,
        "tax_payable": -533,
    }
    await world.control("POST", "settings", {"overdraft": None})
    assert (await world.refund(shop, payment)).json()["state"] == "succeeded"
