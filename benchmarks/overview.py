"""How long the overview takes to answer at a million payments, against ten thousand."""

import time
from typing import Final

import uvloop

from benchmarks.figures import Answer
from benchmarks.ground import laid
from benchmarks.lists import paired
from benchmarks.million import Million, Side, standing
from bookedbarber.insights.periods import Range

PAGE: Final = "/desk/{slug}/overview"
NAMES: Final = {
    Range.TODAY: "the overview of today",
    Range.WEEK: "... of 7 days",
    Range.MONTH: "... of 4 weeks",
    Range.YEAR: "... of 12 months",
}


async def answering(there: Million) -> list[Answer]:
    """Each range by the API, and the page as it opens."""
    found = []
    for range_, name in NAMES.items():
        asked = {"range": range_.value}
        found.append(await paired(there, name, "/api/v2/overview", lambda _, to=asked: to))  # type: ignore[misc] # bound at once
    found.append(await paired(there, "the page of the overview", PAGE, _nothing))
    return found


def _nothing(_: Side) -> dict[str, str]:
    return {}


async def main() -> None:
    """These figures alone."""
    async with laid() as ground:
        began = time.perf_counter()
        async with standing(ground) as there:
            print(f"seeded in {time.perf_counter() - began:.0f} s", flush=True)
            for answer in await answering(there):
                print(answer.show(), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
