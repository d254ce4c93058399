"""What the tests of the house share: a data folder that the system user can reach."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def short_folder() -> Iterator[Path]:
    """A data folder not yet made, in a short path: sockets live in it."""
    with tempfile.TemporaryDirectory(prefix="house-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder of the test's own."""
    with short_folder() as folder:
        yield folder
