"""What lists, searches and overviews find their rows by."""

from bookedbarber.migrations import plain_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the SQL beside this file."""
    plain_sql.run(__file__)


def downgrade() -> None:
    """There is no way back: the history of money is never dropped."""
    raise NotImplementedError
