"""What somebody can show beside their password."""

from enum import StrEnum
from typing import ClassVar

from bookedbarber.errors import Refused


class Factor(StrEnum):
    """A kind of second factor."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"


class FactorRefused(Refused):
    """The second factor is not right, or was used before; it never says which."""

    code: ClassVar[str] = "factor_refused"
