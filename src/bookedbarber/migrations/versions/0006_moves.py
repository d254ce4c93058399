"""Visits can be moved, and every move is kept; a client finds their visits again."""

from bookedbarber.migrations import plain_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the SQL beside this file."""
    plain_sql.run(__file__)


def downgrade() -> None:
    """There is no way back: the history of money is never dropped."""
    raise NotImplementedError
