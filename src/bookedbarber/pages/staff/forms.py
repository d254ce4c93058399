"""What the desk's forms have in common: a ticket, so that a second press is the same act."""

import secrets
from typing import Final, cast

from starlette.datastructures import FormData

from bookedbarber.messages.language import Language
from bookedbarber.pages import render
from bookedbarber.pages.staff import confirming
from bookedbarber.pages.staff.shell import Desk
from bookedbarber.resilience.idempotency import IdempotencyKeyInvalid, Key

LONGEST: Final = 1000  # characters of any one field


def text(form: FormData, name: str) -> str:
    """A field as somebody typed it, without NULs and blanks around it; empty when it is missing."""
    value = form.get(name)
    return value.replace("\0", "").strip()[:LONGEST] if isinstance(value, str) else ""


def spoken(desk: Desk) -> Language:
    """The language that the pages of this shop are in."""
    env = render.environment(desk.shop.locale, desk.shop.country)
    return cast("Language", env.globals["language"])


def new_ticket() -> str:
    """The name of one showing of a form."""
    return secrets.token_urlsafe(16)


def _apart(name: str) -> bool:
    """Whether a field is no part of what is asked for: its ticket, and how it was confirmed."""
    return name == "ticket" or name.startswith(confirming.OURS)


def ticket_key(desk: Desk, form: FormData, *, operation: str) -> Key:
    """The key of what a form asks for: pressing twice does it once, whatever browsers do."""
    ticket = text(form, "ticket") or new_ticket()
    fields = sorted((name, text(form, name)) for name in form if not _apart(name))
    body = [[name, value] for name, value in fields]
    try:
        return Key.of(caller=desk.actor, text=ticket, operation=operation, body=body)
    except IdempotencyKeyInvalid:
        return Key.of(caller=desk.actor, text=new_ticket(), operation=operation, body=body)
