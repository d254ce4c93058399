"""`make queries`: writes every `queries.py` anew, on a database of the newest schema."""

import asyncio
import sys

from bookedbarber.database import embedded
from bookedbarber.database.generate import ROOT, generate
from bookedbarber.migrations import upgrade


def main() -> None:
    """Write what is out of step, and name it."""
    with embedded.scratch() as server:
        upgrade(server.owner_url, app_url=server.app_url, platform_url=server.platform_url)
        for path, text in asyncio.run(generate(server.owner_url)).items():
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
