"""Stripe's signing scheme: HMAC-SHA256 of `t.body`, several secrets and signatures at once.

Source: docs.stripe.com/webhooks, "Verify webhook signatures manually". Unlike the SDK, a time
too far ahead is refused as well as one too far back.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar, Final

from bookedbarber.errors import Refused

TOLERANCE: Final = timedelta(seconds=300)


class SignatureInvalid(Refused):
    """The request was not signed by Stripe with one of our secrets, or not just now.

    The fact `reason` is for our log: `absent`, `unreadable`, `wrong` or `stale`.
    """

    code: ClassVar[str] = "webhook_signature_invalid"


def verify(header: str, body: bytes, *, secrets: Sequence[str], now: datetime) -> None:
    """Accept `body` when any of its v1 signatures is by any of our secrets and is fresh.

    Raises SignatureInvalid; takes the same time whichever byte differs.
    """
    timestamp, signatures = _read(header)
    payload = str(timestamp).encode() + b"." + body
    expected = [hmac.digest(secret.encode(), payload, sha256).hex() for secret in secrets]
    # Every pair is compared, so that the time taken tells nothing of which one matched.
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in signatures]
    if not any(matches):
        raise SignatureInvalid("No signature matches.", reason="wrong")
    if abs(now.timestamp() - timestamp) > TOLERANCE.total_seconds():
        raise SignatureInvalid("The signature is not of this time.", reason="stale")


def _read(header: str) -> tuple[int, list[str]]:
    timestamp: int | None = None
    signatures = []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) <= 12:
            timestamp = int(value)
        elif name == "v1" and value.isascii():
            signatures.append(value)
    if timestamp is None or not signatures:
        reason = "unreadable" if header.strip() else "absent"
        raise SignatureInvalid("The signature header cannot be read.", reason=reason)
    return timestamp, signatures
