"""`make requirements`: each promise of docs/requirements.md with the tests that prove it."""

import contextlib
import io
import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROWS = re.compile(r"^\| ([RX]\d+(?:\.\d+)?) \| (.+?) \|$", re.MULTILINE)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "requirements.md"


class Proofs:
    """Collects, without running anything, which tests name which rows."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the rows that each collected test names."""
        for item in items:
            for mark in item.iter_markers("proves"):
                for row in mark.args:
                    self.tests[row].add(item.nodeid.partition("[")[0])


def main() -> int:
    """Print the table; 1 when a test names a row that is not there."""
    rows = dict(ROWS.findall(PAGE.read_text()))
    proofs = Proofs()
    with contextlib.redirect_stdout(io.StringIO()):
        collected = pytest.main(["--collect-only", "-q"], [proofs])
    if collected != 0:
        sys.stderr.write("The tests cannot be collected: see `make test`.\n")
        return 1
    for row, promise in rows.items():
        proven = sorted(proofs.tests.get(row, ()))
        sys.stdout.write(f"{row:6} {'tested' if proven else 'open':7} {_short(promise)}\n")
        for test in proven:
            sys.stdout.write(f"               {test}\n")
    kept = sum(1 for row in rows if proofs.tests.get(row))
    sys.stdout.write(f"\n{kept} of {len(rows)} rows have a test.\n")
    unknown = sorted(set(proofs.tests) - set(rows))
    if unknown:
        sys.stderr.write(f"Tests name rows that are not there: {', '.join(unknown)}\n")
    return 1 if unknown else 0


def _short(promise: str) -> str:
    plain = promise.replace("**", "")
    return plain if len(plain) <= 90 else plain[:87].rsplit(" ", 1)[0] + " ..."


if __name__ == "__main__":
    sys.exit(main())
