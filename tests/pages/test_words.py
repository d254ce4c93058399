"""Every sentence a client reads can be translated, and every code has one."""

import re
from dataclasses import fields, is_dataclass
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest
from babel import Locale

from bookedbarber.messages.language import Language
from bookedbarber.pages import booking, formats, render, security, texts
from bookedbarber.pages.views import BookingState, ErrorKind, RefundState, RefundStep
from tests.pages.samples import STATES

SITE = render.Site(stripe=security.Stripe.live(), test_mode=True)
# Numbers, money, times, days: formatted by locale, not translated.
FORMATTED = re.compile(
    r"(?:[\d\s.,:%£¥\N{MINUS SIGN}\u2013()\u2022·]|JP|GBP|AM|PM|"
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*|Nov(?:ember)?)*"
)


class Marked(NullTranslations):
    """A language that brackets every sentence, so that what escaped it shows."""

    def gettext(self, message: str) -> str:
        return f"[{message}]"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"[{msgid1 if n == 1 else msgid2}]"


class Texts(HTMLParser):
    """Collects what is read out or shown: text and the attributes that speak."""

    SPEAKING = ("aria-label", "title", "placeholder", "alt")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        if tag != "time":
            self.found += [value for name, value in attrs if name in self.SPEAKING and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.found.append(data.strip())


def written(value: object) -> set[str]:
    """Every text inside a view: people wrote those, and they are shown as they are."""
    if isinstance(value, str):
        pieces = {piece.strip() for piece in re.split(r"\n|(https?://\S+)", value) if piece}
        return (pieces | {formats.initials(value)}) - {""}
    if isinstance(value, tuple):
        return set().union(*map(written, value))
    if is_dataclass(value):
        return set().union(*(written(getattr(value, item.name)) for item in fields(value)))
    return set()


def left_over(text: str, known: list[str]) -> str:
    """What remains of `text` beside marked sentences and what people wrote."""
    while (shorter := re.sub(r"\[[^\[\]]*\]", "", text)) != text:
        text = shorter
    for words in known:
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", "", text)
    return text.strip()


@pytest.mark.parametrize("name", STATES)
def test_every_sentence_passes_through_the_catalogue(name: str) -> None:
    page = Texts()
    page.feed(
        render.html(
            render.build(Language(Locale("en", "GB"), Marked())), STATES[name], SITE, "nonce"
        )
    )
    known = sorted(written(STATES[name]) | {"BookedBarber"}, key=len, reverse=True)
    rest = [left_over(text, known) for text in page.found]
    assert page.found
    assert [text for text in rest if not FORMATTED.fullmatch(text)] == []


def test_every_state_has_its_words() -> None:
    assert texts.BOOKING_STATES.keys() == set(BookingState)
    assert texts.REFUND_STATES.keys() == set(RefundState)
    assert texts.REFUND_STEPS.keys() == set(RefundStep)
    assert texts.ERRORS.keys() == set(ErrorKind)


def test_every_problem_sentence_is_said_by_something() -> None:
    said = {word for _, word in booking.PLACES.values()}
    said |= {f"{field}_missing" for field in ("service", "barber", "slot", "name", "email")}
    said |= {"service_offline", "tip_invalid", "unavailable"}
    assert said == set(texts.PROBLEMS)


def test_a_client_never_learns_what_the_bank_suspects() -> None:
    for code in ("fraudulent", "stolen_card", "lost_card", "merchant_blacklist", "pickup_card"):
        assert code not in texts.DECLINES
    said = " ".join([*texts.DECLINES.values(), texts.DECLINE_OTHER]).lower()
    assert not re.search("fraud|stolen|lost|suspect|block", said)


def test_no_sentence_shows_a_code() -> None:
    for sentence in [*texts.PROBLEMS.values(), *texts.DECLINES.values()]:
        assert "_" not in sentence
        assert sentence.endswith(".")
