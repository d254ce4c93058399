"""Hands queued mail to a mail server: outside any transaction, at least once.

A worker that dies between the server's answer and our note of it sends again, under the same
Message-ID and date, by which mail programs tell the repetition.
"""

import asyncio
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from typing import ClassVar, Final
from uuid import UUID

import aiosmtplib
import idna
import structlog

from bookedbarber import failpoints, ids
from bookedbarber.database import Database
from bookedbarber.errors import Unavailable
from bookedbarber.messages import outbox, queries
from bookedbarber.messages.outbox import Content, Message
from bookedbarber.messages.server import MailServer, Privacy
from bookedbarber.messages.states import MessageState, may_become
from bookedbarber.resilience.breaker import Breaker
from bookedbarber.resilience.limiter import Limiter, RateLimited, Rule
from bookedbarber.resilience.turns import turn
from bookedbarber.vault import Vault

PATIENCE: Final = 40.0  # seconds for one message; less than a job's lease
ANSWER: Final = 20.0  # seconds for one answer
PACE: Final = Rule("mail", limit=10, period=1, burst=20)  # below what relays take from one sender
QUEUE: Final = 10.0  # seconds that a message waits for its turn
_OURS_TO_MEND: Final = frozenset({530, 534, 535, 538})  # the server wants other credentials
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SPACE: Final = re.compile(r"\s+")
log = structlog.get_logger("mail")


class MailUnavailable(Unavailable):
    """The mail server did not take the message for now; it stays queued."""

    code: ClassVar[str] = "mail_unavailable"


class MailRefused(Exception):
    """The server refused this message for good, or it can be addressed to nobody."""


@dataclass(frozen=True, slots=True)
class Courier:
    """The way to a mail server: not faster than it takes mail, and not while it is down."""

    server: MailServer
    breaker: Breaker
    limiter: Limiter

    async def hand_over(self, message: Message) -> None:
        """Give the server one message. Raises MailRefused, MailUnavailable or BreakerOpen."""
        if message.content is None:
            raise MailRefused("the person was forgotten")
        recipient = deliverable(message.content.recipient)
        mail = compose(self.server, message, message.content)
        try:
            await turn(self.limiter, PACE, self.server.host, patience=QUEUE)
        except RateLimited:
            raise MailUnavailable("There is more mail than the server takes.") from None
        await self.breaker.call(_send, self.server, mail, recipient)


async def send(
    database: Database,
    vault: Vault,
    courier: Courier,
    *,
    shop_id: UUID,
    name: str,
    now: datetime,
) -> MessageState | None:
    """Send the message for one occasion if it is queued, and say where it stands now.

    None when there is no such message. A refusal for good, or a person forgotten meanwhile,
    fails the message; anything else raises MailUnavailable or BreakerOpen and leaves it queued.
    """
    async with database.platform() as db:
        message = await outbox.find(db, vault, shop_id=shop_id, name=name)
    if message is None or message.state is not MessageState.QUEUED:
        return message.state if message else None
    try:
        await courier.hand_over(message)
    except MailRefused as refusal:
        shown = ids.show("msg", message.message_id)
        log.warning("mail.refused", message=shown, why=str(refusal))
        return await _move(database, message, to=MessageState.FAILED, at=None)
    return await _move(database, message, to=MessageState.SENT, at=now)


async def _move(
    database: Database, message: Message, *, to: MessageState, at: datetime | None
) -> MessageState:
    async with database.platform() as db:
        await queries.move(
            db,
            shop_id=message.shop_id,
            message_id=message.message_id,
            to_state=to,
            sent_at=at,
            from_states=may_become(to),
        )
    return to


async def _send(server: MailServer, mail: EmailMessage, recipient: str) -> None:
    taken = False
    try:
        async with (
            failpoints.around("smtp", "send"),
            asyncio.timeout(PATIENCE),
            _client(server) as client,
        ):
            await client.send_message(mail, sender=server.sender, recipients=[recipient])
            taken = True
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as failure:
        # Once the server said yes, a quarrel over goodbye changes nothing.
        if not taken:
            raise _judged(failure) from failure


def _client(server: MailServer) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password,
        local_hostname=server.domain,
        timeout=ANSWER,
        use_tls=server.privacy is Privacy.IMPLICIT,
        start_tls=server.privacy is Privacy.STARTTLS,
        tls_context=None if server.privacy is Privacy.NONE else server.tls,
    )


def _judged(failure: Exception) -> Exception:
    """For good is what the server says of this recipient or this text; the rest can be mended.

    Never repeats the server's words: they may quote the address.
    """
    code = _verdict(failure)
    if code is not None and code >= 500 and code not in _OURS_TO_MEND:
        return MailRefused(f"refused with {code}")
    if isinstance(failure, aiosmtplib.SMTPNotSupported):
        return MailRefused("the server cannot write to such an address")
    said = getattr(failure, "code", None)
    return MailUnavailable(type(failure).__name__, answer=said if isinstance(said, int) else None)


def _verdict(failure: Exception) -> int | None:
    match failure:
        case aiosmtplib.SMTPRecipientsRefused():
            return max(refused.code for refused in failure.recipients)
        case aiosmtplib.SMTPRecipientRefused() | aiosmtplib.SMTPDataError():
            return failure.code
        case _:
            return None


def compose(server: MailServer, message: Message, content: Content) -> EmailMessage:
    """The mail itself; the same message gives the same Message-ID and date each time.

    Raises MailRefused when the recipient's address cannot stand in a header.
    """
    mail = EmailMessage(policy=MAIL)
    user, _, domain = server.sender.rpartition("@")
    mail["From"] = Address(tame(content.body.sender), user, domain)
    try:
        mail["To"] = Address(addr_spec=deliverable(content.recipient))
    except (ValueError, IndexError, MessageError) as unusable:
        raise MailRefused("the address cannot be written to") from unusable
    mail["Subject"] = tame(content.subject)
    mail["Date"] = message.created_at
    mail["Message-ID"] = f"<{ids.show('msg', message.message_id)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(content.body.text)
    mail.add_alternative(content.body.html, subtype="html")
    for file in content.body.attachments:
        mail.add_attachment(
            file.text,
            subtype=file.media_type.partition("/")[2],
            filename=file.name,
            params=dict(file.parameters),
        )
    return mail


def tame(text: str) -> str:
    """A text fit for one header line: no line breaks, controls or invisible marks."""
    seen = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in text)
    return _SPACE.sub(" ", seen).strip()


def deliverable(address: str) -> str:
    """An address as a mail server takes it, its domain in ASCII. Raises MailRefused."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or address != tame(address):
        raise MailRefused("the address cannot be written to")
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as unusable:
        raise MailRefused("the address has no domain that can be written to") from unusable
