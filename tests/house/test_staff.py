"""Who works in a shop, by the operator's own commands."""

from bookedbarber.access.roles import Role
from tests import authenticator
from tests.house.test_access import Command
from tests.house.test_access import command as command  # noqa: PLC0414 # the fixture
from tests.world import World


async def test_somebody_is_hired_signs_in_is_listed_and_dismissed(
    world: World, command: Command
) -> None:
    shop = await world.open_shop()
    hired = await command("hire", "robin@example.com", "--shop", "fade", "--name", "Robin")
    assert hired.returncode == 0, hired.stderr
    password = hired.stdout.split()[-1]
    async with world.browser() as there:
        data = {"email": "robin@example.com", "password": password}
        assert (await there.post("/desk/sign-in", data=data)).status_code == 303
        assert await authenticator.set_up(there, world.clock.now()) == "/desk"
    assert "Robin" in (await command("staff", "fade")).stdout
    again = await command("hire", "robin@example.com", "--shop", "fade", "--role", "manager")
    assert again.stdout == "robin@example.com signs in as before.\n"
    gone = await command("dismiss", "fade", "robin@example.com")
    assert gone.stdout == "robin@example.com works in fade no more.\n"
    assert "Robin" not in (await command("staff", "fade")).stdout
    rows = await world.query(
        "select act, facts->>'role' as role from audit_events"
        " where shop_id = $1 and object like 'per_%' and actor = 'operator' order by event_id",
        shop.id,
    )
    assert [(row["act"], row["role"]) for row in rows] == [
        ("person.employed", Role.OWNER),
        ("person.employed", Role.MANAGER),
        ("person.dismissed", None),
    ]


async def test_what_cannot_be_is_said_in_a_sentence(world: World, command: Command) -> None:
    await world.open_shop()
    for arguments, said in [
        (("hire", "a@example.com"), "Name the shop"),
        (("hire", "a@example.com", "--shop", "nowhere"), ""),
        (("hire", "a@example.com", "--shop", "fade", "--role", "king"), "is no role"),
        (("hire", "a@example.com", "--shop", "fade", "--role", "barber"), "--barber"),
        (("hire", "a@example.com", "--shop", "fade", "--barber", "Nobody"), "has no barber"),
        (("hire", "no address", "--shop", "fade"), ""),
        (("dismiss", "fade", "a@example.com"), "Nobody with the address"),
    ]:
        refused = await command(*arguments)
        assert refused.returncode == 2, arguments
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr
    assert await world.query("select 1 from people") == []


async def test_somebody_of_the_house_is_hired_for_all_shops(world: World, command: Command) -> None:
    shop = await world.open_shop()
    hired = await command("hire", "ops@example.com", "--house", "admin", "--name", "Ops")
    password = hired.stdout.split()[-1]
    person = await world.query("select person_id, house from people")
    assert [row["house"] for row in person] == ["admin"]
    async with world.browser() as there:
        data = {"email": "ops@example.com", "password": password}
        assert (await there.post("/desk/sign-in", data=data)).status_code == 303
        await authenticator.set_up(there, world.clock.now())
        assert shop.slug in (await there.get("/desk", follow_redirects=True)).request.url.path


async def test_a_closed_account_signs_in_nowhere_and_every_shop_knows(
    world: World, command: Command
) -> None:
    shop, other = await world.open_shop(), await world.open_shop("blend")
    staff, ops = await world.employ(shop, Role.OWNER), await world.employ(shop, Role.ADMIN)
    hired = await command("hire", staff.email, "--shop", "blend", "--role", "manager")
    assert hired.returncode == 0, hired.stderr
    for one in (staff, ops):
        async with world.at_desk(one) as there:
            closed = await command("close", one.email)
            assert closed.stdout == f"{one.email} signs in no more.\n"
            assert (await there.get("/desk")).headers["location"] == "/desk/sign-in"
            data = {"email": one.email, "password": one.password}
            assert (await there.post("/desk/sign-in", data=data)).status_code == 401
        again = await command("close", one.email)
        assert (again.returncode, "Nobody has an account" in again.stderr) == (2, True)
    assert "Robin" not in (await command("staff", "fade")).stdout
    assert await world.query("select 1 from sessions where ended_at is null") == []
    rows = await world.query("select shop_id, actor from audit_events where act = 'person.closed'")
    assert sorted(row["shop_id"] for row in rows) == sorted([shop.id, other.id])
    assert {row["actor"] for row in rows} == {"operator"}
