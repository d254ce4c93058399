"""A second factor shown once more is good for one act, in one session, soon, and once."""

from datetime import timedelta
from uuid import UUID

import pytest

from bookedbarber.access import step_up
from bookedbarber.access.factors import Factor
from bookedbarber.access.roles import Role
from bookedbarber.access.step_up import Operation, StepUpNeeded
from tests.world import World

REFUND = Operation("refund", {"payment": "pay_1", "amount": 3200, "currency": "gbp"})
OTHERS = [
    Operation("refund", {"payment": "pay_1", "amount": 3201, "currency": "gbp"}),
    Operation("refund", {"payment": "pay_2", "amount": 3200, "currency": "gbp"}),
    Operation("refund", {"payment": "pay_1", "amount": 3200}),
    Operation("payout", dict(REFUND.facts)),
]


async def sessions(world: World) -> list[UUID]:
    """Two people at work, each in a session of their own."""
    shop = await world.open_shop()
    for role in (Role.OWNER, Role.MANAGER):
        async with world.at_desk(await world.employ(shop, role)):
            pass
    rows = await world.query(
        "select session_id from sessions where factor is not null order by session_id"
    )
    return [row["session_id"] for row in rows]


async def show(world: World, session_id: UUID, operation: Operation = REFUND) -> None:
    async with world.means.database.platform() as db:
        await step_up.record(
            db,
            session_id=session_id,
            operation=operation.digest,
            factor=Factor.TOTP,
            now=world.clock.now(),
        )


async def allows(world: World, session_id: UUID, operation: Operation = REFUND) -> bool:
    try:
        async with world.means.database.platform() as db:
            await step_up.take(
                db, session_id=session_id, operation=operation, what="", now=world.clock.now()
            )
    except StepUpNeeded:
        return False
    return True


@pytest.mark.proves("R7.3")
async def test_a_proof_is_good_once_and_for_five_minutes(world: World) -> None:
    mine, _ = await sessions(world)
    assert not await allows(world, mine)
    await show(world, mine)
    world.clock.advance(timedelta(minutes=4, seconds=59))
    assert await allows(world, mine)
    assert not await allows(world, mine)
    await show(world, mine)
    world.clock.advance(timedelta(minutes=5))
    assert not await allows(world, mine)


@pytest.mark.proves("R7.3")
async def test_a_proof_is_of_one_operation_in_one_session(world: World) -> None:
    mine, theirs = await sessions(world)
    await show(world, mine)
    assert not await allows(world, theirs)
    for other in OTHERS:
        assert not await allows(world, mine, other)
    assert await allows(
        world, mine, Operation("refund", dict(sorted(REFUND.facts.items(), reverse=True)))
    )
