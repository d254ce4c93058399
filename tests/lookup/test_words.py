"""Whatever can stand in a row has its words on the pages of the desk."""

import re
from pathlib import Path

import bookedbarber
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout.work import WorkKind
from bookedbarber.ledger.chart import Account
from bookedbarber.ledger.rules import EntryKind
from bookedbarber.lookup.breakdown import WaitingFor
from bookedbarber.lookup.filters import Name
from bookedbarber.lookup.words import PURPOSE, STATUS, Status
from bookedbarber.messages.states import MessageState
from bookedbarber.pages.staff import chips, day_words, words
from bookedbarber.payments.states import Purpose, RefundReason, RefundState

ACT = re.compile(r'act="((?:appointment|payment|refund)\.\w+)"')


def test_every_state_has_its_words() -> None:
    assert set(words.STATUS) == set(Status)
    assert set(words.REFUND) == set(RefundState)
    assert set(day_words.WHY) == set(RefundReason)
    assert set(day_words.STATES) == set(AppointmentState)
    assert set(words.WAITING) == set(WaitingFor)
    assert set(words.ACCOUNTS) == set(Account)
    assert set(words.ENTRIES) == set(EntryKind)
    assert set(words.PURPOSE) == set(PURPOSE) == set(Purpose)
    assert set(words.LETTER_STATES) == set(MessageState)
    assert set(chips.LABELS) == set(Name)


def test_every_act_on_a_visit_or_its_money_has_its_words() -> None:
    source = Path(bookedbarber.__file__).parent
    acts = {act for file in source.rglob("*.py") for act in ACT.findall(file.read_text())}
    acts |= {f"refund.{state}" for state in RefundState} - {"refund.requested"}
    assert len(acts) > 12
    assert acts - set(words.ACTS) == set()


def test_every_letter_has_its_words() -> None:
    letters = {kind for kind in WorkKind if kind.startswith("tell_")}
    assert len(letters) > 5
    assert letters - set(words.ACTS) == set()


def test_a_page_and_a_file_say_a_state_in_the_same_words() -> None:
    assert {state: pill[2] for state, pill in words.STATUS.items()} == STATUS
    assert words.PURPOSE == PURPOSE
