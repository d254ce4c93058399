"""What one look of the doctor found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was seen, whether it is good, and otherwise how to mend it."""

    name: str
    good: bool
    seen: str
    mend: str
