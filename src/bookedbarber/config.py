"""What an operator may set, read once from the environment and never changed afterwards.

Everything is named `BOOKEDBARBER_…` except the five names that hosting platforms and Stripe's own
tools already use. A setting that cannot be is answered with one sentence that names the variable
and the mend and never repeats its value, since the value may be a secret. `docs/settings.md` is
generated from the descriptions below.
"""

import base64
import binascii
import difflib
import ipaddress
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "BOOKEDBARBER_"
# Variables of our name that are no settings: `failpoints.py` reads them, in tests only.
FAILPOINTS = frozenset(
    f"{PREFIX}{name}" for name in ("FAILPOINTS", "FAILPOINTS_ALLOWED", "FAILPOINTS_RECORD")
)

# Connections to each of the two database roles: four to twelve in all serve two cores best.
WEB_CONNECTIONS: Final = 4  # a web process, and one of the platform's to listen
WORKER_CONNECTIONS: Final = 4  # the worker, which uses the platform's, and one of them to listen
_OTHER_CONNECTIONS: Final = 24  # commands, migrations, psql, and what PostgreSQL reserves

Port = Annotated[int, Field(ge=1, le=65535)]
DatabaseUrl = Annotated[str, Field(pattern=r"^postgres(ql)?://")]
WebUrl = Annotated[str, Field(pattern=r"^https?://[^/\s]+")]


_ADDRESSES: Final = (
    *("redis_url", "smtp_url", "public_url"),
    *("stripe_api_base", "stripe_js_url", "sandbox_url"),
)


class BadSetting(Exception):
    """A setting is missing or cannot be; the text is one sentence with the mend in it."""


