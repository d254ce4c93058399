"""Identifiers: UUIDv7 in the database, a prefix and 26 characters to the eye (`pay_01jf…`).

The shown form sorts as the identifier does, has one spelling only, and says what it names, so
that a refund's id pasted where a payment's belongs is refused and not looked up.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, Literal, get_args
from uuid import UUID

from bookedbarber.errors import Refused

Prefix = Literal[
    "shp",  # shop
    "bar",  # barber
    "svc",  # service
    "cli",  # client
    "apt",  # appointment
    "pay",  # payment
    "ref",  # refund
    "ent",  # journal entry
    "evt",  # event
    "msg",  # message
    "job",  # job
    "key",  # API key
    "off",  # absence of a barber
    "per",  # person with an account
    "tot",  # seed of an authenticator
]
PREFIXES: Final = frozenset(get_args(Prefix))

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE: Final = {character: value for value, character in enumerate(_ALPHABET)}
_LENGTH: Final = 26
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS: Final = 2**48


class IdInvalid(Refused):
    """The text is not an identifier of the kind asked for."""

    code: ClassVar[str] = "id_invalid"


def new(now: datetime, entropy: Callable[[int], bytes] = os.urandom) -> UUID:
    """Make a UUIDv7 (RFC 9562) for this instant.

    Identifiers of later microseconds sort later: the twelve bits after the milliseconds carry
    the microseconds (the RFC's method 3). Within one microsecond the order is random.
    """
    if now.tzinfo is None:
        raise ValueError("an identifier needs an instant with its zone")
    micros = (now - _EPOCH) // timedelta(microseconds=1)
    millis, rest = divmod(micros, 1_000)
    if not 0 <= millis < _MILLISECONDS:
        raise ValueError("UUIDv7 counts milliseconds from 1970, in 48 bits")
    random = int.from_bytes(entropy(8), "big") & (2**62 - 1)
    sub_millisecond = rest * 4096 // 1_000
    return UUID(int=millis << 80 | 7 << 76 | sub_millisecond << 64 | 0b10 << 62 | random)


def show(prefix: Prefix, value: UUID) -> str:
    """Write an identifier for people and for the API: prefix, underscore, 26 characters."""
    if prefix not in PREFIXES:
        raise ValueError(f"{prefix!r} is not a prefix of ours")
    number = value.int
    digits = [_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5)]
    return f"{prefix}_{''.join(digits)}"


def parse(prefix: Prefix, text: object) -> UUID:
    """Read what `show` wrote, in its one spelling; IdInvalid for anything else."""
    head = f"{prefix}_"
    if not isinstance(text, str) or not text.startswith(head) or len(text) != len(head) + _LENGTH:
        raise IdInvalid(f"expected {head} and {_LENGTH} characters", prefix=prefix)
    number = 0
    for character in text[len(head) :]:
        value = _VALUE.get(character)
        if value is None:
            raise IdInvalid("a character that no identifier has", prefix=prefix)
        number = number << 5 | value
    # 26 characters hold 130 bits: a first one above 7 would be a second spelling or an overflow.
    if number >= 2**128:
        raise IdInvalid("larger than any identifier", prefix=prefix)
    return UUID(int=number)
