"""The overview's page without a browser: who may see it, and what it says of odd addresses."""

import pytest

from bookedbarber.access.roles import Role
from tests.world import World


@pytest.mark.proves("R1.6", "R5.4")
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.PLATFORM, 200), (Role.RECEPTIONIST, 403),
     (Role.BARBER, 403)],
)  # fmt: skip
async def test_who_runs_the_shop_sees_its_overview(world: World, role: Role, status: int) -> None:
    shop = await world.open_shop()
    await world.paid_booking(shop)
    async with world.at_desk(await world.employ(shop, role)) as there:
        for address in ("overview", "overview?range=7d", "overview?range=nonsense"):
            answer = await there.get(f"/desk/{shop.slug}/{address}")
            assert answer.status_code == status, answer.text
