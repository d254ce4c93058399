"""The data folder as a household: claimed by one house at a time, with its secrets and its mark."""

import base64
import contextlib
import fcntl
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bookedbarber import config, kept
from bookedbarber.config import Settings, web_address
from bookedbarber.database import embedded
from bookedbarber.database.embedded import Addresses
from bookedbarber.kept import KeptFileBroken

_MARK: Final = "BOOKEDBARBER"
_MARK_TEXT: Final = "BookedBarber keeps its data here. `bookedbarber up --fresh` empties this.\n"
_FOLDERS: Final = ("postgres", "sandbox", "secrets")
_TOLD: Final = ("host", "port", "sandbox_url", "stripe_api_base")
_WRITABLE: Final = "set BOOKEDBARBER_DATA_DIR to a folder that can be written"
_NEW: Final = "remove it, and the next start makes a new one"
_NOTHING: Final = "{}"  # what a house that is still starting has told
_AGAIN: Final = "stop the house and start it again"
_OLD_KEY: Final = "put its copy back or into BOOKEDBARBER_MASTER_KEY, or start over with --fresh"


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

    def check(self) -> None:
        """Refuse files that stand where folders must be. Raises `CannotRun`."""
        for folder in (self.path / name for name in _FOLDERS):
            if folder.exists() and not folder.is_dir():
                mend = "move it away, or start over with --fresh"
                raise CannotRun(f"{folder} must be a folder and is none: {mend}.")

    def tell(self, settings: Settings, *, pages: bool) -> None:
        """Write down where the sandbox and the `pages` are, for what is started beside them."""
        told = {name: str(getattr(settings, name) or "") for name in _TOLD}
        told |= {} if pages else {"host": "", "port": ""}
        kept.write(self.path / "running", json.dumps(told))


