"""PostgreSQL itself keeps the books and the tenants apart, whatever our code might do."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

import bookedbarber
from bookedbarber import ids
from tests.conftest import Databases
from tests.world import Shop, World

SOURCE = Path(bookedbarber.__file__).parent
ROOT = Path(__file__).parents[2]
GROWING = (
    "entries",
    "postings",
    "audit_events",
    "balance_transactions",
    "shop_terms",
    "appointment_moves",
    "security_events",
)
CHANGES = ("update {} set shop_id = shop_id", "delete from {}", "truncate {} cascade")
# Tables that are no single shop's, or that belong to whoever works through all of them.
NOT_LED_BY_SHOP = {
    "alembic_version": "the schema's own version",
    "shop_directory": "read by name before a shop is known; holds names and ids only",
    "balance_transactions": "belongs to a Stripe account, which may serve several shops",
    "webhook_events": "stored before it is understood whose it is",
    "people": "an account belongs to a person, who may work in several shops",
    "sessions": "of a person, found by a digest before anything else is known",
    "totp_seeds": "of a person, as sessions are",
    "step_ups": "of a session",
    "security_events": "may concern no shop and nobody we know",
    "jobs": "claimed across shops, by time; its name is unique within the shop",
}


@pytest.fixture
async def roles(world: World, databases: Databases) -> AsyncIterator[dict[str, Any]]:
    """A connection under each role, to a database with a lived-in shop."""
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await world.move(shop, booking, (await world.slots(shop))[-1]["starts_at"])
    await world.complete(shop, booking)
    await world.refund(shop, booking["payments"][0], 100)
    await world.settle()
    await lived_in(world, shop)
    named = {
        "app": databases.app_url,
        "platform": databases.platform_url,
        "owner": databases.owner_url,
    }
    connections: dict[str, Any] = {}
    try:
        for role, url in named.items():
            connections[role] = await asyncpg.connect(url)
        await connections["app"].execute(f"set app.shop = '{shop.id}'")
        yield connections
    finally:
        for connection in connections.values():
            await connection.close()


async def lived_in(world: World, shop: Shop) -> None:
    """What only its owner brings into a shop: an absence, and a look."""
    week = {"starts_at": "2035-06-04T00:00:00Z", "ends_at": "2035-06-11T00:00:00Z"}
    barber = shop.menu["barbers"][0]["id"]
    path = f"/api/v2/settings/barbers/{barber}/time-off"
    answer = await world.http.post(path, json=week, headers=shop.headers)
    assert answer.status_code == 200, answer.text
    look = (await world.http.get("/api/v2/settings/look", headers=shop.headers)).json()
    red = {"version": look["version"], "colour": "#a01020"}
    answer = await world.http.put("/api/v2/settings/look", json=red, headers=shop.headers)
    assert answer.status_code == 200, answer.text


async def entry(db: Any, shop_id: UUID, world: World, *amounts: tuple[str, str, int]) -> UUID:
    """An entry with these postings, written past our own code."""
    now = world.clock.now()
    entry_id = ids.new(now)
    await db.execute(
        "insert into entries (shop_id, entry_id, kind, happened, effective_at, recorded_at)"
        " values ($1, $2, 'by hand', $3, $4, $4)",
        shop_id, entry_id, str(entry_id), now,
    )  # fmt: skip
    await postings(db, shop_id, entry_id, *amounts)
    return entry_id


async def postings(
    db: Any, shop_id: UUID, entry_id: UUID, *amounts: tuple[str, str, int], line: int = 1
) -> None:
    for number, (account, side, amount) in enumerate(amounts, line):
        await db.execute(
            "insert into postings (shop_id, entry_id, line, account, side, amount, currency,"
            " stripe_account, item) values ($1, $2, $3, $4, $5, $6, 'usd', 'acct_1', 'x')",
            shop_id, entry_id, number, account, side, amount,
        )  # fmt: skip


# Replaced as a whole by the shop's own settings; what they were stands in the trail.
PLANS = {"opening_hours", "barber_hours", "time_off", "barber_services"}
BALANCED = (("stripe_balance", "debit", 5), ("suspense", "credit", 5))


@pytest.mark.proves("X1")
@pytest.mark.parametrize("role", ["app", "platform", "owner"])
async def test_an_entry_balances_and_has_postings_or_is_not_there(
    world: World, roles: dict[str, Any], role: str
) -> None:
    db = roles[role]
    [shop] = await world.query("select shop_id from shops")
    wrong: list[tuple[tuple[str, str, int], ...]] = [
        (),
        (("stripe_balance", "debit", 5),),
        (("stripe_balance", "debit", 5), ("suspense", "credit", 4)),
    ]
    for lines in wrong:
        with pytest.raises(asyncpg.CheckViolationError, match=r"does not balance|no postings"):
            async with db.transaction():
                await entry(db, shop["shop_id"], world, *lines)
    for bad in (0, -5):
        with pytest.raises(asyncpg.CheckViolationError):
            async with db.transaction():
                await entry(db, shop["shop_id"], world, ("a", "debit", bad), ("b", "credit", bad))
    before = await world.query("select count(*) from entries")
    rolled_back = db.transaction()
    await rolled_back.start()
    await entry(db, shop["shop_id"], world, *BALANCED)
    await db.execute("set constraints all immediate")  # a balanced one is accepted
    await rolled_back.rollback()
    assert await world.query("select count(*) from entries") == before


@pytest.mark.proves("X1")
@pytest.mark.parametrize("role", ["app", "platform", "owner"])
async def test_an_entry_that_is_booked_takes_no_more_postings(
    world: World, roles: dict[str, Any], role: str
) -> None:
    """Not even some that balance: what an entry said yesterday it says tomorrow."""
    db = roles[role]
    [old] = await world.query("select shop_id, entry_id from entries limit 1")
    with pytest.raises(asyncpg.RestrictViolationError, match="no more postings"):
        async with db.transaction():
            await postings(db, old["shop_id"], old["entry_id"], *BALANCED, line=90)


@pytest.mark.proves("R2.6", "X1")
@pytest.mark.parametrize("role", ["app", "platform", "owner"])
async def test_what_only_grows_is_never_changed_by_anybody(
    world: World, roles: dict[str, Any], role: str
) -> None:
    before = await world.tally()
    for table in GROWING:
        for change in CHANGES:
            with pytest.raises(
                (asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)
            ):
                await roles[role].execute(change.format(table))
    assert await world.tally() == before


@pytest.mark.proves("X1")
async def test_the_platform_has_no_more_rights_on_the_ledger_than_the_app(
    roles: dict[str, Any],
) -> None:
    rights = (
        "select table_name, privilege_type from information_schema.role_table_grants"
        " where grantee = $1 and table_name = any($2::text[])"
    )
    tables = ["entries", "postings", "audit_events"]
    app = {tuple(row) for row in await roles["owner"].fetch(rights, "bookedbarber_app", tables)}
    platform = {
        tuple(row) for row in await roles["owner"].fetch(rights, "bookedbarber_platform", tables)
    }
    assert platform == app
    assert {privilege for _, privilege in app} == {"SELECT", "INSERT"}
    attributes = await roles["owner"].fetch(
        "select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication"
        " as strong from pg_roles where rolname in ('bookedbarber_app', 'bookedbarber_platform')"
    )
    assert [row["strong"] for row in attributes] == [False, False]


@pytest.mark.proves("R7.3")
async def test_every_table_of_a_shop_forces_row_security_and_is_keyed_by_the_shop_first(
    roles: dict[str, Any],
) -> None:
    tables = await roles["owner"].fetch(
        "select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,"
        " (select a.attname from pg_index i join pg_attribute a"
        "    on a.attrelid = c.oid and a.attnum = i.indkey[0]"
        "   where i.indrelid = c.oid and i.indisprimary) as leads"
        " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and c.relkind in ('r', 'p')"
    )
    names = {row["name"] for row in tables}
    assert set(NOT_LED_BY_SHOP) <= names, "an exception that is no table any more"
    assert [row["name"] for row in tables if not row["forced"]] == ["alembic_version"]
    odd = {row["name"] for row in tables if row["leads"] != "shop_id"}
    assert odd == set(NOT_LED_BY_SHOP)


async def test_a_unique_name_that_is_not_the_shops_own_is_explained(roles: dict[str, Any]) -> None:
    found = await roles["owner"].fetch(
        "select c.relname || ' (' || array_to_string(array(select a.attname from"
        "   unnest(i.indkey) with ordinality as k(number, place) join pg_attribute a"
        "   on a.attrelid = c.oid and a.attnum = k.number order by k.place), ', ') || ')' as name"
        " from pg_index i join pg_class c on c.oid = i.indrelid"
        " join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'"
        " where i.indisunique and c.relname <> 'alembic_version'"
    )
    odd = {row["name"] for row in found if "(shop_id" not in row["name"]}
    page = " ".join((ROOT / "docs/decisions/0007-whose-rows.md").read_text().split())
    assert {name for name in odd if f"`{name}`" not in page} == set()


@pytest.mark.proves("R2.6")
@pytest.mark.parametrize("role", ["app", "platform", "owner"])
async def test_no_visit_changes_its_place_or_its_length_unless_the_move_is_kept(
    world: World, roles: dict[str, Any], role: str
) -> None:
    before = await world.query("select * from appointments order by appointment_id")
    later = "starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day'"
    blocked = "tstzrange(lower(blocked) + interval '1 day', upper(blocked) + interval '1 day')"
    for change, why in (
        (f"{later}, blocked = {blocked}", "only where the move is kept"),
        (later, "keeps its length"),
        ("ends_at = ends_at - interval '1 minute'", "keeps its length"),
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match=why):
            await roles[role].execute(f"update appointments set {change}")  # noqa: S608 # from above
    for column in ("service_amount", "tax_amount", "terms_version", "client_id"):
        if role != "owner":
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await roles[role].execute(f"update appointments set {column} = {column}")  # noqa: S608 # from above
    assert await world.query("select * from appointments order by appointment_id") == before


async def tenant_tables(roles: dict[str, Any]) -> list[str]:
    rows = await roles["owner"].fetch(
        "select table_name from information_schema.columns where table_schema = 'public'"
        " and column_name = 'shop_id' and table_name <> 'shop_directory'"
    )
    return [row["table_name"] for row in rows]


async def test_the_app_sees_one_shop_and_none_when_unset_in_every_table_by_every_verb(
    world: World, roles: dict[str, Any], databases: Databases
) -> None:
    other = await world.open_shop("blend")
    await world.cancel(other, await world.paid_booking(other))
    await world.settle()
    app, refused = roles["app"], (asyncpg.InsufficientPrivilegeError,)
    mine = UUID(await app.fetchval("select current_setting('app.shop')"))
    unset = await asyncpg.connect(databases.app_url)
    seen_some = set()
    for table in await tenant_tables(roles):
        try:
            shops = {row["shop_id"] for row in await app.fetch(f"select shop_id from {table}")}  # noqa: S608 # a name out of the catalogue
        except refused:
            continue  # the app may not even look
        assert shops <= {mine}, table
        seen_some |= {table} if shops else set()
        assert not await unset.fetch(f"select 1 from {table}"), table  # noqa: S608 # as above
        await _other_rows_are_out_of_reach(app, table, other.id, refused)
    await unset.close()
    writable = await app.fetch(
        "select distinct table_name from information_schema.role_table_grants"
        " where grantee = 'bookedbarber_app' and privilege_type = 'INSERT'"
    )
    missed = {row["table_name"] for row in writable} - seen_some
    assert not missed, "tables that the app writes and in which nothing was tried"


async def _other_rows_are_out_of_reach(
    app: Any, table: str, other: UUID, refused: tuple[type[Exception], ...]
) -> None:
    """No verb reaches the other shop's rows, and none can be written in its name."""
    columns = [
        row["column_name"]
        for row in await app.fetch(
            "select column_name from information_schema.column_privileges"
            " where table_name = $1 and grantee = 'bookedbarber_app'"
            " and privilege_type = 'UPDATE'",
            table,
        )
    ]
    for column in columns:
        done = await app.execute(
            f"update {table} set {column} = {column} where shop_id = $1",  # noqa: S608 # as above
            other,
        )
        assert done == "UPDATE 0", table
    wipe = f"delete from {table} where shop_id = $1"  # noqa: S608 # as above
    if table in PLANS:
        assert await app.execute(wipe, other) == "DELETE 0", table
    else:
        with pytest.raises((*refused, asyncpg.RestrictViolationError)):
            await app.execute(wipe, other)
    if not await app.fetch(f"select 1 from {table} limit 1"):  # noqa: S608 # as above
        return  # nothing to copy; whoever calls asks that every writable table has something
    # A row of ours with the other's name on it: turned away before any key is looked at. (A
    # generated column cannot be given.)
    given = ", ".join(
        row["column_name"]
        for row in await app.fetch(
            "select column_name from information_schema.columns"
            " where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'",
            table,
        )
    )
    with pytest.raises(refused):
        await app.execute(
            f"insert into {table} ({given}) select {given} from (select (jsonb_populate_record(t,"  # noqa: S608 # as above
            f" jsonb_build_object('shop_id', $1::text))).* from {table} t limit 1) copied",
            str(other),
        )


