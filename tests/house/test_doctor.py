"""The doctor names what is missing to go live, and is silent about nothing it could not see."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bookedbarber import config, migrations
from bookedbarber.cli.doctor import Finding, database, given, outside
from bookedbarber.config import Settings
from bookedbarber.database import embedded
from bookedbarber.database.embedded import Server
from bookedbarber.migrations.upgrade import VERSIONS
from tests.house.processes import free_port, house, running_house

GIVEN = {
    "BOOKEDBARBER_ENVIRONMENT": "production",
    "STRIPE_API_KEY": "sk_live_hush",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_shown",
    "STRIPE_WEBHOOK_SECRETS": "whsec_hush",
    "BOOKEDBARBER_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "BOOKEDBARBER_PUBLIC_URL": "https://barber.example",
    "BOOKEDBARBER_TRUSTED_PROXIES": "10.0.0.7",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with embedded.scratch() as running:
        yield running


@pytest.fixture
def settings(server: Server) -> Settings:
    """Settings of a house whose schema is current, beside the `server`."""
    migrations.upgrade(server.owner_url, app_url=server.app_url, platform_url=server.platform_url)
    return config.load(
        {
            "STRIPE_API_KEY": "sk_test_x",
            "BOOKEDBARBER_MASTER_KEY": GIVEN["BOOKEDBARBER_MASTER_KEY"],
        },
        database_url=server.owner_url,
        database_app_url=server.app_url,
        database_platform_url=server.platform_url,
    )


def missing(findings: Iterator[Finding]) -> set[str]:
    return {finding.name for finding in findings if not finding.good}


def test_settings_that_are_all_there_lack_nothing() -> None:
    assert missing(given.examine(config.load(GIVEN))) == set()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"BOOKEDBARBER_ENVIRONMENT": "demo", "STRIPE_API_KEY": "sk_test_x",
          "STRIPE_PUBLISHABLE_KEY": "pk_test_x"}, "environment"),
        ({"STRIPE_API_KEY": "sk_test_x", "STRIPE_PUBLISHABLE_KEY": "pk_test_x"},
         "Stripe secret key"),
        ({"STRIPE_API_KEY": ""}, "Stripe secret key"),
        ({"STRIPE_PUBLISHABLE_KEY": ""}, "Stripe publishable key"),
        ({"STRIPE_WEBHOOK_SECRETS": ""}, "webhook secret"),
        ({"BOOKEDBARBER_PUBLIC_URL": "http://barber.example"}, "public address"),
        ({"BOOKEDBARBER_PUBLIC_URL": ""}, "public address"),
        ({"BOOKEDBARBER_TRUSTED_PROXIES": ""}, "clients behind the proxy"),
        ({"BOOKEDBARBER_STRIPE_JS_URL": "http://127.0.0.1:1/v3/"}, "browser script"),
        ({"BOOKEDBARBER_STRIPE_API_BASE": "http://127.0.0.1:1"}, "Stripe's address"),
        ({"BOOKEDBARBER_MASTER_KEY": ""}, "master key"),
    ],
)  # fmt: skip
def test_a_setting_that_is_missing_or_of_the_demo_is_named(
    change: dict[str, str], name: str
) -> None:
    settings = config.load({**GIVEN, **change}, tolerant=True)
    assert name in missing(given.examine(settings))


def test_a_current_database_with_proper_roles_lacks_only_durability(settings: Settings) -> None:
    # The server of the tests runs with fsync off, and the doctor must see that.
    assert missing(database.examine(settings)) == {"database durability"}


@pytest.mark.parametrize(
    ("harm", "repair", "name"),
    [
        ("GRANT DELETE ON entries TO bookedbarber_app",
         "REVOKE DELETE ON entries FROM bookedbarber_app", "books closed to changes by app"),
        ("GRANT UPDATE (account) ON postings TO bookedbarber_platform",
         "REVOKE UPDATE (account) ON postings FROM bookedbarber_platform",
         "books closed to changes by platform"),
        ("ALTER ROLE bookedbarber_app BYPASSRLS", "ALTER ROLE bookedbarber_app NOBYPASSRLS",
         "database role of app"),
        ("ALTER ROLE bookedbarber_platform SUPERUSER",
         "ALTER ROLE bookedbarber_platform NOSUPERUSER", "database role of platform"),
        ("ALTER TABLE payments NO FORCE ROW LEVEL SECURITY",
         "ALTER TABLE payments FORCE ROW LEVEL SECURITY", "tenants kept apart"),
    ],
)  # fmt: skip
def test_a_database_that_guards_less_is_named(
    server: Server, settings: Settings, harm: str, repair: str, name: str
) -> None:
    address = server.admin_url.replace("/postgres?", "/bookedbarber?")
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(harm)
        try:
            assert name in missing(database.examine(settings))
        finally:
            admin.execute(repair)


def test_a_schema_that_lags_behind_is_named(server: Server, settings: Settings) -> None:
    with psycopg.connect(server.owner_url) as owner:
        kept = owner.execute("DELETE FROM alembic_version RETURNING version_num").fetchall()
    try:
        assert "schema" in missing(database.examine(settings))
    finally:
        with psycopg.connect(server.owner_url) as owner:
            owner.execute("INSERT INTO alembic_version VALUES (%s)", kept[0])


def test_without_the_owners_address_it_sees_as_much(settings: Settings) -> None:
    given = settings.model_copy(update={"database_url": None})
    assert list(database.examine(given)) == list(database.examine(settings))


def test_a_schema_of_a_later_release_is_named(server: Server, settings: Settings) -> None:
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("UPDATE alembic_version SET version_num = '9999'")
    try:
        assert "schema" in missing(database.examine(settings))
    finally:
        with psycopg.connect(server.owner_url) as owner:
            owner.execute("UPDATE alembic_version SET version_num = %s", [VERSIONS[-1]])


def test_a_wrong_password_is_told_without_repeating_it(settings: Settings) -> None:
    wrong = settings.model_copy(
        update={"database_app_url": (settings.database_app_url or "").replace("app:", "app:hush")}
    )
    findings = {finding.name: finding for finding in database.examine(wrong)}
    assert not findings["database as app"].good
    assert "password authentication failed" in findings["database as app"].seen
    assert not any("hush" in finding.seen for finding in findings.values())


def test_what_is_silent_counts_as_missing() -> None:
    nobody = f"127.0.0.1:{free_port()}"
    settings = config.load(
        {
            **GIVEN,
            "BOOKEDBARBER_STRIPE_API_BASE": f"http://{nobody}",
            "BOOKEDBARBER_SMTP_URL": f"smtp://{nobody}",
            "BOOKEDBARBER_MAIL_FROM": "shop@example.com",
            "REDIS_URL": f"redis://{nobody}",
        }
    )
    assert {"Stripe's answer", "mail", "shared limits"} <= missing(outside.examine(settings))


def test_beside_a_running_demo_it_sees_the_house_and_says_what_is_missing(data_dir: Path) -> None:
    with running_house(data_dir) as up:
        answer = house("doctor", **up.environment)
    assert answer.returncode == 1, answer.stderr
    seen = answer.stdout
    for line in (
        "missing  environment: BOOKEDBARBER_ENVIRONMENT is demo",
        "missing  master key: made for the demo, in the data folder",
        "ok       schema: the newest version is applied",
        "ok       database role of app: bookedbarber_app owns no table",
        "ok       books closed to changes by platform: bookedbarber_platform may only add",
        "ok       database durability: fsync is on",
        "missing  demo data: shops of the demo are in the database",
        "ok       clock against Stripe",
        "knows the key",
        "ok       webhook endpoint: among 1 enabled at Stripe",
        "missing to go live.",
    ):
        assert line in seen
    assert "sk_test_" not in seen.replace("begins with sk_test_", "")
