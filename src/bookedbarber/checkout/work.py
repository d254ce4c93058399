"""The kinds of work that stories ask for; `worker/schedule.py` says who does each."""

from enum import StrEnum


class WorkKind(StrEnum):
    """Kinds of jobs, each about one object."""

    OPEN_INTENT = "open_intent"  # a payment that Stripe has not confirmed to know
    EXPIRE_HOLD = "expire_hold"  # an appointment whose hold runs out
    STOP_COLLECTING = "stop_collecting"  # a payment that must not arrive any more
    SEND_REFUND = "send_refund"  # a promised refund
    TELL_CONFIRMED = "tell_confirmed"  # an appointment whose client is to be told
    TELL_CANCELLED = "tell_cancelled"
    TELL_MISSED = "tell_missed"
    TELL_SLOT_LOST = "tell_slot_lost"
    TELL_MOVED = "tell_moved"  # a move of a visit
    TELL_MINE = "tell_mine"  # a client who asked for a link to their bookings, or nobody
