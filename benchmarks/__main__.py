"""`python -m benchmarks`: every figure with its goal; exit code 1 when one falls short.

`python -m benchmarks --rows` ends with the rows of the table in docs/performance.md.
"""

import asyncio
import sys
from typing import TypeVar

import uvloop

from benchmarks import breaker, ingest, lists, live, overview, write_path
from benchmarks.figures import Answer, Cost, Delay, Figure
from benchmarks.ground import laid
from benchmarks.million import standing

Told = TypeVar("Told", Figure, Cost, Answer, Delay)


async def main() -> list[Figure | Answer | Delay]:
    """Measure every ratio, and print each as it comes."""
    found: list[Figure | Answer | Delay] = [_told(await live.showing())]
    async with laid() as ground:
        found += [_told(await write_path.settling(ground))]
        found += [_told(await write_path.booking_(ground))]
        found += [_told(figure) for figure in await ingest.ingesting(ground)]
    # Another ground: a million rows would stand in the way of what is measured above.
    async with laid() as ground, standing(ground) as there:
        found += [_told(answer) for answer in await lists.answering(there)]
        found += [_told(answer) for answer in await overview.answering(there)]
    return found


def _told(figure: Told) -> Told:
    """Print a figure."""
    print(figure.show(), flush=True)
    return figure


if __name__ == "__main__":
    figures: list[Figure | Cost | Answer | Delay] = [*uvloop.run(main())]
    figures += [_told(cost) for cost in asyncio.run(breaker.costs())]
    if "--rows" in sys.argv:
        print("\n| of ours | found | goal |\n|---|---|---|")
        print("\n".join(figure.row() for figure in figures))
    sys.exit(any(figure.falls_short for figure in figures))
