"""How long lists and searches take to answer at a million payments, against ten thousand."""

import time
from collections.abc import Callable
from typing import Final

import uvloop

from benchmarks.figures import Answer
from benchmarks.ground import laid
from benchmarks.million import Million, Side, standing

ROUNDS: Final = 7
MOST: Final = 100.0  # milliseconds
Asked = Callable[[Side], dict[str, str]]
LISTS: Final[dict[str, Asked]] = {
    "list payments": lambda _: {},
    "... from the middle on": lambda side: {"before": side.payment},
    "... refunded": lambda _: {"state": "refunded"},
    "... declined": lambda _: {"state": "declined"},
    "... that there are none of": lambda _: {"state": "processing"},
    "... of one barber": lambda side: {"barber": side.barbers[0]},
    "... of a barber who left": lambda side: {"barber": side.barbers[-1]},
    "... of one service, deposits": lambda side: {
        "service": side.services[2], "purpose": "deposit",
    },
    "... of one day": lambda _: {"from": "2034-05-01", "to": "2034-05-01"},
    "... within amounts": lambda _: {"min": "34.00", "max": "34.50"},
    "... within amounts there are none of": lambda _: {"min": "99.00", "max": "120.00"},
    "... by everything at once": lambda side: {
        "state": "partly_refunded", "barber": side.barbers[3], "service": side.services[1],
        "from": "2033-09-01", "to": "2035-01-31", "min": "30", "max": "45",
    },
    "... by a card's last four": lambda _: {"q": "4242"},
    "... by an exact amount": lambda _: {"q": "33.00"},
}  # fmt: skip
SEARCHES: Final[dict[str, Callable[[Side], str]]] = {
    "search by a payment's id": lambda side: side.payment,
    "... by its beginning": lambda side: side.payment[:12],
    "... by a booking's id": lambda side: side.booking,
    "... by a refund's id": lambda side: side.refund,
    "... by Stripe's id": lambda side: side.intent,
    "... by a client's address": lambda side: side.client,
    "... by nothing that is there": lambda _: "nobody@example.com",
    "... by a name of the shop's": lambda _: "barber 3",
}


async def answering(there: Million) -> list[Answer]:
    """Each list, each search, and the pages that show them."""
    found = []
    for name, asked in LISTS.items():
        found.append(await paired(there, name, "/api/v2/payments", asked))
    for name, text in SEARCHES.items():
        found.append(await paired(there, name, "/api/v2/search", _term(text)))
    found.append(await paired(there, "the page of payments", "/desk/{slug}/payments", _nothing))
    at = "/desk/{slug}/search"
    found.append(await paired(there, "the page of a search", at, _term(lambda s: s.client)))
    return found


def _nothing(_: Side) -> dict[str, str]:
    return {}


def _term(text: Callable[[Side], str]) -> Asked:
    return lambda side: {"q": text(side)}


async def paired(there: Million, name: str, path: str, asked: Asked) -> Answer:
    """Ask both shops in turns, once without the watch."""
    took: dict[str, list[float]] = {side.slug: [] for side in there.sides}
    for turn in range(ROUNDS + 1):
        for side in there.sides if turn % 2 else there.sides[::-1]:
            browser = there.browsers[side.slug]
            began = time.perf_counter()
            answer = await browser.get(
                path.format(slug=side.slug), params=asked(side), headers=side.headers
            )
            if turn:
                took[side.slug].append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.text
    return Answer(name, took[there.large.slug], took[there.small.slug], most=MOST)


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
