"""${message}."""

from bookedbarber.migrations import plain_sql

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Run the SQL beside this file."""
    plain_sql.run(__file__)
