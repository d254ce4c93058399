"""What the settings alone tell."""

from collections.abc import Iterator

from bookedbarber.cli.doctor.finding import Finding
from bookedbarber.cli.household import made_up_key
from bookedbarber.config import Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings that need no look outside."""
    yield Finding(
        "environment",
        not settings.demo,
        f"BOOKEDBARBER_ENVIRONMENT is {settings.environment}",
        "set BOOKEDBARBER_ENVIRONMENT=production",
    )
    yield from _keys(settings)
    yield from _addresses(settings)
    key = settings.master_key.get_secret_value() if settings.master_key else ""
    made_up = key == made_up_key(settings.data_dir)
    seen = "BOOKEDBARBER_MASTER_KEY is set" if key else "BOOKEDBARBER_MASTER_KEY is not set"
    yield Finding(
        "master key",
        bool(key) and not made_up,
        "made for the demo, in the data folder" if made_up else seen,
        "set BOOKEDBARBER_MASTER_KEY from `openssl rand -base64 32`, kept apart from the backups",
    )


def _keys(settings: Settings) -> Iterator[Finding]:
    key = settings.stripe_api_key.get_secret_value() if settings.stripe_api_key else ""
    yield Finding(
        "Stripe secret key",
        "_live_" in key,
        f"STRIPE_API_KEY begins with {key[:8]}" if key else "STRIPE_API_KEY is not set",
        "set STRIPE_API_KEY to the live key (a restricted one if you can)",
    )
    shown = settings.stripe_publishable_key or ""
    yield Finding(
        "Stripe publishable key",
        "_live_" in shown,
        f"STRIPE_PUBLISHABLE_KEY begins with {shown[:8]}" if shown else "not set",
        "set STRIPE_PUBLISHABLE_KEY to the live key",
    )
    count = len(settings.stripe_webhook_secrets)
    yield Finding(
        "webhook secret",
        count > 0 and settings.sandbox_url is None,
        f"STRIPE_WEBHOOK_SECRETS holds {count}{' of the sandbox' if settings.sandbox_url else ''}",
        "set STRIPE_WEBHOOK_SECRETS to the signing secret shown beside the endpoint at Stripe",
    )


def _addresses(settings: Settings) -> Iterator[Finding]:
    yield Finding(
        "public address",
        (settings.public_url or "").startswith("https://"),
        f"BOOKEDBARBER_PUBLIC_URL is {settings.public_url or 'not set'}",
        "set BOOKEDBARBER_PUBLIC_URL to the https address that clients and Stripe reach",
    )
    proxied = (settings.public_url or "").startswith("https://")
    believed = ", ".join(settings.trusted_proxies)
    yield Finding(
        "clients behind the proxy",
        bool(believed) or not proxied,
        f"BOOKEDBARBER_TRUSTED_PROXIES is {believed or 'not set'}",
        "set BOOKEDBARBER_TRUSTED_PROXIES to the address of the proxy that speaks TLS: without it "
        "all clients look like one and share one limit",
    )
    yield Finding(
        "browser script",
        settings.stripe_js_url.startswith("https://js.stripe.com/"),
        f"BOOKEDBARBER_STRIPE_JS_URL is {settings.stripe_js_url}",
        "unset BOOKEDBARBER_STRIPE_JS_URL: Stripe's script must come from js.stripe.com",
    )
    yield Finding(
        "Stripe's address",
        settings.stripe_api_base is None,
        f"BOOKEDBARBER_STRIPE_API_BASE is {settings.stripe_api_base or 'Stripe itself'}",
        "unset BOOKEDBARBER_STRIPE_API_BASE and BOOKEDBARBER_SANDBOX_URL",
    )