class Settings(BaseSettings):
    """Everything an operator may set. Frozen; equal settings start equal houses."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    environment: Literal["demo", "production"] = Field(
        "demo",
        description="Whether real money may move: `demo` refuses live keys and fills in what is "
        "missing; `production` refuses everything made up.",
    )
    data_dir: Path = Field(
        Path(".data"),
        description="Folder that keeps the embedded PostgreSQL, the sandbox's state and generated "
        "secrets.",
    )
    database_url: DatabaseUrl | None = Field(
        None,
        repr=False,
        validation_alias="DATABASE_URL",
        description="PostgreSQL address of the owner role, used by migrations only; without it an "
        "embedded PostgreSQL runs in the data folder.",
    )
    database_app_url: DatabaseUrl | None = Field(
        None,
        repr=False,
        description="Address of the role that serves one tenant's requests; required with "
        "`DATABASE_URL`.",
    )
    database_platform_url: DatabaseUrl | None = Field(
        None,
        repr=False,
        description="Address of the role that settles, runs jobs and crosses tenants; required "
        "with `DATABASE_URL`.",
    )
    redis_url: str | None = Field(
        None,
        repr=False,
        validation_alias="REDIS_URL",
        pattern=r"^(rediss?|unix)://",
        description="Redis for limits shared by several processes; without it each process keeps "
        "its own.",
    )
    stripe_api_key: SecretStr | None = Field(
        None,
        validation_alias="STRIPE_API_KEY",
        description="Stripe secret or restricted key; without it the sandbox stands in for Stripe.",
    )
    stripe_publishable_key: str | None = Field(
        None,
        validation_alias="STRIPE_PUBLISHABLE_KEY",
        pattern=r"^pk_(test|live)_\w+$",
        description="Stripe key that the payment page shows to the browser.",
    )
    stripe_webhook_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        validation_alias="STRIPE_WEBHOOK_SECRETS",
        description="Signing secrets of the webhook endpoints, separated by commas: several while "
        "one is being rolled.",
    )
    stripe_api_base: WebUrl | None = Field(
        None, description="Where Stripe's API is found; unset means Stripe itself."
    )
    stripe_js_url: WebUrl = Field(
        "https://js.stripe.com/endive/stripe.js",
        description="Browser script of Stripe, of the release that the pinned SDK belongs to.",
    )
    sandbox_url: WebUrl | None = Field(
        None,
        description="Address of a running sandbox; set for its sibling processes by "
        "`bookedbarber up`.",
    )
    public_url: WebUrl | None = Field(
        None,
        description="Address that clients and Stripe reach us at; unset means the host and port.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of the proxies before the pages, separated by commas: "
        "their `X-Forwarded-For` and `X-Forwarded-Proto` are believed, and nobody else's.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address the pages are served on.")
    port: Port = Field(8000, description="Port the pages are served on.")
    sandbox_port: Port = Field(12111, description="Port the sandbox is served on.")
    sandbox_seed: int = Field(
        1, ge=0, description="Seed from which the sandbox draws every choice it makes."
    )
    web_workers: int = Field(
        2, ge=1, le=64, description="Number of processes that serve pages and the API."
    )
    history_days: int = Field(
        90,
        ge=0,
        le=365,
        description="Days of history that a demo with its own sandbox lives through when it is "
        "started for the first time; 0 for an empty book and no stream of visits.",
    )
    hold_minutes: int = Field(
        10, ge=1, le=120, description="Minutes a slot stays held while its payment is finished."
    )
    master_key: SecretStr | None = Field(
        None,
        description="32 bytes in base64 that wrap the vault's keys; in demo it is generated into "
        "the data folder.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least serious kind of line that is logged."
    )
    smtp_url: str | None = Field(
        None,
        repr=False,
        pattern=r"^smtps?://",
        description="Mail server, `smtp://user:password@host:587`; without it mail stays in the "
        "outbox page.",
    )
    mail_from: str | None = Field(
        None,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Address that mail to clients comes from; required with a mail server.",
    )

    @property
    def demo(self) -> bool:
        """Whether this house plays with made-up money."""
        return self.environment == "demo"

    @property
    def near_host(self) -> str:
        """The address by which this machine reaches what it serves itself."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 # compared, not bound

    @property
    def site_url(self) -> str:
        """The address to print and to build links from, without a slash at its end."""
        return (self.public_url or web_address(self.near_host, self.port)).rstrip("/")

    @property
    def connections(self) -> int:
        """How many connections to PostgreSQL a house of these settings may hold at once."""
        each = self.web_workers * WEB_CONNECTIONS + WORKER_CONNECTIONS
        return 2 * each + _OTHER_CONNECTIONS

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is passed in; `load` hands the environment over, so that tests need none."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @field_validator("stripe_webhook_secrets", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("stripe_webhook_secrets")
    @classmethod
    def _look_like_webhook_secrets(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(not secret.get_secret_value().startswith("whsec_") for secret in value):
            raise _mend("holds something that is no webhook secret: each begins with whsec_")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(_network(part) for part in value)
        except ValueError:
            wish = "addresses or networks, as in 10.0.0.7,192.168.1.0/24"
            raise _mend(f"holds something that is no network: write {wish}") from None

    @field_validator(*_ADDRESSES)
    @classmethod
    def _has_a_port_to_call(cls, value: str | None) -> str | None:
        try:
            if value is not None and urlsplit(value).port == 0:
                raise ValueError
        except ValueError:
            raise _mend("names no port that can be called: it is a number up to 65535") from None
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_understood_by_redis(cls, value: str | None) -> str | None:
        if value is None:
            return None
        from redis.connection import parse_url  # noqa: PLC0415 # costs whoever sets it, and no other

        try:
            parse_url(value)  # type: ignore[no-untyped-call] # redis leaves it so
        except ValueError:
            raise _mend("is no address of a Redis: write redis://host:6379/0") from None
        return value

    @field_validator("stripe_api_key")
    @classmethod
    def _looks_like_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(
            ("sk_test_", "rk_test_", "sk_live_", "rk_live_")
        ):
            raise _mend("is no Stripe secret key: it begins with sk_test_ or rk_test_ in demo")
        return value

    @field_validator("master_key")
    @classmethod
    def _is_32_bytes(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_master_key(value.get_secret_value()):
            raise _mend("must be 32 bytes in base64: make one with `openssl rand -base64 32`")
        return value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        for sentence in _disagreements(self):
            raise PydanticCustomError("disagreement", sentence)
        return self

    def to_environment(self, *, without: Collection[str] = ()) -> dict[str, str]:
        """The variables from which `load` reads these settings, for a child process."""
        kept: dict[str, str] = {}
        for name in type(self).model_fields.keys() - set(without):
            value = getattr(self, name)
            if value is not None and value != ():
                kept[variable(name)] = _plain(value)
        return kept


def load(
    environ: Mapping[str, str] | None = None, *, tolerant: bool = False, **overrides: object
) -> Settings:
    """The settings in `environ` (the process's own when not given), with command-line overrides.

    Raises `BadSetting` with one sentence for the first thing that is wrong; `tolerant` lets pass
    what production lacks, for the doctor to name it all.
    """
    environ = os.environ if environ is None else environ
    names = {variable(field): field for field in Settings.model_fields}
    for name in environ:
        if name.startswith(PREFIX) and name not in names and name not in FAILPOINTS:
            raise BadSetting(_unknown(name, list(names)))
    given: dict[str, Any] = {names[n]: v for n, v in environ.items() if n in names and v.strip()}
    given.update({name: value for name, value in overrides.items() if value is not None})
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise BadSetting(_sentence(error.errors(include_input=False)[0])) from None
    if not settings.demo:
        for name in sorted(FAILPOINTS & environ.keys()):
            raise BadSetting(f"{name} lets things be broken on purpose: production wants it unset.")
    if not (settings.demo or tolerant):
        for sentence in _made_up(settings):
            raise BadSetting(f"{sentence}.")
    return settings


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment less everything that `load` would read."""
    names = {variable(field) for field in Settings.model_fields}
    return {name: value for name, value in environ.items() if name not in names}


def web_address(host: str, port: int) -> str:
    """The http address of a port; an IPv6 address stands in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_master_key(text: str) -> bool:
    """Whether a text is 32 bytes in base64."""
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def variable(field: str) -> str:
    """The environment variable that sets `field`."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{field.upper()}"


def _disagreements(settings: Settings) -> list[str]:
    """What cannot stand together, each as a sentence, the most telling first."""
    key = settings.stripe_api_key.get_secret_value() if settings.stripe_api_key else ""
    live, shown = "_live_" in key, settings.stripe_publishable_key
    found = _missing_addresses(settings)
    if settings.demo and (live or (shown and "_live_" in shown)):
        which = "STRIPE_API_KEY" if live else "STRIPE_PUBLISHABLE_KEY"
        mend = "use a test key, or set BOOKEDBARBER_ENVIRONMENT=production"
        found.append(f"{which} is a live key and demo never moves real money: {mend}")
    if settings.smtp_url and not settings.mail_from:
        mend = "set it to the address that clients see as the sender"
        found.append(f"BOOKEDBARBER_MAIL_FROM is missing and BOOKEDBARBER_SMTP_URL is set: {mend}")
    if key and shown and live != ("_live_" in shown):
        mend = "take both from the same page of the Stripe dashboard"
        found.append(f"STRIPE_PUBLISHABLE_KEY and STRIPE_API_KEY are of different modes: {mend}")
    return found


def _missing_addresses(settings: Settings) -> list[str]:
    roles = ("database_app_url", "database_platform_url")
    if not any(getattr(settings, name) for name in ("database_url", *roles)):
        return []
    why = "a database of your own needs the addresses of the app and the platform role"
    where = "docs/operations.md shows how to make them"
    missing = [name for name in roles if not getattr(settings, name)]
    return [f"{variable(name)} is missing: {why} ({where})" for name in missing]


def _made_up(settings: Settings) -> list[str]:
    """What production refuses to make up, as demo would."""
    needed = {
        "stripe_api_key": "it is the secret key of your Stripe account",
        "stripe_publishable_key": "the payment page cannot load without it",
        "stripe_webhook_secrets": "the Stripe dashboard shows it beside the webhook endpoint",
        "master_key": "make one with `openssl rand -base64 32` and keep it apart from the backups",
    }
    missing = [name for name in needed if not getattr(settings, name)]
    found = [f"{variable(n)} is missing and production needs it: {needed[n]}" for n in missing]
    if settings.sandbox_url:
        found.insert(0, "BOOKEDBARBER_SANDBOX_URL is set, but production has no sandbox: unset it")
    return found


def _network(text: str) -> str:
    """The one spelling of a network, and of a single address; ValueError for anything else."""
    found = ipaddress.ip_network(text)
    return str(found.network_address if found.num_addresses == 1 else found)


def _mend(complaint: str) -> PydanticCustomError:
    return PydanticCustomError("mend", complaint)


def _sentence(error: ErrorDetails) -> str:
    if not error["loc"]:
        return f"{error['msg']}."
    where = str(error["loc"][0])
    name = variable(where) if where in Settings.model_fields else where
    if error["type"] == "mend":
        return f"{name} {error['msg']}."
    if error["type"] == "string_pattern_mismatch":
        return f"{name} has the wrong form: it must match {error['ctx']['pattern']} (a pattern)."
    wish = error["msg"].removeprefix("Input should be ").removeprefix("Value should be ")
    return f"{name} must be {wish[0].lower()}{wish[1:]}."


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
    mend = f"did you mean {near[0]}?" if near else "docs/settings.md lists what there is."
    return f"{name} is no setting of BookedBarber: {mend}"


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(_plain(part) for part in value)
    return str(value)
