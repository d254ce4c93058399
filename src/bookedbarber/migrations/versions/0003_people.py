"""The people who work here: accounts, roles in shops, sessions."""

from bookedbarber.migrations import plain_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL beside this file."""
    plain_sql.run(__file__)


def downgrade() -> None:
    """There is no way back: the history of money is never dropped."""
    raise NotImplementedError
