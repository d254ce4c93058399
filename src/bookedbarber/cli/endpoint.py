"""Registers our webhook endpoint at the sandbox, the way an operator registers it at Stripe."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Final

from pydantic import SecretStr

from bookedbarber.cli.household import CannotRun, read_secret, write_secret
from bookedbarber.config import Settings

WEBHOOK_PATH: Final = "/webhooks/stripe"


def status(url: str) -> int | None:
    """The HTTP status that `url` is answered with, None when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 # our own http address
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return None


def register(settings: Settings) -> Settings:
    """Make the sandbox deliver to this house; the settings come back with the signing secret."""
    url = f"http://{settings.near_host}:{settings.port}{WEBHOOK_PATH}"
    known = json.loads(read_secret(settings.data_dir, "webhook.endpoint") or "{}")
    secret = read_secret(settings.data_dir, "webhook.secret")
    if known.get("url") == url and secret and _exists(settings, known["id"]):
        return settings.model_copy(update={"stripe_webhook_secrets": (SecretStr(secret),)})
    if "id" in known and _exists(settings, known["id"]):
        _call(settings, "DELETE", f"/v1/webhook_endpoints/{known['id']}")
    made = _call(settings, "POST", "/v1/webhook_endpoints", {"url": url, "enabled_events[]": "*"})
    write_secret(settings.data_dir, "webhook.secret", made["secret"])
    write_secret(settings.data_dir, "webhook.endpoint", json.dumps({"id": made["id"], "url": url}))
    return settings.model_copy(update={"stripe_webhook_secrets": (SecretStr(made["secret"]),)})


def _exists(settings: Settings, endpoint: str) -> bool:
    try:
        _call(settings, "GET", f"/v1/webhook_endpoints/{endpoint}")
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return False
        raise
    return True


def _call(
    settings: Settings, method: str, path: str, fields: dict[str, str] | None = None
) -> dict[str, Any]:
    if settings.stripe_api_key is None:
        raise CannotRun("STRIPE_API_KEY is missing: the webhook endpoint cannot be registered.")
    request = urllib.request.Request(  # noqa: S310 # our own sandbox's http address
        f"{settings.stripe_api_base}{path}",
        method=method,
        data=urllib.parse.urlencode(fields).encode() if fields else None,
        headers={"Authorization": f"Bearer {settings.stripe_api_key.get_secret_value()}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 # as above
        body: dict[str, Any] = json.load(answer)
        return body
