"""A mail server is read from one address; what would leak a password is refused."""

import pytest

from bookedbarber.messages.server import Privacy, parse

SENDER = "bookings@fade.example"


@pytest.mark.parametrize(
    ("url", "privacy", "port"),
    [
        ("smtps://mail.example", Privacy.IMPLICIT, 465),
        ("smtp://mail.example", Privacy.STARTTLS, 587),
        ("smtp://user:secret@mail.example:2525", Privacy.STARTTLS, 2525),
        ("smtp://user:secret@localhost", Privacy.STARTTLS, 587),
        ("smtp://mail.example:25?tls=none", Privacy.NONE, 25),
        ("smtp://localhost:1025", Privacy.NONE, 1025),
        ("smtp://[::1]:1025", Privacy.NONE, 1025),
    ],
)
def test_the_line_is_private_unless_it_stays_here_or_is_asked_not_to_be(
    url: str, privacy: Privacy, port: int
) -> None:
    server = parse(url, sender=SENDER)
    assert (server.privacy, server.port) == (privacy, port)
    assert server.domain == "fade.example"


def test_a_password_with_signs_in_it_is_read_and_never_shown() -> None:
    server = parse("smtps://me%40x:p%3Aw%2F@mail.example", sender=SENDER)
    assert (server.user, server.password) == ("me@x", "p:w/")
    assert "p:w/" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        "http://secret@mail.example",
        "smtp://",
        "smtp://user:secret@mail.example?tls=none",
        "smtps://secret@mail.example?tls=none",
        "smtp://mail.example?tls=secret",
        "smtp://mail.example?secret=1",
    ],
)
def test_an_address_that_makes_no_sense_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"mail server|smtps") as refusal:
        parse(url, sender=SENDER)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("sender", ["", "nobody", "a@b\r\nBcc: c@d", "A <a@b.example>"])
def test_mail_comes_from_one_plain_address(sender: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        parse("smtp://localhost", sender=sender)
