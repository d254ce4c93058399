"""`python -m benchmarks`: every ratio with its goal; exit code 1 when one falls short."""

import asyncio
import sys

import uvloop

from benchmarks import breaker, ingest, write_path
from benchmarks.figures import Figure
from benchmarks.ground import laid


async def main() -> int:
    """Measure all and print as it comes."""
    short = 0
    async with laid() as ground:
        for figure in (await write_path.settling(ground), await write_path.booking_(ground)):
            short += _tell(figure)
        for figure in await ingest.ingesting(ground):
            short += _tell(figure)
    return short


def _tell(figure: Figure) -> bool:
    """Print a figure; whether it falls short."""
    print(figure.show(), flush=True)
    return "FALLS SHORT" in figure.show()


if __name__ == "__main__":
    found = uvloop.run(main())
    asyncio.run(breaker.main())
    sys.exit(1 if found else 0)
