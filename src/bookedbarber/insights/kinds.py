"""What can need somebody's attention."""

from enum import StrEnum


class Kind(StrEnum):
    """Each has one thing to do about it."""

    REFUND_CAME_BACK = "refund_came_back"  # still owed to the client: send it again
    REFUND_WAITS = "refund_waits"  # promised for a lost slot or a second charge, not yet sent
    VISIT_NOT_COMPLETED = "visit_not_completed"  # its end has passed
    MOVEMENT_MISSING = "movement_missing"  # captured, and Stripe has not moved its balance
    JOB_DEAD = "job_dead"  # the house's own work
    EVENT_DEAD = "event_dead"
