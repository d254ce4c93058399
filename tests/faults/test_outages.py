"""What counts as PostgreSQL being out, and what does not."""

import asyncio
from datetime import timedelta

import asyncpg
import psycopg
import pytest

from bookedbarber.database.outages import DatabaseUnavailable, asking
from tests.conftest import Databases
from tests.world import World

OUT = {
    "53100": "the disk is full",
    "53200": "the memory is full",
    "57014": "the statement was cancelled",
    "25006": "the server is a standby since the last failover",
    "25P03": "the transaction idled too long",
    "58030": "the disk does not answer",
    "40001": "all of it was undone",
}
FAILING = """
create function fails() returns trigger language plpgsql as $$
begin
    raise exception 'as asked' using errcode = '{}';
end $$;
create trigger fails before insert on appointments for each row execute function fails()
"""


@pytest.mark.parametrize("code", OUT, ids=OUT.values())
async def test_what_passes_by_itself_is_answered_as_an_outage(
    world: World, databases: Databases, code: str
) -> None:
    shop = await world.open_shop()
    owner = await asyncpg.connect(databases.owner_url)
    await owner.execute(FAILING.format(code))
    answer = await world.book(shop)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    await owner.execute("drop trigger fails on appointments")
    await owner.close()
    assert (await world.book(shop)).status_code == 201


async def test_what_does_not_pass_is_a_defect(world: World, databases: Databases) -> None:
    shop = await world.open_shop()
    owner = await asyncpg.connect(databases.owner_url)
    await owner.execute(FAILING.format("22012"))
    answer = await world.book(shop)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    await owner.execute("drop trigger fails on appointments")
    await owner.close()
    with pytest.raises(asyncpg.DataError, match="invalid input"):
        async with world.means.database.platform() as db:
            await db.fetch("select $1::int", "no number")


async def test_a_server_that_takes_no_writes_any_more_is_left(world: World) -> None:
    shop = await world.open_shop()
    wish = await world.wish(shop)
    async with world.means.database.tenant(shop.id) as db:
        await db.execute("set session characteristics as transaction read only")
        former = db
    answer = await world.send(shop, wish)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert former.is_closed()
    assert (await world.send(shop, wish)).status_code == 201


@pytest.mark.parametrize("error", [TimeoutError("ours"), ConnectionError("ours"), OSError("ours")])
async def test_what_fails_beside_the_database_is_not_blamed_on_it(
    world: World, error: Exception
) -> None:
    shop = await world.open_shop()
    for block in (
        world.means.database.tenant(shop.id),
        world.means.database.platform(),
        world.means.database.platform_statement(),
    ):
        with pytest.raises(type(error), match="ours"):  # noqa: PT012 # the block is the point
            async with block as db:
                await db.execute("select 1")
                raise error
    await world.advance(timedelta(seconds=1))


@pytest.mark.parametrize("way", ["transaction", "listener"])
async def test_whoever_is_told_to_stop_stops_though_the_database_is_gone(
    world: World, databases: Databases, way: str
) -> None:
    """A connection that broke while nobody looked must not hide that its user was cancelled."""
    inside: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def wait_for_ever() -> None:
        database = world.means.database
        async with database.platform() if way == "transaction" else database.listener("jobs"):
            inside.set_result(None)
            await asyncio.Event().wait()

    working = asyncio.create_task(wait_for_ever())
    await inside
    with psycopg.connect(databases.platform_url, autocommit=True) as other:
        # Without letting the loop see that the connections are gone.
        other.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where usename = current_user and datname = current_database()"
            " and pid <> pg_backend_pid()"
        )
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def test_a_connection_that_is_being_closed_is_an_outage_whenever_it_is_used(
    databases: Databases,
) -> None:
    """Between the server's last word and the end of its connection asyncpg raises what else would
    be a defect; how many turns of the loop lie between, nobody promises."""
    causes = set()
    for turns in range(8):
        connection = await asyncpg.connect(databases.platform_url)
        with psycopg.connect(databases.platform_url, autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [connection.get_server_pid()])
        for _ in range(turns):
            await asyncio.sleep(0)
        with pytest.raises(DatabaseUnavailable) as told:
            async with asking(connection):
                await connection.fetchval("select 1")
        causes.add(type(told.value.__cause__))
        assert connection.is_closed()
    assert asyncpg.InternalClientError in causes


async def test_what_asyncpg_calls_internal_and_is_no_lost_connection_is_a_defect() -> None:
    with pytest.raises(asyncpg.InternalClientError):
        async with asking():
            raise asyncpg.InternalClientError("number of values returned by codec is not 2")
