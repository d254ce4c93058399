"""The two roots of everything that may go wrong on purpose.

Each kind of error is a subclass, defined beside the function that raises it, with a stable
`code`. The doors translate codes to answers (`api/problems.py`); an error that is neither
`Refused` nor `Unavailable` is a defect.
"""

from typing import ClassVar


class BookedBarberError(Exception):
    """Common root, so that the catalogue can find every code. Never raised itself."""

    code: ClassVar[str]

    def __init__(self, detail: str = "", /, **facts: object) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.facts = facts


class Refused(BookedBarberError):
    """The business says no. Nothing was written; trying again unchanged gives the same answer."""


class Unavailable(BookedBarberError):
    """A part outside failed or did not answer. What was asked is kept, or was never begun."""

    outage: ClassVar[bool] = True
    """Whether it says that the part is unwell. Some parts answer quite well that they are busy."""
