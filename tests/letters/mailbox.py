"""Mail servers for tests: aiosmtpd on a loopback port, in the test's own loop."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "shop@example.com", "p@ss:word/1"


@dataclass
class Mailbox:
    """What a server took over; `at_recipient` and `at_data` are what it answers, if not yes."""

    at_recipient: str = "250 OK"
    at_data: str = "250 OK"
    hang_up: bool = False
    envelopes: list[Envelope] = field(default_factory=list)
    private: list[bool] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """The messages, parsed by the standard library."""
        return [
            message_from_bytes(bytes(envelope.content or b""), policy=policy.default)  # type: ignore[arg-type] # typed for older policies
            for envelope in self.envelopes
        ]

    async def handle_RCPT(  # noqa: N802 # aiosmtpd's name
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
            self.private.append(session.ssl is not None)
        return self.at_recipient

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd's name
        self.envelopes.append(envelope)
        if self.hang_up:
            hang_up(server)
        return self.at_data


def hang_up(server: SMTP) -> None:
    """End the connection without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class CutsOff(SMTP):
    """A server that drops the line in the middle of a message."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: ARG002, N802 # aiosmtpd's name
        await self.push("354 go on")
        await self._reader.readline()
        hang_up(self)


@asynccontextmanager
async def open_for(
    mailbox: Mailbox,
    *,
    kind: Callable[..., SMTP] = SMTP,
    implicit: ssl.SSLContext | None = None,
    **options: Any,
) -> AsyncIterator[int]:
    """A server that hands what it gets to a mailbox; the port it listens on."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: kind(mailbox, loop=loop, hostname="mail.test", **options),
        "127.0.0.1",
        0,
        ssl=implicit,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0)


def password_of_ours(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
) -> AuthResult:
    """Lets one user in."""
    known = isinstance(data, LoginPassword) and (
        (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    )
    return AuthResult(success=known, handled=False)


@dataclass(frozen=True)
class Certificates:
    """A server's side of TLS, and a client that trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def self_signed(folder: Path) -> Certificates:
    """A fresh certificate for the loopback address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "mail.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return Certificates(server, ssl.create_default_context(cafile=str(pem)))
