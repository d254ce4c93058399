"""What the stories act with, put together from the settings once for each process."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from bookedbarber import clock
from bookedbarber.clock import Clock, SharedClock, SystemClock, seconds_of
from bookedbarber.config import BadSetting, Settings
from bookedbarber.database import Database
from bookedbarber.messages import server
from bookedbarber.messages.delivery import Courier
from bookedbarber.messages.server import MailServer
from bookedbarber.processor.client import Processor
from bookedbarber.processor.pace import Pace, Rules
from bookedbarber.resilience.breaker import Breakers, Report
from bookedbarber.resilience.limiter import Limiter, limiter_for
from bookedbarber.vault import Vault, master_key_of

WORKERS = 1  # that ask Stripe beside the web processes
log = structlog.get_logger("house")


@dataclass(frozen=True, slots=True)
class Means:
    """The database, Stripe, the vault, and the house's own settings."""

    database: Database
    processor: Processor
    vault: Vault
    hold: timedelta
    link_key: bytes
    site_url: str
    mail: Courier | None = None
    breakers: Breakers = field(default_factory=lambda: Breakers(time.monotonic))


def clock_of(settings: Settings) -> Clock:
    """The machine's time; in demo, time that an operator may move on for every process at once."""
    return SharedClock(settings.data_dir / clock.FILE) if settings.demo else SystemClock()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one answer of Stripe is waited for, in seconds, and how often it is asked again."""

    seconds: float
    again: int


AT_WORK: Final = Patience(10.0, 2)
AT_A_DOOR: Final = Patience(6.0, 1)  # somebody waits; a job goes on where this stops


@asynccontextmanager
async def means_of(
    settings: Settings, *, connections: int, patience: Patience = AT_WORK
) -> AsyncIterator[Means]:
    """The database, Stripe and the vault, given back at the end.

    `connections` is for each of the two database roles. Raises BadSetting when something is not
    set, and DatabaseUnavailable.
    """
    app_url, platform_url = settings.database_app_url, settings.database_platform_url
    if app_url is None or platform_url is None:
        raise BadSetting("BOOKEDBARBER_DATABASE_APP_URL and …_PLATFORM_URL must both be set.")
    if settings.stripe_api_key is None:
        raise BadSetting("STRIPE_API_KEY is not set: without it there is nobody to pay through.")
    if settings.master_key is None:
        raise BadSetting("BOOKEDBARBER_MASTER_KEY is not set: personal fields cannot be sealed.")
    master = master_key_of(settings.master_key.get_secret_value())
    breakers = Breakers(time.monotonic, on_move=_report)
    real_time = seconds_of(SystemClock())  # Stripe and mail servers live in it, demo or not
    async with AsyncExitStack() as ending:
        limiter = await ending.enter_async_context(
            limiter_for(settings.redis_url, real_time, breakers=breakers)
        )
        processor = Processor(
            api_key=settings.stripe_api_key.get_secret_value(),
            api_base=settings.stripe_api_base,
            breakers=breakers,
            pace=Pace(limiter, _rules_of(settings)),
            timeout=patience.seconds,
            retries=patience.again,
        )
        ending.push_async_callback(processor.close)
        database = await Database.open(app_url, platform_url, size=connections)
        ending.push_async_callback(database.close)
        yield Means(
            database=database,
            processor=processor,
            vault=Vault(master),
            hold=timedelta(minutes=settings.hold_minutes),
            link_key=master.derive("links"),
            site_url=settings.site_url,
            mail=_courier_of(settings, breakers, limiter),
            breakers=breakers,
        )


def _rules_of(settings: Settings) -> Rules:
    """How fast Stripe may be asked by this process, beside the other web processes and a worker."""
    return Rules.of(
        settings.stripe_api_key.get_secret_value() if settings.stripe_api_key else "",
        at_stripe=settings.stripe_api_base is None,
        processes=settings.web_workers + WORKERS,
    )


def _courier_of(settings: Settings, breakers: Breakers, limiter: Limiter) -> Courier | None:
    there = mail_of(settings)
    return Courier(there, breakers.of("smtp", "send"), limiter) if there else None


def mail_of(settings: Settings) -> MailServer | None:
    """The mail server of the settings, None when there is none. Raises BadSetting."""
    if settings.smtp_url is None:
        return None
    try:
        return server.parse(settings.smtp_url, sender=settings.mail_from or "")
    except ValueError as wrong:
        raise BadSetting(f"BOOKEDBARBER_SMTP_URL or BOOKEDBARBER_MAIL_FROM: {wrong}.") from None


def _report(moved: Report) -> None:
    log.warning("breaker.moved", breaker=moved.name, state=moved.state, failures=moved.failures)
