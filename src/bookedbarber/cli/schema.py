"""The schema as an operator meets it: brought up to date, or said to lag behind."""

import psycopg

from bookedbarber import migrations
from bookedbarber.cli.household import CannotRun
from bookedbarber.config import Settings


def migrate(settings: Settings) -> None:
    """Bring the schema to the newest version. Raises `CannotRun` when the database will not."""
    if not (settings.database_url and settings.database_app_url and settings.database_platform_url):
        raise CannotRun("DATABASE_URL is missing: migrations need the address of the owner role.")
    try:
        migrations.upgrade(
            settings.database_url,
            app_url=settings.database_app_url,
            platform_url=settings.database_platform_url,
        )
    except migrations.RolesMissing as error:
        raise CannotRun(str(error)) from None
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
        mend = "see that DATABASE_URL is right and that the server runs"
        raise CannotRun(f"The database does not let us in ({said}): {mend}.") from None


def pending(owner_url: str) -> list[str]:
    """The versions the schema still lacks, oldest first."""
    return migrations.pending(owner_url)
