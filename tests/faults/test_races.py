"""Many more clients than chairs book and pay at once, some of them after their hold ran out."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx2 as httpx
import pytest
import stripe

from bookedbarber import ids
from bookedbarber.shops.opening import BarberPlan
from tests.conftest import Databases
from tests.faults.house import joining, rest, sandbox
from tests.whole import WHOLE
from tests.world import WEEKDAYS, Shop, World

SEED: Final = 4242
BARBERS, TIMES, CLIENTS = (10, 5, 1000) if WHOLE else (4, 3, 150)
SLOTS: Final = BARBERS * TIMES
BROWSERS: Final = 8
AT_ONCE: Final = 4  # requests of one browser
LOST: Final = {"slot_taken", "slot_not_offered"}
LATE: Final = 0.5  # share of those with a hold who pay only after it ran out
PATIENCE: Final = 3600 if WHOLE else 600  # seconds for a whole race on a busy machine
CANCELS: Final = ("POST", "/v1/payment_intents/*/cancel")


@dataclass
class Race:
    """One race, with what became of everybody in it."""

    world: World
    shop: Shop
    chance: random.Random
    times: list[str]
    held: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    gave_up: int = 0
    ready: int = 0
    start: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, clients: range, *, everybody_pays: bool) -> None:
        """Let these clients book from several browsers at once, and pay. The first of each browser
        wait for one another, and then ask in the same moment."""
        self.ready, self.start = 0, asyncio.Event()
        queue = list(clients)
        self.chance.shuffle(queue)
        async with asyncio.TaskGroup() as group:
            for _ in range(BROWSERS):
                group.create_task(self._browser(queue, everybody_pays=everybody_pays))

    async def _browser(self, queue: list[int], *, everybody_pays: bool) -> None:
        async with self.world.browser() as http:
            while queue:
                some = [queue.pop() for _ in range(min(AT_ONCE, len(queue)))]
                await asyncio.gather(*(self._client(http, n, everybody_pays) for n in some))

    async def _client(self, http: httpx.AsyncClient, number: int, pays: bool) -> None:  # noqa: FBT001 # inner
        wish = await self.world.wish(
            self.shop,
            starts_at=self.chance.choice(self.times),
            client={"name": f"Client {number}", "email": f"client{number}@example.com"},
        )
        await self._in_step()
        answer = await self._insist(http, wish, key=f"client-{number}")
        if answer.status_code != 201:
            assert answer.status_code == 409, answer.text
            self.refused[answer.json()["code"]] += 1
            return
        booking = answer.json()["id"]
        self.held.append(booking)
        if pays or self.chance.random() > LATE:
            await self.pay(answer.json()["payments"][0]["id"])
        else:
            self.late.append(answer.json()["payments"][0]["id"])

    async def _in_step(self) -> None:
        """Wait until as many are ready as ask at once."""
        self.ready += 1
        if self.ready == BROWSERS * AT_ONCE:
            self.start.set()
        await self.start.wait()

    async def _insist(
        self, http: httpx.AsyncClient, wish: dict[str, Any], *, key: str
    ) -> httpx.Response:
        """Ask, and ask again under the same key when the connection broke, as a browser does."""
        path, headers = f"/api/v2/shops/{self.shop.slug}/bookings", {"Idempotency-Key": key}
        while True:
            try:
                return await http.post(path, json=wish, headers=headers)
            except httpx.TransportError:
                continue

    async def pay(self, payment: str) -> None:
        """Pay as the client's browser would; Stripe refuses what we stopped in time."""
        for intent in await self.world.rows("payment_intent"):
            if intent["metadata"]["payment"] == payment:
                break
        else:
            raise LookupError(payment)
        try:
            await self.world.stripe.v1.payment_intents.confirm_async(
                intent["id"],
                {"payment_method": "pm_card_visa", "return_url": "https://example.com/back"},
            )
        except stripe.InvalidRequestError:
            self.gave_up += 1


