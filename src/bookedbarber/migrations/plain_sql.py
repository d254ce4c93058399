"""Runs a migration's SQL as it stands, past every layer that would read meaning into it."""

from pathlib import Path

from alembic import op


def run(migration: str) -> None:
    """Run the `.sql` beside a migration's own file, in the migration's transaction."""
    sql = Path(migration).with_suffix(".sql").read_text()
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("migrations run on a live connection only")
    driver.execute(sql)
