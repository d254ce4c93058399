"""The house: shops, clients, appointments, payments, the books, the trail, the queue."""

from bookedbarber.migrations import plain_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the SQL beside this file."""
    plain_sql.run(__file__)


def downgrade() -> None:
    """There is no way back: the history of money is never dropped."""
    raise NotImplementedError
