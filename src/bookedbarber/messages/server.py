"""The mail server an operator names, and how its line is kept private."""

import ipaddress
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_PORTS: Final = {"smtp": 587, "smtps": 465}


class Privacy(StrEnum):
    """How the line to the server is kept private."""

    IMPLICIT = "implicit"  # TLS from the first byte
    STARTTLS = "starttls"  # asked for before anything is said; without it nothing is sent
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and from which address it comes."""

    host: str
    port: int
    privacy: Privacy
    sender: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    @property
    def domain(self) -> str:
        """The domain of the address mail comes from."""
        return self.sender.rpartition("@")[2]


def parse(url: str, *, sender: str) -> MailServer:
    """The server behind `smtp://user:password@host:587` or `smtps://…`, writing as `sender`.

    `smtps` is TLS from the start; `smtp` insists on STARTTLS, except on this machine or with
    `?tls=none`, and then takes no password. Raises ValueError, whose text never repeats the URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("a mail server is smtp://host or smtps://host")
    asked = parse_qs(parts.query, keep_blank_values=True)
    if asked not in ({}, {"tls": ["none"]}):
        raise ValueError("the only option of a mail server is tls=none")
    privacy = _privacy(parts, off=bool(asked))
    if privacy is Privacy.NONE and (parts.username or parts.password):
        raise ValueError("a mail server without TLS is given no password")
    return MailServer(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        privacy=privacy,
        sender=_address(sender),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _privacy(parts: SplitResult, *, off: bool) -> Privacy:
    if parts.scheme == "smtps":
        if off:
            raise ValueError("smtps is TLS: use smtp with tls=none")
        return Privacy.IMPLICIT
    if parts.username:
        return Privacy.NONE if off else Privacy.STARTTLS
    return Privacy.NONE if off or _here(parts.hostname or "") else Privacy.STARTTLS


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(text: str) -> str:
    try:
        return Address(addr_spec=text).addr_spec
    except (ValueError, IndexError) as wrong:
        raise ValueError("the address mail comes from is not an address") from wrong
