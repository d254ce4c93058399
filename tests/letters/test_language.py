"""Sentences, amounts and times in the reader's language; English wherever one is missing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bookedbarber.checkout.letters import CATALOGUES
from bookedbarber.messages import catalogues
from bookedbarber.messages.language import Language, choose
from bookedbarber.money import CURRENCIES, Money, currency

LETTERS = CATALOGUES.parent
PO = catalogues.paths(LETTERS)


def reader(wished: str, country: str = "GB") -> Language:
    return choose(wished, country=country, catalogues=CATALOGUES)


@pytest.mark.parametrize("path", PO, ids=[path.parent.parent.name for path in PO])
def test_every_sentence_is_in_the_catalogue_translated_and_with_its_facts(path: Path) -> None:
    held = catalogues.read(path)
    assert {m.id for m in held} == {m.id for m in catalogues.brought_up(LETTERS, path)}
    for message in held:
        if message.id:
            assert message.string, f"not translated: {message.id}"
            assert not message.fuzzy
            assert not list(message.check(held)), message.id


def test_there_is_a_second_language() -> None:
    assert [path.parent.parent.name for path in PO] == ["de"]


@pytest.mark.parametrize(
    ("wished", "tag", "service"),
    [
        ("de", "de-DE", "Leistung"),
        ("de-AT", "de-AT", "Leistung"),
        ("de_CH", "de-CH", "Leistung"),
        ("en", "en", "Service"),
        ("en-GB", "en-GB", "Service"),
        ("fr-CA", "en-CA", "Service"),
        ("xx", "en", "Service"),
        ("", "en", "Service"),
        ("../../de", "en", "Service"),
    ],
)
def test_a_locale_is_met_as_nearly_as_can_be(wished: str, tag: str, service: str) -> None:
    language = reader(wished, country="DE")
    assert (language.tag, language.say("Service")) == (tag if tag != "en" else "en-DE", service)


def test_a_country_that_english_does_not_know_leaves_plain_english() -> None:
    assert reader("en", country="KW").tag == "en"


def test_a_sentence_without_translation_reads_english_within_the_other_language() -> None:
    assert reader("de").say("No catalogue has %(what)s", what="this") == "No catalogue has this"


def test_facts_are_never_read_as_placeholders() -> None:
    assert reader("en").say("Hello %(name)s,", name="100 %(x)s") == "Hello 100 %(x)s,"


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_every_currency_keeps_every_unit_that_can_be_charged(code: str) -> None:
    of = currency(code)
    shown = reader("en-US").money(Money(of.step * 1234567, of))
    assert [c for c in shown if c.isdigit()] == list(_charged(of.exponent, of.step))


def _charged(exponent: int, step: int) -> str:
    digits = str(step * 1234567)
    return digits[:-exponent] if step == 10**exponent and exponent else digits


def test_hundredths_that_should_not_be_there_are_shown_all_the_same() -> None:
    assert reader("en-US").money(Money(150, currency("isk"))).endswith("1.50")


def test_summer_and_winter_in_dublin_are_told_apart() -> None:
    language = reader("en-IE", country="IE")
    summer = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    winter = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    shown = [language.moment(when, "Europe/Dublin") for when in (summer, winter)]
    assert shown == [
        "Sunday 25 October 2026, 01:30 (Dublin, GMT+01:00)",
        "Sunday 25 October 2026, 01:30 (Dublin, GMT+00:00)",
    ]