@contextlib.contextmanager
def claim(path: Path) -> Iterator[Household]:
    """Hold the data folder for one house, making and marking it when it is new or empty."""
    prepare(path)
    running = path / "running"
    try:
        lock = (path / "lock").open("a")
    except OSError as error:
        raise CannotRun(f"{path} cannot be the data folder ({_why(error)}): {_WRITABLE}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            mend = "stop it first, or set BOOKEDBARBER_DATA_DIR to another folder"
            raise CannotRun(f"BookedBarber already runs on {path}: {mend}.") from None
        household = Household(path=path, unclean=running.exists())
        kept.write(running, _NOTHING)
        try:
            yield household
        finally:
            running.unlink(missing_ok=True)


def prepare(path: Path) -> None:
    """Make and mark the data folder when it is new or empty. Raises `CannotRun`."""
    try:
        new = not path.exists()
        path.mkdir(parents=True, exist_ok=True)
        if new:
            path.chmod(0o711)  # as root, PostgreSQL's own user must pass through
        with kept.in_turn(path):
            if not (path / _MARK).exists():
                _mark(path)
    except OSError as error:
        raise CannotRun(f"{path} cannot be the data folder ({_why(error)}): {_WRITABLE}.") from None


def complete(settings: Settings, *, making: bool = True) -> Settings:
    """The settings with what the data folder keeps for the demo: keys and the webhook secret.

    What is missing is made, unless `making` is off. Raises `CannotRun` when the master key of data
    that is there is lost, and `KeptFileBroken`.
    """
    known: dict[str, object] = {}
    if settings.demo and settings.master_key is None:
        key = _master_key(settings, making=making)
        known["master_key"] = SecretStr(key) if key else None
    if plays_sandbox(settings):
        known |= _sandbox(settings, making=making)
    return settings.model_copy(update=known)


def housed(settings: Settings, addresses: Addresses) -> Settings:
    """The settings with the addresses of the embedded PostgreSQL."""
    return settings.model_copy(
        update={
            "database_url": addresses.owner_url,
            "database_app_url": addresses.app_url,
            "database_platform_url": addresses.platform_url,
        }
    )


def beside(settings: Settings, *, pages: bool) -> Settings:
    """The settings with what runs on the data folder: its sandbox, and where its `pages` are."""
    told = _told(settings.data_dir)
    known: dict[str, object] = {}
    if pages and told["port"].isdecimal():
        known = {"host": told["host"], "port": int(told["port"])}
    if plays_sandbox(settings) and not settings.sandbox_url and told["sandbox_url"]:
        known |= {name: told[name] for name in ("sandbox_url", "stripe_api_base")}
    return settings.model_copy(update=known)


def has_pages(data_dir: Path) -> bool:
    """Whether a whole house runs on the data folder, and not a sandbox alone."""
    return bool(_told(data_dir)["port"])


def plays_sandbox(settings: Settings) -> bool:
    """Whether our sandbox stands in for Stripe."""
    return settings.demo and settings.stripe_api_key is None


def made_up_key(data_dir: Path) -> str | None:
    """The master key that was made for the demo, None when there is none."""
    return kept.read(_file(data_dir, "master.key"), mend=_OLD_KEY)


def webhook_endpoint(data_dir: Path) -> dict[str, str] | None:
    """Our endpoint at the sandbox as it was registered: its `id` and its `secret`."""
    return kept.read_fields(_file(data_dir, "webhook.json"), ("id", "secret"), mend=_NEW)


def keep_webhook_endpoint(data_dir: Path, endpoint: Mapping[str, str]) -> None:
    """Keep what `webhook_endpoint` gives back."""
    kept.write(_file(data_dir, "webhook.json"), json.dumps(dict(endpoint)))


def _told(data_dir: Path) -> dict[str, str]:
    path = data_dir / "running"
    if kept.read(path, mend=_AGAIN) in {None, _NOTHING}:
        return dict.fromkeys(_TOLD, "")
    return kept.read_fields(path, _TOLD, mend=_AGAIN) or dict.fromkeys(_TOLD, "")


def _mark(path: Path) -> None:
    if any(path.iterdir()):
        mend = "set BOOKEDBARBER_DATA_DIR to a new or an empty folder"
        raise CannotRun(f"{path} holds files that are not BookedBarber's: {mend}.")
    (path / _MARK).write_text(_MARK_TEXT)


def _master_key(settings: Settings, *, making: bool) -> str | None:
    path = _file(settings.data_dir, "master.key")
    found = made_up_key(settings.data_dir)
    if found is not None:
        if not config.is_master_key(found):
            raise KeptFileBroken(path, "holds no master key", _OLD_KEY)
        return found
    if settings.database_app_url is None and embedded.laid_out(settings.data_dir):
        raise CannotRun(f"{path} is lost, and nothing else opens what was sealed: {_OLD_KEY}.")
    return _secret(path, _new_master_key, making=making)


def _sandbox(settings: Settings, *, making: bool) -> dict[str, object]:
    url, base = settings.sandbox_url, settings.stripe_api_base or settings.sandbox_url
    if url is None:  # ours, on this machine
        near = settings.near_host
        base = web_address(near, settings.sandbox_port)
        # By its name, since a Content-Security-Policy cannot speak of an IPv6 address.
        url = web_address("localhost" if near == "::1" else near, settings.sandbox_port)
    url = url.rstrip("/")
    secret = _key(settings.data_dir, "sandbox.secret_key", "sk_test_", making=making)
    publishable = _key(settings.data_dir, "sandbox.publishable_key", "pk_test_", making=making)
    webhook = webhook_endpoint(settings.data_dir)
    return {
        "sandbox_url": url,
        "stripe_api_base": base,
        "stripe_js_url": f"{url}/v3/",
        "stripe_api_key": SecretStr(secret) if secret else None,
        "stripe_publishable_key": publishable,
        "stripe_webhook_secrets": (SecretStr(webhook["secret"]),) if webhook else (),
    }


def _key(data_dir: Path, name: str, prefix: str, *, making: bool) -> str | None:
    path = _file(data_dir, name)
    found = _secret(path, lambda: f"{prefix}{secrets.token_hex(24)}", making=making)
    if found is not None and not found.startswith(prefix):
        raise KeptFileBroken(path, f"does not begin with {prefix}", _NEW)
    return found


def _secret(path: Path, make: Callable[[], str], *, making: bool) -> str | None:
    """The kept secret; made when it is missing, by the first of those who ask at once."""
    found = kept.read(path, mend=_NEW)
    if found is not None or not making:
        return found
    prepare(path.parent.parent)
    with kept.in_turn(path.parent.parent):
        found = kept.read(path, mend=_NEW)
        if found is None:
            found = make()
            kept.write(path, found)
    return found


def _new_master_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _file(data_dir: Path, name: str) -> Path:
    return data_dir / "secrets" / name


def _why(error: OSError) -> str:
    return error.strerror or str(error)
