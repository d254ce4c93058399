"""Settings: what owners change by themselves, what stays as it was agreed, and how a shop looks."""

from bookedbarber.migrations import plain_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the SQL beside this file."""
    plain_sql.run(__file__)


def downgrade() -> None:
    """There is no way back: what clients agreed to is never dropped."""
    raise NotImplementedError
