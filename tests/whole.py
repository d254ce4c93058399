"""Whether the whole of each proof was asked for, as `make prove` does; else its slice runs.

A test whose proof has a slice and a whole is marked `whole`, and so is each that draws examples.
"""

import os
from typing import Final

WHOLE: Final = os.environ.get("PROVE") == "1"
EXAMPLES: Final = 2000
"""How many a test that draws them draws in the whole proof."""


def at_most(examples: int) -> int:
    """So many examples in the slice, where each takes long; the whole knows no such cap."""
    return EXAMPLES if WHOLE else examples
