"""Mail is handed over at least once, privately, and what cannot be delivered is told apart."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from icalendar import Calendar

from bookedbarber import ids
from bookedbarber.checkout import letters
from bookedbarber.checkout.work import WorkKind
from bookedbarber.messages import delivery, outbox, server
from bookedbarber.messages.delivery import Courier, MailRefused, MailUnavailable
from bookedbarber.messages.outbox import Body, Content, Message
from bookedbarber.messages.server import MailServer
from bookedbarber.messages.states import MessageState
from bookedbarber.resilience.breaker import Breaker, BreakerOpen
from bookedbarber.resilience.limiter import LocalLimiter
from tests.conftest import Databases
from tests.letters.mailbox import (
    PASSWORD,
    USER,
    Certificates,
    CutsOff,
    Mailbox,
    open_for,
    password_of_ours,
    self_signed,
)
from tests.letters.visits import forget_everybody, messages
from tests.world import MONDAY, Shop, World

LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
SENDER = "bookings@fade.example"
CLOCK = time.monotonic


@dataclass
class Post:
    """A confirmation that waits in the outbox, and the way to send it."""

    world: World
    shop: Shop
    booking: dict[str, Any]

    async def send(self, mail: MailServer, courier: Courier | None = None) -> MessageState | None:
        about = ids.parse("apt", self.booking["id"])
        return await delivery.send(
            self.world.means.database,
            self.world.means.vault,
            courier or Courier(mail, Breaker("smtp.send", CLOCK), LocalLimiter(CLOCK)),
            shop_id=self.shop.id,
            name=letters.occasion(WorkKind.TELL_CONFIRMED, about),
            now=self.world.clock.now(),
        )

    async def message(self) -> Message:
        (message,) = await messages(self.world, self.booking)
        return message


@pytest.fixture
async def post(world: World) -> Post:
    shop = await world.open_shop(name="Fåde & Söhne")
    return Post(world, shop, await world.paid_booking(shop))


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return self_signed(tmp_path)


def plain(port: int) -> MailServer:
    return server.parse(f"smtp://127.0.0.1:{port}", sender=SENDER)


def message_to(address: str, *, name: str = "Fade") -> tuple[Message, Content]:
    """A message as the outbox would read it, from a shop and with a subject of this name."""
    content = Content(address, name, Body(name, "Hello", "<p>Hello</p>"))
    id_ = UUID(int=1)
    return Message(id_, id_, id_, "any", MessageState.QUEUED, MONDAY, None, content), content


def answering(where: str, answer: str) -> Mailbox:
    """A mailbox that answers one step with something else than yes."""
    box = Mailbox()
    setattr(box, where, answer)
    return box


def unix(text: str) -> str:
    """A text as it was before mail gave it its own line ends."""
    return text.replace("\r\n", "\n")


async def test_a_letter_arrives_whole_and_is_sent_once(post: Post) -> None:
    box = Mailbox()
    async with open_for(box) as port:
        assert await post.send(plain(port)) is MessageState.SENT
        assert await post.send(plain(port)) is MessageState.SENT
    (mail,) = box.mails
    sent = await post.message()
    assert sent.state is MessageState.SENT
    assert sent.sent_at == post.world.clock.now()
    assert sent.content is not None
    assert box.envelopes[0].mail_from == SENDER
    assert box.envelopes[0].rcpt_tos == ["amara@example.com"]
    assert mail["From"] == f"Fåde & Söhne <{SENDER}>"
    assert mail["To"] == "amara@example.com"
    assert mail["Subject"] == sent.content.subject
    assert mail["Message-ID"] == f"<{ids.show('msg', sent.message_id)}@fade.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert unix(text.get_content()) == sent.content.body.text
    assert unix(html.get_content()) == sent.content.body.html
    (file,) = mail.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    assert file.get_param("method") == "PUBLISH"
    assert file.get_filename() == "appointment.ics"
    assert len(Calendar.from_ical(file.get_content()).walk("VEVENT")) == 1


async def test_starttls_and_a_password_are_used_where_a_server_has_them(
    post: Post, certificates: Certificates
) -> None:
    box = Mailbox()
    how: dict[str, Any] = {
        "tls_context": certificates.server,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": password_of_ours,
    }
    async with open_for(box, **how) as port:
        mail = server.parse(f"smtp://{LOGIN}@127.0.0.1:{port}", sender=SENDER)
        assert await post.send(replace(mail, tls=certificates.client)) is MessageState.SENT
    assert box.private == [True]


async def test_tls_from_the_first_byte(post: Post, certificates: Certificates) -> None:
    box = Mailbox()
    async with open_for(box, implicit=certificates.server) as port:
        mail = server.parse(f"smtps://127.0.0.1:{port}", sender=SENDER)
        with pytest.raises(MailUnavailable):
            await post.send(mail)  # nobody vouches for this certificate
        assert await post.send(replace(mail, tls=certificates.client)) is MessageState.SENT
    assert len(box.envelopes) == 1


async def test_a_server_that_offers_no_tls_gets_neither_password_nor_letter(post: Post) -> None:
    box = Mailbox()
    async with open_for(box) as port:
        mail = server.parse(f"smtp://{LOGIN}@127.0.0.1:{port}", sender=SENDER)
        with pytest.raises(MailUnavailable):
            await post.send(mail)
    assert box.envelopes == []
    assert (await post.message()).state is MessageState.QUEUED


async def test_a_wrong_password_is_ours_to_mend_and_fails_no_letter(
    post: Post, certificates: Certificates
) -> None:
    how: dict[str, Any] = {
        "tls_context": certificates.server,
        "auth_required": True,
        "authenticator": password_of_ours,
    }
    async with open_for(Mailbox(), **how) as port:
        for login in ("shop%40example.com:wrong@", ""):
            mail = server.parse(f"smtp://{login}127.0.0.1:{port}", sender=SENDER)
            with pytest.raises(MailUnavailable):
                await post.send(replace(mail, tls=certificates.client))
    assert (await post.message()).state is MessageState.QUEUED


async def test_a_line_cut_in_the_middle_is_tried_again(post: Post) -> None:
    box = Mailbox()
    async with open_for(box, kind=CutsOff) as port:
        with pytest.raises(MailUnavailable):
            await post.send(plain(port))
    assert (await post.message()).state is MessageState.QUEUED
    async with open_for(box) as port:
        assert await post.send(plain(port)) is MessageState.SENT
    assert len(box.envelopes) == 1


async def test_an_answer_that_is_lost_sends_again_under_the_same_message_id(post: Post) -> None:
    box = Mailbox(hang_up=True)
    async with open_for(box) as port:
        with pytest.raises(MailUnavailable):
            await post.send(plain(port))
        post.world.clock.advance(timedelta(minutes=5))
        box.hang_up = False
        assert await post.send(plain(port)) is MessageState.SENT
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


async def test_a_server_that_is_not_there_is_an_outage(post: Post) -> None:
    async with open_for(Mailbox()) as port:
        gone = plain(port)
    with pytest.raises(MailUnavailable):
        await post.send(gone)


@pytest.mark.parametrize("where", ["at_recipient", "at_data"])
async def test_a_passing_refusal_keeps_the_letter_queued(post: Post, where: str) -> None:
    async with open_for(answering(where, "451 4.7.1 amara@example.com: later")) as port:
        with pytest.raises(MailUnavailable) as outage:
            await post.send(plain(port))
    assert "amara" not in f"{outage.value} {outage.value.facts}"
    assert (await post.message()).state is MessageState.QUEUED


@pytest.mark.parametrize("where", ["at_recipient", "at_data"])
async def test_a_refusal_for_good_fails_the_letter(
    post: Post, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    box = answering(where, "550 5.1.1 amara@example.com: no such mailbox")
    async with open_for(box) as port:
        assert await post.send(plain(port)) is MessageState.FAILED
        tried = len(box.envelopes)
        assert await post.send(plain(port)) is MessageState.FAILED
    assert len(box.envelopes) == tried
    assert (await post.message()).sent_at is None
    logged = capsys.readouterr()
    assert "amara" not in logged.out + logged.err


async def test_a_letter_to_somebody_forgotten_fails_without_a_word(
    post: Post, databases: Databases
) -> None:
    await forget_everybody(databases)
    box = Mailbox()
    async with open_for(box) as port:
        assert await post.send(plain(port)) is MessageState.FAILED
    assert box.envelopes == []


@pytest.mark.proves("R8.1")
async def test_a_mail_server_that_is_down_is_left_alone_for_a_while(post: Post) -> None:
    at = [0.0]
    breaker = Breaker("smtp.send", lambda: at[0])
    courier = Courier(plain(9), breaker, LocalLimiter(lambda: at[0]))
    for _ in range(20):
        at[0] += 1
        with pytest.raises(MailUnavailable):
            await post.send(courier.server, courier)
    with pytest.raises(BreakerOpen):
        await post.send(courier.server, courier)
    assert (await post.message()).state is MessageState.QUEUED
    box = Mailbox()
    async with open_for(box) as port:
        at[0] += 5
        back = replace(courier, server=plain(port))
        assert await post.send(back.server, back) is MessageState.SENT
    assert len(box.mails) == 1


@pytest.mark.proves("R8.2")
async def test_mail_goes_out_no_faster_than_servers_take_it(post: Post) -> None:
    limiter = LocalLimiter(CLOCK)
    for _ in range(delivery.PACE.burst):
        await limiter.take(delivery.PACE, "127.0.0.1")
    box, began = Mailbox(), CLOCK()
    async with open_for(box) as port:
        courier = Courier(plain(port), Breaker("smtp.send", CLOCK), limiter)
        assert await post.send(courier.server, courier) is MessageState.SENT
    assert CLOCK() - began >= 0.09


async def test_an_occasion_without_a_letter_sends_nothing(world: World) -> None:
    shop = await world.open_shop()
    sent = await delivery.send(
        world.means.database,
        world.means.vault,
        Courier(plain(9), Breaker("smtp.send", CLOCK), LocalLimiter(CLOCK)),
        shop_id=shop.id,
        name="tell_confirmed:none",
        now=world.clock.now(),
    )
    assert sent is None


async def test_no_transaction_is_open_while_the_server_is_talked_to(post: Post) -> None:
    watched: list[int] = []

    class Watching(Mailbox):
        async def handle_DATA(self, *given: Any) -> str:  # noqa: N802 # aiosmtpd's name
            async with post.world.means.database.platform_statement() as db:
                watched.append(
                    await db.fetchval(
                        "select count(*) from pg_stat_activity where datname = current_database()"
                        " and pid <> pg_backend_pid() and state like 'idle in transaction%'"
                    )
                )
            return await super().handle_DATA(*given)

    async with open_for(Watching()) as port:
        assert await post.send(plain(port)) is MessageState.SENT
    assert watched == [0]


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: eve@example.com",
        "Eve\n\nbody",
        "a\x00b\u2028c",
        '"; x@y <z@w>',
        "é\ud83d",
    ],
)
def test_names_and_subjects_cannot_add_headers(name: str) -> None:
    mail = delivery.compose(plain(9), *message_to("eve@example.com", name=name))
    heads = mail.as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n")
    assert not any(head.lower().startswith(b"bcc") for head in heads)
    assert mail.keys() == [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    ]  # fmt: skip
    (sender,) = mail["From"].addresses
    assert sender.addr_spec == SENDER


@pytest.mark.parametrize(
    "address",
    [
        "a@b@c.example",
        "eve@example.com\r\nBcc: x@y.example",
        "eve@",
        "@example.com",
        "eve",
        "eve@exa mple.com",
        "<eve@example.com>",
        "eve,adam@example.com",
        'a"b@example.com',
    ],
)
def test_an_address_that_cannot_stand_in_a_header_is_refused(address: str) -> None:
    with pytest.raises(MailRefused):
        delivery.compose(plain(9), *message_to(address))


def test_a_domain_in_another_script_is_written_as_mail_servers_take_it() -> None:
    assert delivery.deliverable("eve@bücher.example") == "eve@xn--bcher-kva.example"


async def test_the_outbox_reads_back_newest_first_and_page_by_page(world: World) -> None:
    shop = await world.open_shop()
    for _ in range(3):
        await world.paid_booking(shop)
    async with world.means.database.platform() as db:
        first = await outbox.newest(db, world.means.vault, page=2)
        rest = await outbox.newest(db, world.means.vault, before=first[-1].message_id)
        again = await outbox.read(
            db, world.means.vault, shop_id=shop.id, message_id=rest[0].message_id
        )
    seen = [message.message_id for message in first + rest]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 3
    assert again == rest[0]
