"""Registers our webhook endpoint at the sandbox, the way an operator registers it at Stripe."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Final

from pydantic import SecretStr

from bookedbarber.cli import household
from bookedbarber.cli.household import CannotRun
from bookedbarber.config import Settings, web_address

WEBHOOK_PATH: Final = "/webhooks/stripe"
_ENDPOINTS: Final = "/v1/webhook_endpoints"
_MARK, _HOUSE = "registered_by", "bookedbarber"


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
    """Make the sandbox deliver to this house; the settings come back with the signing secret.

    An endpoint whose secret we know moves along, so that what it still has to deliver arrives.
    Others of ours go: a house killed before it kept the secret left them, and nobody can take what
    they sign. Raises `CannotRun` when the sandbox refuses or is silent.
    """
    url = web_address(settings.near_host, settings.port) + WEBHOOK_PATH
    known = household.webhook_endpoint(settings.data_dir)
    there = _ours(settings, url)
    for endpoint in there.keys() - {known and known["id"]}:
        _call(settings, "DELETE", f"{_ENDPOINTS}/{endpoint}")
    if known is None or known["id"] not in there:
        wish = {"url": url, "enabled_events[]": "*", f"metadata[{_MARK}]": _HOUSE}
        made = _call(settings, "POST", _ENDPOINTS, wish)
        known = {"id": made["id"], "secret": made["secret"]}
        household.keep_webhook_endpoint(settings.data_dir, known)
    elif there[known["id"]] != url:
        _call(settings, "POST", f"{_ENDPOINTS}/{known['id']}", {"url": url})
    return settings.model_copy(update={"stripe_webhook_secrets": (SecretStr(known["secret"]),)})


def _ours(settings: Settings, url: str) -> dict[str, str]:
    """The URL of each endpoint that we registered, or that delivers to us, by its id."""
    listed = _call(settings, "GET", f"{_ENDPOINTS}?limit=100")["data"]
    ours = [e for e in listed if e["url"] == url or e["metadata"].get(_MARK) == _HOUSE]
    return {endpoint["id"]: endpoint["url"] for endpoint in ours}


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
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 # as above
            body: dict[str, Any] = json.load(answer)
            return body
    except (OSError, ValueError) as error:  # an HTTPError is an OSError too
        why = getattr(error, "reason", error)
        raise CannotRun(
            f"The sandbox at {settings.stripe_api_base} did not register our webhook endpoint "
            f"({why}): see that it runs and is of this data folder, or start over with --fresh."
        ) from None
