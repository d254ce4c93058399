"""Small curves as paths of an SVG, drawn here so that a page shows them without any script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 92
HEIGHT: Final = 40
_MARGIN: Final = 2


@dataclass(frozen=True, slots=True)
class Curve:
    """A line and the area below it."""

    line: str
    area: str


def spark(values: Sequence[int | None]) -> Curve | None:
    """A curve of what is known; None of fewer than two values, or of nothing but zeros."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2 or not any(value for _, value in known):
        return None
    most, least = max(v for _, v in known), min(0, *(v for _, v in known))
    step = WIDTH / max(1, len(values) - 1)
    scale = (HEIGHT - 2 * _MARGIN) / (most - least or 1)
    points = [
        f"{place * step:.1f} {HEIGHT - _MARGIN - (value - least) * scale:.1f}"
        for place, value in known
    ]
    line = "M" + "L".join(points)
    first, last = known[0][0] * step, known[-1][0] * step
    return Curve(line, f"{line}L{last:.1f} {HEIGHT}L{first:.1f} {HEIGHT}Z")
