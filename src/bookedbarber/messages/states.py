"""The life of a message: one table of allowed moves."""

from enum import StrEnum


class MessageState(StrEnum):
    """Where a message stands. `sent` means that a mail server took it over."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"  # refused for good, or nobody left to write to


_S = MessageState
MOVES: dict[MessageState, frozenset[MessageState]] = {
    _S.QUEUED: frozenset({_S.SENT, _S.FAILED}),
    _S.SENT: frozenset(),
    _S.FAILED: frozenset(),
}


def may_become(state: MessageState) -> list[str]:
    """The states a message may leave to reach `state`."""
    return [source.value for source, allowed in MOVES.items() if state in allowed]
