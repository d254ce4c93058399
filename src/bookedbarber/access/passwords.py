"""Passwords: at least 15 characters with a letter and a digit, kept as argon2id.

Length rather than rules (NIST SP 800-63B, ASVS 6.2); a letter and a digit because PCI DSS 8.3.6
asks for them. Hashing costs memory and time on purpose, so it runs beside the event loop, a few at
a time, and outside any transaction: a flood of sign-ins must take neither the machine nor the
database's connections. Whoever comes when many wait already is sent away.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar, Final, NewType

from argon2 import Type
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from bookedbarber.errors import Refused, Unavailable

Digest = NewType("Digest", str)
"""What is kept of a password that was found good."""

LEAST: Final = 15
MOST: Final = 128
AT_ONCE: Final = 2
WAITING: Final = 20
# OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane, or stronger.
_HASH: Final = PasswordHash(
    (Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID),)
)
# What an unknown account is checked against, so that it takes as long as a known one.
_NOBODY: Final = _HASH.hash("nobody has this password 0")
_PLAIN: Final = "abcdefghjkmnpqrstvwxyz23456789"  # nothing that reads like something else
_turns = asyncio.Semaphore(AT_ONCE)
_queue: Final[set[object]] = set()


class PasswordWeak(Refused):
    """The password is too short, too long, or has no letter or no digit; `reason` says which."""

    code: ClassVar[str] = "password_weak"


class PasswordsBusy(Unavailable):
    """Too many wait to have a password looked at."""

    code: ClassVar[str] = "passwords_busy"
    outage: ClassVar[bool] = False


def generate() -> str:
    """A first password: four groups that can be read out on the telephone; about 90 random bits."""
    while True:
        made = "-".join("".join(secrets.choice(_PLAIN) for _ in range(5)) for _ in range(4))
        if any(c.isalpha() for c in made) and any(c.isdigit() for c in made):
            return made


def check(password: str) -> None:
    """Raise PasswordWeak for a password that nobody may have."""
    if len(password) < LEAST:
        raise PasswordWeak(reason="short", least=LEAST)
    if len(password) > MOST:
        raise PasswordWeak(reason="long", most=MOST)
    if not any(c.isalpha() for c in password):
        raise PasswordWeak(reason="no_letter")
    if not any(c.isdigit() for c in password):
        raise PasswordWeak(reason="no_digit")


async def digest(password: str) -> Digest:
    """What to keep of a password; it takes its time, so ask before a transaction begins.

    Raises PasswordWeak, PasswordsBusy.
    """
    check(password)
    async with _turn():
        return Digest(await asyncio.to_thread(_HASH.hash, password))


async def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password; takes as long when there is nobody to compare with.

    Raises PasswordsBusy.
    """
    if len(password) > MOST:
        return False
    async with _turn():
        right = await asyncio.to_thread(_HASH.verify, password, kept or _NOBODY)
    return right and kept is not None


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """One of the few turns there are at once. Raises PasswordsBusy."""
    if len(_queue) >= WAITING:
        raise PasswordsBusy
    me = object()
    _queue.add(me)
    try:
        await _turns.acquire()
    finally:
        _queue.discard(me)
    try:
        yield
    finally:
        _turns.release()
