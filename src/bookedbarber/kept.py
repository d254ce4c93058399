"""Small files kept in the data folder: read with a clear word when broken, written whole."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path


class KeptFileBroken(Exception):
    """A kept file cannot be read or written; the text names it and the mend in one sentence."""

    def __init__(self, path: Path, why: str, mend: str) -> None:
        super().__init__(f"{path} {why}: {mend}.")


def read(path: Path, *, mend: str) -> str | None:
    """The text of a kept file, None when there is none. Raises KeptFileBroken."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeptFileBroken(path, f"cannot be read ({error.strerror})", mend) from None
    except UnicodeDecodeError:
        raise KeptFileBroken(path, "holds no text", mend) from None


def read_fields(path: Path, fields: Sequence[str], *, mend: str) -> dict[str, str] | None:
    """The named texts of a kept JSON object, None when there is no file. Raises KeptFileBroken."""
    text = read(path, mend=mend)
    if text is None:
        return None
    with contextlib.suppress(ValueError, TypeError, LookupError):
        found = json.loads(text)
        wanted = {name: found[name] for name in fields}
        if all(isinstance(value, str) for value in wanted.values()):
            return wanted
    raise KeptFileBroken(path, f"does not hold {', '.join(fields)}", mend)


def write(path: Path, text: str) -> None:
    """Keep a text where only we may read it, whole or not at all, also through a power cut.

    Makes the folder when it is missing. Raises KeptFileBroken.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _settle(path.parent)
    except OSError as error:
        mend = "see that the data folder belongs to whoever runs this and has room"
        raise KeptFileBroken(path, f"cannot be written ({error.strerror})", mend) from None


@contextlib.contextmanager
def in_turn(folder: Path) -> Iterator[None]:
    """Let one process at a time look into a folder and add what is missing there."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _settle(folder: Path) -> None:
    """Have the folder's own entries written down too: without it a power cut undoes a rename."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
