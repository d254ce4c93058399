"""What Stripe, the mail server and Redis answer."""

import json
import smtplib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import redis

from bookedbarber.cli.doctor.finding import Finding
from bookedbarber.cli.endpoint import WEBHOOK_PATH
from bookedbarber.config import Settings

_STRIPE: Final = "https://api.stripe.com"
_DRIFT: Final = 30.0  # seconds; Stripe refuses a signature whose time is 300 seconds off


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings that need a call to somewhere else."""
    yield from _stripe(settings)
    yield _mail(settings)
    yield _limits(settings)


def _stripe(settings: Settings) -> Iterator[Finding]:
    if settings.stripe_api_key is None:
        yield Finding("Stripe's answer", good=False, seen="no key to ask with", mend="set one")
        return
    base, key = settings.stripe_api_base or _STRIPE, settings.stripe_api_key.get_secret_value()
    try:
        endpoints, date = _get(f"{base}/v1/webhook_endpoints?limit=100", key)
    except urllib.error.HTTPError as error:
        mend = "check the key in the Stripe dashboard; a restricted one must read webhook endpoints"
        yield Finding("Stripe's answer", good=False, seen=f"{base} says {error.code}", mend=mend)
        return
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        mend = "let this machine reach it over https"
        yield Finding("Stripe's answer", good=False, seen=f"{base} is silent: {why}", mend=mend)
        return
    yield Finding("Stripe's answer", good=True, seen=f"{base} knows the key", mend="")
    url = f"{settings.site_url}{WEBHOOK_PATH}"
    enabled = [e["url"] for e in endpoints["data"] if e.get("status") == "enabled"]
    yield Finding(
        "webhook endpoint",
        url in enabled,
        f"{'' if url in enabled else 'not '}among {len(enabled)} enabled at Stripe: {url}",
        f"add the endpoint {url} in the Stripe dashboard, for all events",
    )
    offset = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    yield Finding(
        "clock against Stripe",
        abs(offset) <= _DRIFT,
        f"ours is {offset:+.0f} s from Stripe's",
        "let this machine keep time by NTP: Stripe's signatures expire after 300 s",
    )


def _get(url: str, key: str) -> tuple[dict[str, Any], str]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})  # noqa: S310 # http(s) by the settings' pattern
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 # as above
        body: dict[str, Any] = json.load(answer)
        return body, str(answer.headers["Date"])


def _mail(settings: Settings) -> Finding:
    mend = "set BOOKEDBARBER_SMTP_URL=smtp://user:password@host:587: receipts must go out"
    if settings.smtp_url is None:
        return Finding("mail", good=False, seen="BOOKEDBARBER_SMTP_URL is not set", mend=mend)
    server = urllib.parse.urlsplit(settings.smtp_url)
    connect = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    host, port = server.hostname or "", server.port or (465 if server.scheme == "smtps" else 587)
    try:
        with connect(host, port, timeout=10):
            return Finding("mail", good=True, seen=f"{host}:{port} greets", mend=mend)
    except (OSError, smtplib.SMTPException) as error:
        return Finding("mail", good=False, seen=f"{host}:{port}: {error}", mend=mend)


def _limits(settings: Settings) -> Finding:
    mend = "set REDIS_URL: limits must hold across processes and machines"
    if settings.redis_url is None:
        return Finding("shared limits", good=False, seen="REDIS_URL is not set", mend=mend)
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=5) as server:
            server.ping()
    except redis.RedisError as error:
        return Finding("shared limits", good=False, seen=f"no answer: {error}", mend=mend)
    return Finding("shared limits", good=True, seen="Redis answers", mend=mend)