def test_no_statement_and_no_migration_reads_the_clock() -> None:
    clock = re.compile(
        r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\("
        r"|\b(current_timestamp|current_date|current_time|localtime|localtimestamp)\b"
        r"|'now'|'today'",
        re.IGNORECASE,
    )
    files = [*SOURCE.rglob("*.sql")]
    assert len(files) > 8
    for file in files:
        code = re.sub(r"--[^\n]*", "", file.read_text())
        assert not (found := clock.search(code)), f"{file.relative_to(SOURCE)}: {found}"


async def test_what_a_client_told_us_can_be_read_in_no_table(world: World) -> None:
    shop = await world.open_shop()
    client: Any = {
        "name": "Zebedee Quill",
        "email": "zebedee@quill.example",
        "phone": "+447700900123",
    }
    booking = (await world.book(shop, client=client)).json()
    # The card field asks for a name and an address too, and Stripe's events repeat them.
    card = await world.stripe.v1.payment_methods.create_async(
        {"type": "card", "card": {"token": "tok_visa"}, "billing_details": client}
    )
    await world.pay(booking, card.id)
    await world.settle()
    sent = [str(event) for event in await world.rows("event")]
    assert any("Zebedee" in event and "quill.example" in event for event in sent)
    tables = await world.query("select tablename from pg_tables where schemaname = 'public'")
    for row in tables:
        rows = await world.query(
            f"select t::text as text from {row['tablename']} t"  # noqa: S608 # a name out of the catalogue
        )
        for secret in ("Zebedee", "quill.example", "7700900123"):
            for told in (secret, secret.encode().hex()):
                assert not any(told in line["text"] for line in rows), (row["tablename"], secret)
