"""The schema as an operator meets it: brought up to date, or said to lag behind."""

from typing import Final

import psycopg

from bookedbarber import migrations
from bookedbarber.cli.household import CannotRun
from bookedbarber.config import Settings

_MIGRATE: Final = "run `bookedbarber migrate` with DATABASE_URL set to the owner's address"


def migrate(settings: Settings) -> None:
    """Bring the schema to the newest version. Raises `CannotRun` when the database will not."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 # only those who migrate load it

    if not (settings.database_url and settings.database_app_url and settings.database_platform_url):
        raise CannotRun("DATABASE_URL is missing: migrations need the address of the owner role.")
    try:
        migrations.upgrade(
            settings.database_url,
            app_url=settings.database_app_url,
            platform_url=settings.database_platform_url,
        )
    except (migrations.RolesMissing, migrations.SchemaUnknown) as error:
        raise CannotRun(str(error)) from None
    except psycopg.OperationalError as error:
        raise CannotRun(_silent(error, "DATABASE_URL")) from None
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        mend = "see that DATABASE_URL names the role that owns the database, then try again"
        raise CannotRun(f"The schema stays as it was ({said}): {mend}.") from None


def demand_newest(settings: Settings) -> None:
    """Refuse to serve over a schema that is not this release's. Raises `CannotRun`."""
    try:
        lacking = migrations.pending(settings.database_platform_url or "")
    except migrations.SchemaUnknown as error:
        raise CannotRun(str(error)) from None
    except psycopg.OperationalError as error:
        raise CannotRun(_silent(error, "BOOKEDBARBER_DATABASE_PLATFORM_URL")) from None
    if lacking:
        raise CannotRun(f"The database lacks version {lacking[-1]} of the schema: {_MIGRATE}.")


def _silent(error: psycopg.OperationalError, variable: str) -> str:
    said = " ".join(str(error).split())
    return (
        f"The database does not let us in ({said}): see that {variable} is right and that the "
        "server runs."
    )
