"""Every page that people see, by its address, and the pictures in which `look` looks at it.

`look` refuses a picture of another page than the one it is kept under; `test_album.py` misses
pages that have no picture, and pictures that nobody takes.
"""

from functools import cache
from re import Pattern
from typing import Final
from urllib.parse import urlsplit

from starlette.routing import compile_path

PAGES: Final[dict[str, tuple[str, ...]]] = {
    "/": ("index",),
    "/b/{shop}": (
        "booking-empty", "booking-faults", "booking-chosen", "booking-own-look", "start-preview",
    ),
    "/b/{shop}/my": ("my-ask", "my-asked", "my-wrong", "my-ended"),
    "/my/{link}": ("my-bookings", "my-empty"),
    "/pay/{link}": (
        "pay", "pay-declined", "pay-bank", "pay-action", "pay-expired",
        "pay-processing", "pay-paid", "pay-checking", "pay-cancelled",
    ),
    "/pay/{link}/return": ("pay-hosted",),
    "/receipt/{link}": ("receipt-deposit", "receipt-refunded"),
    "/manage/{link}": (
        "manage", "manage-held", "manage-late", "manage-cancelled", "manage-movable",
        "manage-moved", "manage-arrived", "manage-missed",
    ),
    "/manage/{link}/cancel": ("cancel", "cancel-changed"),
    "/manage/{link}/move": ("move", "move-taken"),
    "/manage/{link}/move/check": ("move-ask",),
    "/docs/errors": ("problems",),
    "/api/v2": ("reference", "reference-open"),
    "/outbox": ("outbox",),
    "/outbox/{message}": ("outbox-letter",),
    "/demo": ("demo",),
    "/design": ("design",),
    "/start": ("start-account",),
    "/start/shop": ("start-country", "start-shop"),
    "/desk/{shop}/setup/services": ("start-services",),
    "/desk/{shop}/setup/hours": ("start-hours",),
    "/desk/{shop}/setup/barbers": ("start-barbers",),
    "/desk/{shop}/setup/policy": ("start-policy",),
    "/desk/{shop}/setup/open": ("start-open", "start-done"),
    "/desk": ("shops",),
    "/desk/sign-in": ("sign-in", "sign-in-wait"),
    "/desk/code": ("second-step", "second-step-wrong"),
    "/desk/authenticator": ("authenticator",),
    "/desk/password": ("password", "password-wrong"),
    "/desk/{shop}/overview": ("overview", "overview-4w", "overview-new"),
    "/desk/{shop}/attention": ("attention",),
    "/desk/{shop}/day": ("day", "day-panel", "day-empty", "day-new", "shortcuts"),
    "/desk/{shop}/walk-in": ("walk-in",),
    "/desk/{shop}/visits/{visit}": ("visit", "visit-refund-waits"),
    "/desk/{shop}/visits/{visit}/cancel": ("cancel-visit",),
    "/desk/{shop}/visits/{visit}/no-show": ("no-show",),
    "/desk/{shop}/visits/{visit}/move": ("desk-move", "desk-moved", "desk-move-over"),
    "/desk/{shop}/visits/{visit}/move/check": (
        "desk-move-ask", "desk-move-closed", "desk-move-wrong",
    ),
    "/desk/{shop}/visits/{visit}/refund": ("refund-how-much", "refund-asking"),
    "/desk/{shop}/payments": (
        "payments", "payments-new", "payments-filtered", "payments-wrong", "payments-file",
    ),
    "/desk/{shop}/payments/{payment}": ("payment", "payment-declined", "payment-send-again"),
    "/desk/{shop}/search": ("search", "search-empty"),
    "/desk/{shop}/settings/shop": ("settings-shop",),
    "/desk/{shop}/settings/services": ("settings-services", "settings-services-new"),
    "/desk/{shop}/settings/services/new": ("settings-service-new",),
    "/desk/{shop}/settings/services/{service}": ("settings-service",),
    "/desk/{shop}/settings/barbers": ("settings-barbers",),
    "/desk/{shop}/settings/barbers/new": ("settings-barber-new",),
    "/desk/{shop}/settings/barbers/{barber}": ("settings-barber",),
    "/desk/{shop}/settings/hours": ("settings-hours",),
    "/desk/{shop}/settings/policy": ("settings-policy",),
    "/desk/{shop}/settings/terms": ("settings-terms", "settings-terms-new"),
    "/desk/{shop}/settings/look": ("settings-look", "settings-look-own"),
    "/desk/{shop}/settings/keys": ("settings-keys", "settings-keys-new"),
    "/desk/{shop}/settings/people": (
        "settings-people", "settings-people-new", "settings-people-welcome",
    ),
}  # fmt: skip
INSTEAD: Final = (
    "error", "not-found", "not-found-desk", "not-allowed", "too-many", "too-many-desk", "out",
    "out-desk",
)  # fmt: skip
"""What stands where any other page was asked for."""
NO_PAGES: Final = {
    "/static/{path:path}": "style and scripts",
    "/b/{shop}/look.css": "a style",
    "/b/{shop}/logo/{mark}.webp": "a picture",
    "/calendar/{link}.ics": "a file",
    "/pay/{link}/status": "what the page of a payment asks",
    "/desk/{shop}": "leads on to a room of it",
    "/desk/{shop}/settings": "leads on to the first part",
    "/desk/{shop}/payments.csv": "a file",
    "/desk/{shop}/live": "a stream",
}


def shows(url: str, name: str) -> bool:
    """Whether a picture of this name may be taken at this address."""
    if name in INSTEAD:
        return True
    return bool(_address(name).match(urlsplit(url).path))


@cache
def _address(name: str) -> Pattern[str]:
    """What the addresses of a picture's page look like. Raises StopIteration: it is in no album."""
    path = next(path for path, names in PAGES.items() if name in names)
    return compile_path(path)[0]
