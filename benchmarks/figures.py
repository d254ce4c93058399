"""Ratios with their limits: measured in pairs, told by their median and spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio of ours to a limit, over all rounds; `least` is what it should reach."""

    name: str
    ours: Sequence[float]
    theirs: Sequence[float]
    least: float | None
    unit: str = "/s"

    @property
    def ratios(self) -> list[float]:
        """The ratio of each round."""
        return [one / other for one, other in zip(self.ours, self.theirs, strict=True)]

    def show(self) -> str:
        """One line for a person."""
        ratios = sorted(self.ratios)
        middle = median(ratios)
        line = (
            f"{self.name:<58} {middle:5.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            f"  {median(self.ours):7.0f} against {median(self.theirs):7.0f}{self.unit}"
        )
        if self.least is None:
            return line
        verdict = "reached" if middle >= self.least else "FALLS SHORT"
        return f"{line}  goal {self.least:.2f} {verdict}"
