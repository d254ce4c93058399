"""Who may look up what: a barber their own, a receptionist no files, nobody another shop's."""

import csv
import io
import re

import httpx2 as httpx
import pytest

from bookedbarber.access.roles import Role
from tests.lookup.desk import BEN, payment_of
from tests.world import World

SHOWN = re.compile(r'data-payment="(pay_\w+)"')
FOUND = re.compile(r'href="/desk/fade/payments/(pay_\w+)"')


async def read(there: httpx.AsyncClient, path: str) -> str:
    answer = await there.get(f"/desk/fade/{path}")
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.text)


@pytest.mark.proves("R0.2", "R1.6")
async def test_a_barber_sees_the_payments_of_their_own_visits_and_no_others(world: World) -> None:
    shop = await world.open_shop()
    barbers = {barber["name"]: barber["id"] for barber in shop.menu["barbers"]}
    mine = await world.paid_booking(shop, barber=barbers["Marco"], client=BEN)
    theirs = await world.paid_booking(shop, barber=barbers["Elif"])
    marco = await world.employ(shop, Role.BARBER, barber="Marco")
    async with world.at_desk(marco) as there:
        assert SHOWN.findall(await read(there, "payments")) == [payment_of(mine)]
        assert not SHOWN.findall(await read(there, f"payments?barber={barbers['Elif']}"))
        assert not SHOWN.findall(await read(there, f"payments?q={payment_of(theirs)}"))
        for term in (payment_of(theirs), theirs["id"], "amara@example.com", "elif"):
            text = await read(there, f"search?q={term}")
            assert "Nothing found" in text, term
        assert FOUND.findall(await read(there, f"search?q={BEN['email']}")) == [payment_of(mine)]
        assert "Evidence kept" not in await read(there, f"payments/{payment_of(mine)}")
        unknown = await there.get(f"/desk/fade/payments/{payment_of(theirs)}")
        assert unknown.status_code == 404
        assert (await there.get("/desk/fade/payments.csv")).status_code == 403


async def test_reception_sees_everybodys_payments_and_takes_no_file(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    async with world.at_desk(await world.employ(shop, Role.RECEPTIONIST)) as there:
        assert SHOWN.findall(await read(there, "payments")) == [payment_of(booking)]
        assert (await there.get("/desk/fade/payments.csv")).status_code == 403
        text = await read(there, f"payments/{payment_of(booking)}")
        assert "Evidence kept" not in text
        assert "Amara Okafor" in text


async def test_a_manager_takes_a_file_and_the_trail_names_them(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    manager = await world.employ(shop, Role.MANAGER)
    async with world.at_desk(manager) as there:
        text = await read(there, "payments.csv?columns=payment&columns=status")
        assert "Evidence kept" in await read(there, f"payments/{payment_of(booking)}")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows == [{"Status": "Paid", "Payment": payment_of(booking)}]
    [told] = await world.query(
        "select actor, facts from audit_events where act = 'payments.exported'"
    )
    assert (told["actor"], told["facts"]["rows"]) == (manager.person.actor, 1)


async def test_nobody_looks_into_a_shop_that_is_not_theirs(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    booking = await world.paid_booking(shop)
    async with world.at_desk(await world.employ(other, Role.OWNER)) as there:
        for path in ("payments", "payments.csv", f"payments/{payment_of(booking)}", "search?q=1"):
            assert (await there.get(f"/desk/fade/{path}")).status_code == 404
        answer = await there.get(f"/desk/blend/payments/{payment_of(booking)}")
        assert answer.status_code == 404
