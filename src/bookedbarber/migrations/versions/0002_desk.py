"""The desk: clients who arrive, who do not come, and who walk in."""

from bookedbarber.migrations import plain_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the SQL beside this file."""
    plain_sql.run(__file__)


def downgrade() -> None:
    """There is no way back: the history of money is never dropped."""
    raise NotImplementedError
