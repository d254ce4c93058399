"""Passwords: at least 15 characters with a letter and a digit, kept as argon2id.

Length rather than rules (NIST SP 800-63B, ASVS 6.2); a letter and a digit because PCI DSS 8.3.6
asks for them. Hashing costs memory and time on purpose, so it runs beside the event loop, a few at
a time: a flood of sign-ins must not take the machine.
"""

import asyncio
import secrets
from typing import ClassVar, Final

from argon2 import Type
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from bookedbarber.errors import Refused

LEAST: Final = 15
MOST: Final = 128
AT_ONCE: Final = 2
# OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane, or stronger.
_HASH: Final = PasswordHash(
    (Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID),)
)
# What an unknown account is checked against, so that it takes as long as a known one.
_NOBODY: Final = _HASH.hash("nobody has this password 0")
_turns = asyncio.Semaphore(AT_ONCE)


class PasswordWeak(Refused):
    """The password is too short, too long, or has no letter or no digit; `reason` says which."""

    code: ClassVar[str] = "password_weak"


def generate() -> str:
    """A password nobody has used before, for somebody's first sign-in."""
    while True:
        made = "-".join(secrets.token_hex(3) for _ in range(4))
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


async def digest(password: str) -> str:
    """What to keep of a password. Raises PasswordWeak."""
    check(password)
    async with _turns:
        return await asyncio.to_thread(_HASH.hash, password)


async def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password; takes as long when there is nobody to compare with."""
    if len(password) > MOST:
        return False
    async with _turns:
        right = await asyncio.to_thread(_HASH.verify, password, kept or _NOBODY)
    return right and kept is not None
