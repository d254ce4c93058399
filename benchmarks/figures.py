"""Figures with their goals: ratios measured in pairs, told by their median and spread, and what a
single call costs."""

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

    @property
    def falls_short(self) -> bool:
        """Whether its median does not reach the goal."""
        return self.least is not None and median(self.ratios) < self.least

    def show(self) -> str:
        """One line for a person."""
        line = (
            f"{self.name:<58} {self._found()}"
            f"  {median(self.ours):7.0f} against {median(self.theirs):7.0f}{self.unit}"
        )
        return line if self.least is None else f"{line}  goal {self.least:.2f} {_verdict(self)}"

    def row(self) -> str:
        """One row of the table in docs/performance.md."""
        goal = "none" if self.least is None else f"{self.least:.2f} {_verdict(self)}"
        return f"| {self.name} | {self._found()} | {goal} |"

    def _found(self) -> str:
        ratios = sorted(self.ratios)
        return f"{median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call costs, in microseconds; `most` is what it may."""

    name: str
    microseconds: float
    most: float

    @property
    def falls_short(self) -> bool:
        """Whether it costs more than it may."""
        return self.microseconds > self.most

    def show(self) -> str:
        """One line for a person."""
        return (
            f"{self.name:<58} {self.microseconds:.2f} us  at most {self.most:.2f} {_verdict(self)}"
        )

    def row(self) -> str:
        """One row of the table in docs/performance.md."""
        return f"| {self.name} | {self.microseconds:.2f} µs | {self.most:.2f} µs {_verdict(self)} |"


@dataclass(frozen=True, slots=True)
class Answer:
    """How long an answer takes at a million rows, in milliseconds, beside ten thousand; `most` is
    what it may at a million."""

    name: str
    large: Sequence[float]
    small: Sequence[float]
    most: float

    @property
    def falls_short(self) -> bool:
        """Whether its median takes longer than it may."""
        return median(self.large) > self.most

    def show(self) -> str:
        """One line for a person."""
        return (
            f"{self.name:<42} {median(self.large):7.1f} ms ({max(self.large):.1f} at worst)"
            f"  against {median(self.small):6.1f} ms  at most {self.most:.0f} {_verdict(self)}"
        )

    def row(self) -> str:
        """One row of the table in docs/performance.md."""
        return (
            f"| {self.name} | {median(self.large):.1f} ms | {median(self.small):.1f} ms |"
            f" {self.most:.0f} ms {_verdict(self)} |"
        )


@dataclass(frozen=True, slots=True)
class Delay:
    """How long something takes, in seconds; `most` is what the slowest of all rounds may."""

    name: str
    seconds: Sequence[float]
    most: float

    @property
    def falls_short(self) -> bool:
        """Whether any round took longer than it may."""
        return max(self.seconds) > self.most

    def show(self) -> str:
        """One line for a person."""
        return (
            f"{self.name:<58} {median(self.seconds):.2f} s ({max(self.seconds):.2f} at worst of"
            f" {len(self.seconds)})  at most {self.most:.2f} {_verdict(self)}"
        )

    def row(self) -> str:
        """One row of the table in docs/performance.md."""
        return (
            f"| {self.name} | {median(self.seconds):.2f} s, {max(self.seconds):.2f} s at worst |"
            f" {self.most:.2f} s {_verdict(self)} |"
        )


def _verdict(figure: Figure | Cost | Answer | Delay) -> str:
    return "FALLS SHORT" if figure.falls_short else "reached"
