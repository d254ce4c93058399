"""Everything that may happen to one appointment happens at once: no deadlock, no wrong state."""

import asyncio
import itertools
import random
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import pytest

from bookedbarber import ids
from bookedbarber.booking.states import CancelledBy, MovedBy
from bookedbarber.checkout import (
    arrive,
    cancel,
    collect,
    expire,
    move,
    no_show,
    refund,
    sending,
    settle,
    walk_in,
)
from bookedbarber.checkout.complete import visit as complete
from bookedbarber.database.embedded import Server
from bookedbarber.errors import Refused, Unavailable
from bookedbarber.payments.states import RefundReason
from tests.conftest import Databases, named
from tests.faults.house import joining, sandbox
from tests.patience import until_blocked
from tests.whole import WHOLE
from tests.world import MONDAY, Shop, World

SEED: Final = 77
ROUNDS: Final = 200 if WHOLE else 12
STATEMENT: Final = re.compile(r"Process \d+: /\* ([\w.]+) \*/")
WANTING_A_SLOT: Final = {"booking.hold", "booking.move", "booking.seat", "booking.shift"}
# These have theirs: where PostgreSQL ends them they are done again, so nobody is told.
KEEPING_A_SLOT: Final = {"booking.check_in", "booking.undo_check_in"}


@pytest.mark.whole
@pytest.mark.proves("R0.6", "X1")
async def test_all_that_may_happen_to_a_visit_at_once_never_locks_each_other_out(
    postgres: Server, databases: Databases
) -> None:
    chance = random.Random(SEED)  # seeded: the same rounds each time
    await _write_down_deadlocks(postgres, databases)
    async with (
        sandbox(databases.app_url, databases.platform_url) as joint,
        joining(joint, connections=8) as world,
    ):
        shop = await world.open_shop()
        for number in range(ROUNDS):
            await _round(world, shop, chance, number)
        await world.settle()
        await world.prove()
    assert _deadlocks(postgres, databases) == []


async def _write_down_deadlocks(postgres: Server, databases: Databases) -> None:
    """Have PostgreSQL write into its log which statements waited for one another."""
    admin = await asyncpg.connect(named(postgres.admin_url, "postgres"))
    try:
        await admin.execute(
            f"alter database {_name(databases)} set log_error_verbosity = 'default'"
        )
    finally:
        await admin.close()


def _name(databases: Databases) -> str:
    return urlsplit(databases.owner_url).path.removeprefix("/")


async def _round(world: World, shop: Shop, chance: random.Random, number: int) -> None:
    client = {"name": "Amara", "email": f"amara{number}@example.com"}
    booked = (await world.book(shop, client=client)).raise_for_status().json()
    paid = await world.pay(booked)
    shop_id, now = shop.id, world.clock.now()
    visit = ids.parse("apt", booked["id"])
    payment = ids.parse("pay", booked["payments"][0]["id"])
    means = world.means
    late = now + means.hold + timedelta(seconds=1)
    begun = datetime.fromisoformat(booked["starts_at"])
    intent = await means.processor.get_intent(paid.id)

    async def back() -> None:
        refund_id = await refund.issue(
            means, shop_id=shop_id, payment_id=payment, amount=None, note="", actor="test",
            reason=RefundReason.GOODWILL, key=None, now=now,
        )  # fmt: skip
        await sending.send(means, shop_id=shop_id, refund_id=refund_id, now=now)

    async def leave() -> None:
        await cancel.visit(
            means, shop_id=shop_id, appointment_id=visit, by=CancelledBy.CLIENT,
            expected_refund=None, actor="test", key=None, now=now,
        )  # fmt: skip

    async def elsewhere() -> None:
        await move.visit(
            means, shop_id=shop_id, appointment_id=visit, barber_id=None, actor="test", key=None,
            starts_at=begun + timedelta(minutes=15), by=MovedBy.SHOP, now=now,
        )  # fmt: skip

    async def missed() -> None:
        await no_show.visit(
            means, shop_id=shop_id, appointment_id=visit, expected_refund=None, actor="test",
            key=None, now=begun,
        )  # fmt: skip

    async def walked_in() -> None:
        barber, service = (ids.parse("bar", booked["barber_id"]), shop.service("Skin fade")["id"])
        wish = walk_in.Wish(barber, ids.parse("svc", service), "Walter", None, begun)
        await walk_in.seat(means, shop_id=shop_id, wish=wish, actor="test", key=None, now=begun)

    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: settle.payment(means, shop_id=shop_id, payment_id=payment, intent=intent, now=now),
        lambda: settle.payment(means, shop_id=shop_id, payment_id=payment, intent=intent, now=late),
        lambda: expire.hold(means, shop_id=shop_id, appointment_id=visit, now=late),
        lambda: collect.stop(means, shop_id=shop_id, payment_id=payment, now=late),
        lambda: complete(means, shop_id=shop_id, appointment_id=visit, actor="test", now=begun),
        lambda: world.book(shop, starts_at=booked["starts_at"], client=client),
        elsewhere,
        elsewhere,
        lambda: arrive.check_in(
            means, shop_id=shop_id, appointment_id=visit, actor="test", now=begun
        ),
        lambda: arrive.undo(means, shop_id=shop_id, appointment_id=visit, actor="test", now=begun),
        missed,
        walked_in,
        leave,
        back,
        back,
    ]
    chance.shuffle(acts)
    await asyncio.gather(*(_after(chance.random() / 50, act) for act in acts))


