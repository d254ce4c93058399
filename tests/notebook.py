"""A bookkeeper's notebook: entries written by hand, and those of the product beside them."""

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.world import World

Line = tuple[str, str, int]
Entries = list[tuple[str, list[Line]]]


def by_hand(text: str) -> Entries:
    """Read entries: a line with the kind, then indented lines `Dr account amount`."""
    entries: Entries = []
    for line in filter(str.strip, text.splitlines()):
        words = line.split()
        if words[0] in ("Dr", "Cr"):
            entries[-1][1].append((words[0], words[1], int(words[2])))
        else:
            entries.append((words[0], []))
    return sorted((kind, sorted(lines)) for kind, lines in entries)


async def in_the_books(world: "World") -> Entries:
    """Every entry of the product, in the same form."""
    rows = await world.query(
        "select entry_id, kind, side, account, amount from entries join postings"
        " using (shop_id, entry_id) order by entry_id, line"
    )
    entries: dict[object, tuple[str, list[Line]]] = {}
    for row in rows:
        side = {"debit": "Dr", "credit": "Cr"}[row["side"]]
        lines = entries.setdefault(row["entry_id"], (row["kind"], []))[1]
        lines.append((side, row["account"], row["amount"]))
    return sorted((kind, sorted(lines)) for kind, lines in entries.values())


def trial_balance(entries: Entries) -> dict[str, int]:
    """What each account stands at, debits positive; accounts at nothing are left out."""
    totals: Counter[str] = Counter()
    for _, lines in entries:
        for side, account, amount in lines:
            totals[account] += amount if side == "Dr" else -amount
    return {account: total for account, total in sorted(totals.items()) if total}


async def fees(world: "World") -> list[int]:
    """What Stripe took of each charge, by its own rows, oldest first."""
    rows = await world.rows("balance_transaction")
    return [row["fee"] for row in rows if row["type"] == "charge"]
