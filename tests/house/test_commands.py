"""An operator's commands beside a running house: what they print, and how they end."""

import json
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bookedbarber.database import embedded
from tests.house.processes import House, eventually, house, running_house

pytestmark = pytest.mark.xdist_group("commands")  # they share a house


@pytest.fixture(scope="module")
def up() -> Iterator[House]:
    """One house for all of these commands."""
    with tempfile.TemporaryDirectory(prefix="house-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with running_house(Path(folder) / "data") as running:
            yield running


def ask(up: House, path: str, body: Any = None, **headers: str) -> Any:
    """Ask the house's API, posting when there is a body."""
    request = urllib.request.Request(  # noqa: S310 # our own http address
        f"{up.site_url}/api/v2/{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/json", **headers},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 # as above
        return json.load(answer)


def change(up: House, statement: str, *values: object) -> list[Any]:
    """A statement in the house's own database."""
    addresses = embedded.locate(up.data_dir)
    assert addresses is not None
    with psycopg.connect(addresses.platform_url) as db:
        return db.execute(statement.encode(), values).fetchall()


def book_and_pay(up: House) -> None:
    """A client books the first cut there is, and pays for it."""
    shop = ask(up, "shops/fade-street")
    cut = next(one["id"] for one in shop["services"] if one["name"] == "Skin fade")
    slots = ask(up, f"shops/fade-street/availability?service={cut}")["slots"]
    wish = {
        "service": cut,
        "starts_at": slots[0]["starts_at"],
        "pay": "full",
        "client": {"name": "Amara", "email": "amara@example.com"},
        "terms_version": shop["terms_version"],
    }
    booked = ask(up, "shops/fade-street/bookings", wish)
    [intent] = [
        intent
        for intent in up.stripe("/v1/payment_intents")["data"]
        if intent["metadata"].get("appointment") == booked["id"]
    ]
    pay(up, f"/v1/payment_intents/{intent['id']}/confirm")


def pay(up: House, path: str, **fields: str) -> None:
    """Stripe collects, as a client's browser or somebody at its dashboard asks."""
    card = {"payment_method": "pm_card_visa", "return_url": "https://example.com/back"}
    assert up.stripe(path, **card, **fields)["status"] == "succeeded"


@pytest.mark.proves("X1")
def test_books_prints_what_there_is_and_ends_with_0_until_money_moves_that_nobody_booked(
    up: House,
) -> None:
    book_and_pay(up)

    def said(code: int, *lines: str) -> bool:
        answer = house("books", **up.environment)
        return answer.returncode == code and all(line in answer.stdout for line in lines)

    assert eventually(lambda: said(0, "stripe fees", "Awaiting Stripe: nothing"), within=60)
    answer = house("books", **up.environment)
    for line in ("Trial balance", "client deposits", "Stripe balance", "✓ equal",
                 "Refunds owed: nothing", "Suspense: nothing", "The books close."):  # fmt: skip
        assert line in answer.stdout
    assert "32.00" in answer.stdout

    pay(up, "/v1/payment_intents", amount="4700", currency="gbp", confirm="true")
    assert eventually(lambda: said(1, "The books do not close."), within=60)
    [moved] = [t for t in up.stripe("/v1/balance_transactions")["data"] if t["amount"] == 4700]
    answer = house("books", **up.environment)
    assert f"✗ {moved['id']} (charge, net" in answer.stdout
    assert "✗ differ" in answer.stdout


@pytest.mark.proves("R1.2")
def test_inbox_lists_what_failed_for_good_and_replay_has_it_handled_again(up: House) -> None:
    up.stripe("/v1/customers", name="Ada")  # something to be told of

    def all_handled() -> bool:
        """Events came, and none waits."""
        rows = change(up, "select state, count(*) from webhook_events group by state")
        return [state for state, _ in rows] == ["done"]

    assert eventually(all_handled, within=60)
    quiet = house("inbox", **up.environment)
    assert (quiet.returncode, "Failed for good" in quiet.stdout) == (0, False), quiet.stdout

    [[event]] = change(
        up,
        "update webhook_events set state = 'dead', failure = 'KeyError: amount' where event_id ="
        " (select event_id from webhook_events where type = 'customer.created' limit 1)"
        " returning event_id",
    )
    loud = house("inbox", **up.environment)
    assert loud.returncode == 1
    for word in (event, "customer.created", "KeyError: amount", "bookedbarber replay ID"):
        assert word in loud.stdout
    again = house("replay", event, **up.environment)
    assert (again.returncode, again.stdout) == (0, f"{event} will be handled again.\n")
    assert eventually(all_handled, within=60)
    assert house("inbox", **up.environment).returncode == 0
    nothing = house("replay", "evt_nobody", **up.environment)
    assert nothing.returncode == 2
    assert nothing.stderr == "bookedbarber: There is no handled or dead evt_nobody.\n"


@pytest.mark.proves("R1.6")
def test_key_makes_a_key_of_one_shop_that_opens_its_desk(up: House) -> None:
    made = house("key", "fade-street", "the till", **up.environment)
    assert made.returncode == 0
    assert made.stdout.startswith("bbk_")
    seen = ask(up, "payments", Authorization=f"Bearer {made.stdout.strip()}")
    assert {payment["amount"]["currency"] for payment in seen["data"]} <= {"gbp"}
    nowhere = house("key", "no-such-shop", "x", **up.environment)
    assert nowhere.returncode == 2
    assert nowhere.stderr.startswith("bookedbarber: ")
    assert nowhere.stderr.count("\n") == 1


def test_migrate_changes_nothing_that_is_current_and_lays_an_empty_folder(
    up: House, data_dir: Path
) -> None:
    versions = "select version_num from alembic_version"
    before = change(up, versions)
    assert house("migrate", **up.environment).returncode == 0
    assert change(up, versions) == before

    laid = house("migrate", "--data-dir", str(data_dir))
    assert laid.returncode == 0, laid.stderr
    assert embedded.locate(data_dir) is None  # started for this, and stopped again
    server = embedded.start(data_dir, durable=False)
    try:
        with psycopg.connect(server.owner_url) as owner:
            assert owner.execute(versions.encode()).fetchall() == before
            assert owner.execute("select count(*) from shops").fetchone() == (0,)
    finally:
        embedded.stop(server)
