"""One canonical line per request or job, on standard error: JSON for machines, text for people.

Lines carry ids and amounts. Secrets and contact data have no place in them: what looks like a key
of Stripe or of ours, a webhook secret, a signed link, a password in an address, an e-mail address
or a card number is masked on the way out, as a net under the habit of never logging it.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping

import structlog
from pydantic import SecretStr

MASK = "•••"

_SECRETS = re.compile(
    r"\b(?:sk|rk)_(?:test|live)_\w+"  # Stripe's secret and restricted keys
    r"|\bwhsec_[\w+/=]+"
    r"|\bbbk_[\w-]+"  # keys of a shop's own systems
    r"|(?<=://)(?:[^\s/?#]*:[^\s?#]*|[^\s/?#]+)(?=@)"  # who asks, and their password, in an address
    r"|\b\w+_secret_\w+"  # client secrets of intents: pi_…_secret_…
    r"|(?<![\w-])[\w-]{64}(?![\w-])"  # signed links
    r"|[^\s@<>\"'(),:;/=]{1,64}@[^\s@<>\"'(),:;/]{1,255}\.\w{2,63}"  # e-mail addresses
)
_DIGITS = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")


def configure(
    *,
    level: str = "info",
    plain: bool | None = None,
    hushed: Callable[[], bool] = lambda: False,
) -> None:
    """Send our lines and those of the libraries the same way; `plain` defaults to a terminal.

    While `hushed` says so, lines of ours that are no warning are left out: a demo that races
    through its history would drown everything else.
    """
    plain = sys.stderr.isatty() if plain is None else plain
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        if plain
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _hush(hushed),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("alembic", "asyncio", "stripe", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def _hush(hushed: Callable[[], bool]) -> structlog.typing.Processor:
    """Drops what is no warning while it is to be quiet."""

    def drop(
        logger: object, method: str, event: MutableMapping[str, object]
    ) -> MutableMapping[str, object]:
        del logger
        if method in {"debug", "info"} and hushed():
            raise structlog.DropEvent
        return event

    return drop


def mask(
    logger: object, method: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Replace what must never be logged, however deep it hides; a structlog processor."""
    del logger, method
    for key, value in event.items():
        event[key] = _masked(value)
    return event


def _masked(value: object) -> object:
    if isinstance(value, str):
        return _DIGITS.sub(_masked_card, _SECRETS.sub(MASK, value))
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, Mapping):
        return {key: _masked(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(part) for part in value]
    if value is None or isinstance(value, int | float):
        return value
    return _masked(str(value))  # what it would be written as


def _masked_card(found: re.Match[str]) -> str:
    """Mask a run of digits only when it passes the check digit that every card number carries."""
    digits = [int(digit) for digit in found[0] if digit.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return MASK if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]