@pytest.mark.whole
@pytest.mark.proves("R0.6", "X1")
async def test_of_all_who_race_for_a_chair_one_has_it_and_the_others_keep_their_money(
    databases: Databases,
) -> None:
    async with (
        sandbox(databases.app_url, databases.platform_url) as joint,
        joining(joint, patience=60, retries=0) as world,
        asyncio.timeout(PATIENCE),
    ):
        race = await _lay(world)
        stop = asyncio.Event()
        working = asyncio.create_task(world.worker.run(stop))
        await race.run(range(CLIENTS // 2), everybody_pays=False)
        # Stripe does not let us stop anything for a while, so that whoever is late can still pay.
        await world.fault(*CANCELS, "error_before_effect", times=1_000_000)
        for _ in range(11):  # by the minute, since Stripe signs what falls due on the way
            await world.tick(timedelta(minutes=1))
        late, later, last = (race.late[n::3] for n in range(3))
        async with asyncio.TaskGroup() as group:
            group.create_task(race.run(range(CLIENTS // 2, CLIENTS), everybody_pays=True))
            for payment in late:
                group.create_task(race.pay(payment))
        assert await _taken(world) == SLOTS, "a chair is free for whoever comes later"
        for payment in later:
            await race.pay(payment)
        await world.control("DELETE", "faults")
        stop.set()
        await working
        await world.advance(timedelta(minutes=10))  # what failed is tried again by then
        await rest(world)
        gave_up = race.gave_up
        for payment in last:
            await race.pay(payment)
        assert race.gave_up == gave_up + len(last), "stopped, and could still be paid"
        await world.prove()
        await _everybody_got_what_is_theirs(world, race)
        await _whoever_came_too_late_got_it_all_back(world, later)


async def _taken(world: World) -> int:
    """How many chairs somebody has."""
    rows = await world.query(
        "select 1 from appointments where state = 'confirmed'"
        " or (state = 'held' and held_until > $1)",
        world.clock.now(),
    )
    return len(rows)


async def _whoever_came_too_late_got_it_all_back(world: World, later: list[str]) -> None:
    """They paid when every chair was somebody else's: each was refunded, in full and once."""
    assert later, "nobody came too late: the race tests less than it says"
    rows = await world.query(
        "select p.payment_id, p.state, p.amount, r.amount as back, r.state as sent, r.reason"
        " from payments p left join refunds r using (shop_id, payment_id)"
    )
    found = {name: [r for r in rows if ids.show("pay", r["payment_id"]) == name] for name in later}
    for name, refunds in found.items():
        [row] = refunds
        assert (row["state"], row["sent"], row["reason"]) == ("captured", "succeeded", "slot_lost")
        assert row["back"] == row["amount"], name


async def _lay(world: World) -> Race:
    barbers = [BarberPlan(f"Barber {n}", WEEKDAYS) for n in range(BARBERS)]
    shop = await world.open_shop(barbers=barbers)
    slots = await world.slots(shop)
    apart = [slot["starts_at"] for slot in slots[::3]]  # a cut takes three steps
    chance = random.Random(SEED)  # seeded: the same wishes each time
    return Race(world, shop, chance, apart[:TIMES])


async def _everybody_got_what_is_theirs(world: World, race: Race) -> None:
    async with world.means.database.platform() as db:
        states = Counter(row[0] for row in await db.fetch("select state from appointments"))
        money: list[Any] = await db.fetch(
            "select p.state, a.state, p.amount, p.refunding from payments p"
            " join appointments a using (shop_id, appointment_id)"
        )
    assert states["confirmed"] == SLOTS
    assert not states["held"]
    assert len(race.held) == sum(states.values())
    assert len(race.held) + race.refused.total() == CLIENTS
    assert set(race.refused) <= LOST, race.refused
    kept = [row for row in money if row[0] == "captured" and row[3] == 0]
    assert len(kept) == SLOTS
    assert all(row[1] == "confirmed" for row in kept)
    back = [row for row in money if row[0] == "captured" and row[3] == row[2]]
    never = [row for row in money if row[0] == "cancelled"]
    assert len(kept) + len(back) + len(never) == len(money)
    said = f"{SLOTS} confirmed, {len(back)} refunded, {len(never)} stopped in time"
    print(f"{said}, {race.refused.total()} refused at the door")