async def _after(pause: float, act: Callable[[], Awaitable[object]]) -> None:
    """Begin a moment later; a refusal is an answer, anything else is a fault."""
    await asyncio.sleep(pause)
    try:
        await act()
    except (Refused, Unavailable) as answer:
        assert answer.code != "database_unavailable", repr(answer.__cause__)  # noqa: PT017 # a deadlock


def _deadlocks(postgres: Server, databases: Databases) -> list[list[str]]:
    """The statements of every deadlock that PostgreSQL saw in this database, but for two that want
    one slot: whom the exclusion constraint ends is told that it is taken (`docs/locking.md`)."""
    found = []
    for log in (postgres.home / "log").glob("postgresql-*.log"):
        entries = log.read_text(errors="replace").split("ERROR:  deadlock detected")
        for before, after in itertools.pairwise(entries):
            if before.rpartition("\n")[2].endswith(f"@{_name(databases)} "):
                found.append(STATEMENT.findall(after.partition("HINT:")[0]))
    return [
        names for names in found if not names or not set(names) <= WANTING_A_SLOT | KEEPING_A_SLOT
    ]


async def test_a_visit_is_not_confirmed_when_its_payment_was_given_up_in_that_moment(
    world: World, databases: Databases
) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop)).json()
    paid = await world.pay(booked)
    payment = ids.parse("pay", booked["payments"][0]["id"])
    intent = await world.means.processor.get_intent(paid.id)
    other = await asyncpg.connect(databases.platform_url)
    try:
        async with other.transaction():
            await other.execute(
                "update payments set state = 'cancelled', via = 'checkout', intent_id = null"
            )
            settling = asyncio.create_task(
                settle.payment(
                    world.means, shop_id=shop.id, payment_id=payment, intent=intent, now=MONDAY
                )
            )
            await until_blocked(databases.platform_url)
        await settling
    finally:
        await other.close()
    seen = await world.booking(shop, booked["id"])
    assert seen["state"] == "held"
    await world.settle()
    seen = await world.booking(shop, booked["id"])
    assert [refunded["state"] for refunded in seen["refunds"]] == ["succeeded"]
    world.clock.advance(timedelta(minutes=11))
    await world.settle()


async def test_two_requests_under_one_key_at_once_get_one_answer(world: World) -> None:
    shop = await world.open_shop()
    booked = await world.paid_booking(shop)
    payment = booked["payments"][0]["id"]

    async def both(path: str, body: dict[str, object]) -> None:
        headers = {**shop.headers, "Idempotency-Key": f"once:{path}"}
        answers = await asyncio.gather(
            *(world.http.post(f"/api/v2/{path}", json=body, headers=headers) for _ in range(3))
        )
        assert len({answer.status_code for answer in answers}) == 1, [a.text for a in answers]
        assert answers[0].is_success, answers[0].text
        assert len({answer.json().get("id") for answer in answers}) == 1

    await both(f"payments/{payment}/refunds", {})
    await both(f"bookings/{booked['id']}/cancel", {})
