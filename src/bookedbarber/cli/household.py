"""The data folder as a household: claimed by one house at a time, with its secrets and its mark."""

import base64
import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bookedbarber.config import Settings
from bookedbarber.database import embedded
from bookedbarber.database.embedded import Addresses

_MARK: Final = "BOOKEDBARBER"
_MARK_TEXT: Final = "BookedBarber keeps its data here. `bookedbarber up --fresh` empties this.\n"


class CannotRun(Exception):
    """The house cannot run as asked; the text is one sentence with the mend in it."""


@dataclass(frozen=True, slots=True)
class Household:
    """A claimed data folder. `unclean` tells that the last house here was killed."""

    path: Path
    unclean: bool

    def start_over(self) -> None:
        """Forget everything kept here. The folder is ours: it carries our mark."""
        embedded.remove(self.path)
        for entry in self.path.iterdir():
            if entry.name in {_MARK, "lock", "running"}:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


@contextlib.contextmanager
def claim(path: Path) -> Iterator[Household]:
    """Hold the data folder for one house, making and marking it when it is new or empty."""
    try:
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(0o711)  # as root, PostgreSQL's own user must pass through
        if not (path / _MARK).exists():
            _mark(path)
        lock = (path / "lock").open("a")
    except OSError as error:
        mend = "set BOOKEDBARBER_DATA_DIR to a folder that can be written"
        raise CannotRun(f"{path} cannot be the data folder ({error.strerror}): {mend}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            mend = "stop it first, or set BOOKEDBARBER_DATA_DIR to another folder"
            raise CannotRun(f"BookedBarber already runs on {path}: {mend}.") from None
        running = path / "running"
        household = Household(path=path, unclean=running.exists())
        running.touch()
        try:
            yield household
        finally:
            running.unlink(missing_ok=True)


def complete(settings: Settings, addresses: Addresses | None) -> Settings:
    """The settings with what the data folder knows: addresses, demo keys, the webhook secret."""
    known: dict[str, object] = {}
    if addresses is not None and settings.database_app_url is None:
        known["database_url"] = addresses.owner_url
        known["database_app_url"] = addresses.app_url
        known["database_platform_url"] = addresses.platform_url
    if settings.demo and settings.master_key is None:
        known["master_key"] = SecretStr(_secret(settings.data_dir, "master.key", _master_key))
    if plays_sandbox(settings):
        known |= _sandbox(settings)
    return settings.model_copy(update=known)


def plays_sandbox(settings: Settings) -> bool:
    """Whether our sandbox stands in for Stripe."""
    return settings.demo and settings.stripe_api_key is None


def read_secret(data_dir: Path, name: str) -> str | None:
    """A secret kept in the data folder, None when there is none of that name."""
    try:
        return (data_dir / "secrets" / name).read_text().strip()
    except FileNotFoundError:
        return None


def write_secret(data_dir: Path, name: str, value: str) -> None:
    """Keep a secret in the data folder, readable by us alone, whole or not at all."""
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    fresh = folder / f"{name}.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{value}\n")
    fresh.rename(folder / name)


def _mark(path: Path) -> None:
    if any(path.iterdir()):
        mend = "set BOOKEDBARBER_DATA_DIR to a new or an empty folder"
        raise CannotRun(f"{path} holds files that are not BookedBarber's: {mend}.")
    (path / _MARK).write_text(_MARK_TEXT)


def _sandbox(settings: Settings) -> dict[str, object]:
    folder = settings.data_dir
    url = (settings.sandbox_url or f"http://{settings.near_host}:{settings.sandbox_port}").rstrip(
        "/"
    )
    webhook = read_secret(folder, "webhook.secret")
    return {
        "sandbox_url": url,
        "stripe_api_base": url,
        "stripe_js_url": f"{url}/v3/",
        "stripe_api_key": SecretStr(
            _secret(folder, "sandbox.secret_key", lambda: f"sk_test_{secrets.token_hex(24)}")
        ),
        "stripe_publishable_key": _secret(
            folder, "sandbox.publishable_key", lambda: f"pk_test_{secrets.token_hex(24)}"
        ),
        "stripe_webhook_secrets": (SecretStr(webhook),) if webhook else (),
    }


def _secret(data_dir: Path, name: str, make: Callable[[], str]) -> str:
    kept = read_secret(data_dir, name)
    if kept is None:
        kept = make()
        write_secret(data_dir, name, kept)
    return kept


def _master_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
