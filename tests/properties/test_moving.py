"""Whatever is booked, paid, moved, cancelled and completed in whatever order: nobody ever sits on
somebody else's time, every move is kept, and the books close."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from bookedbarber.shops.opening import BarberPlan
from tests.whole import WHOLE
from tests.world import WEEKDAYS, Shop, World

SEEDS: Final = range(40) if WHOLE else range(3)
ACTS: Final = 30
REFUSALS: Final = {
    "slot_taken", "slot_not_offered", "too_late_to_move", "too_late_to_cancel",
    "appointment_not_open", "appointment_not_begun", "move_changes_nothing",
}  # fmt: skip
OVERLAPS: Final = """
select a.appointment_id from appointments a join appointments b
    on a.shop_id = b.shop_id and a.barber_id = b.barber_id and a.appointment_id < b.appointment_id
   and a.blocked && b.blocked
 where a.state in ('held', 'confirmed', 'arrived', 'completed')
   and b.state in ('held', 'confirmed', 'arrived', 'completed')
"""
# Where each move set out is where the one before had ended, and the last ended where the visit is.
BROKEN_CHAINS: Final = """
select appointment_id from appointments a
 where (a.starts_at, a.barber_id) is distinct from (
        coalesce((select to_starts_at from appointment_moves m
                   where m.appointment_id = a.appointment_id order by number desc limit 1),
                 a.starts_at),
        coalesce((select to_barber_id from appointment_moves m
                   where m.appointment_id = a.appointment_id order by number desc limit 1),
                 a.barber_id))
union all
select m.appointment_id from appointment_moves m join appointment_moves later
    on later.appointment_id = m.appointment_id and later.number = m.number + 1
 where (m.to_starts_at, m.to_barber_id) <> (later.from_starts_at, later.from_barber_id)
"""


@dataclass
class Story:
    """One seeded sequence of acts in one shop."""

    world: World
    shop: Shop
    chance: random.Random
    bookings: list[dict[str, Any]] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Do the acts in their order, and look after each."""
        acts = [*[self.book] * 3, *[self.move] * 3, *[self.move_by_shop] * 3,
                self.cancel, self.complete, self.wait]  # fmt: skip
        for _ in range(ACTS):
            act = self.chance.choice(acts)
            answer = await act()
            if answer is not None and answer.status_code in (200, 201):
                self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
            elif answer is not None:
                assert answer.json()["code"] in REFUSALS, answer.text
            assert await self.world.query(OVERLAPS) == []
            assert await self.world.query(BROKEN_CHAINS) == []

    async def book(self) -> Any:
        """Somebody books; most of them pay."""
        email = f"client{len(self.bookings)}@example.com"
        wish = await self.world.wish(
            self.shop,
            pay=self.chance.choice(["full", "deposit"]),
            client={"name": "Amara", "email": email},
            starts_at=self.some_time(),
        )
        answer = await self.world.send(self.shop, wish)
        if answer.status_code == 201:
            self.bookings.append(answer.json())
            if self.chance.random() < 0.8:
                await self.world.pay(answer.json())
                await self.world.advance(timedelta(minutes=1))
        return answer

    async def move(self) -> Any:
        """A client moves, and never when cancelling costs."""
        if not self.bookings:
            return None
        booking = self.chance.choice(self.bookings[-5:])
        before = await self.world.booking(self.shop, booking["id"])
        link = str(booking["manage_url"]).rsplit("/", 1)[1]
        answer = await self.world.http.post(
            f"/api/v2/own/{link}/move", json={"starts_at": self.some_time()}
        )
        if answer.status_code == 200:
            starts_at = datetime.fromisoformat(before["starts_at"])
            assert self.world.clock.now() <= starts_at - timedelta(hours=24)
            assert answer.json()["payments"] == before["payments"]
        return answer

    async def move_by_shop(self) -> Any:
        """The shop moves somebody to one of its barbers."""
        if not self.bookings:
            return None
        barber = self.chance.choice(self.shop.menu["barbers"])["id"]
        booking = self.chance.choice(self.bookings[-5:])
        return await self.world.move(self.shop, booking, self.some_time(), barber=barber)

    async def cancel(self) -> Any:
        """Somebody cancels."""
        if not self.bookings:
            return None
        by = self.chance.choice(["client", "shop"])
        key = f"cancel-{self.chance.random()}"
        booking = self.chance.choice(self.bookings[-5:])
        return await self.world.cancel(self.shop, booking, key, cancelled_by=by)

    async def complete(self) -> Any:
        """A visit that has begun is completed."""
        if not self.bookings:
            return None
        booking = self.chance.choice(self.bookings[-5:])
        return await self.world.http.post(
            f"/api/v2/bookings/{booking['id']}/complete", headers=self.shop.headers
        )

    async def wait(self) -> None:
        """Some hours pass."""
        await self.world.advance(timedelta(minutes=self.chance.choice([5, 20, 100])))

    def some_time(self) -> str:
        """One of a few times of the next days: they must want the same ones."""
        day = self.world.clock.now().replace(hour=9, minute=0)
        hop = timedelta(days=self.chance.randint(0, 4), minutes=15 * self.chance.randint(0, 8))
        return (day + hop).isoformat()


@pytest.mark.whole
@pytest.mark.proves("R0.2", "R0.6", "X1")
@pytest.mark.parametrize("seed", SEEDS)
async def test_any_order_of_acts_keeps_the_books_closed_and_no_two_on_one_chair(
    world: World, seed: int
) -> None:
    shop = await world.open_shop(
        barbers=[BarberPlan("Marco", WEEKDAYS), BarberPlan("Elif", WEEKDAYS)]
    )
    story = Story(world, shop, random.Random(seed))  # seeded: the same acts each time
    await story.run()
    assert story.done.get("book")
    assert story.done.get("move"), story.done
    assert story.done.get("move_by_shop"), story.done
