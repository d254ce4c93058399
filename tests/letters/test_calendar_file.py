"""The calendar file is read back by a parser and means what the receipt means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from bookedbarber import ids
from bookedbarber.booking.states import MOVES, OPEN, AppointmentState
from bookedbarber.checkout import calendar_file
from bookedbarber.checkout.receipt import Receipt
from tests.letters.visits import read
from tests.world import World

UGLY = 'Fade; "Sons", \\ & Co\r\nATTENDEE:mailto:eve@example.com\x07 — Straße 🏠 ' + "x" * 90


async def confirmed(world: World) -> Receipt:
    shop = await world.open_shop()
    return await read(world, shop, await world.paid_booking(shop))


def event_of(file: bytes) -> Any:
    """The one event of a file; a mapping whose values the library types too widely to compare."""
    calendar = Calendar.from_ical(file)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return event


async def test_the_file_says_what_the_receipt_says(world: World) -> None:
    seen = await confirmed(world)
    file = calendar_file.ics(seen)
    event = event_of(file)
    assert event.decoded("dtstart") == seen.starts_at
    assert event.decoded("dtend") == seen.ends_at
    assert event.decoded("dtstamp") == seen.as_of
    assert event["uid"] == f"{ids.show('apt', seen.appointment_id)}@bookedbarber"
    assert event["status"] == "CONFIRMED"
    assert event["summary"] == "Skin fade · Fade Street Barbers"
    assert event["location"] == "Fade Street Barbers, 12 Fade Street"
    assert event["url"] == seen.links.manage
    assert b"METHOD:PUBLISH\r\n" in file
    assert b"X-WR-TIMEZONE:Europe/London\r\n" in file


async def test_the_same_receipt_makes_the_same_bytes(world: World) -> None:
    seen = await confirmed(world)
    assert calendar_file.ics(seen) == calendar_file.ics(replace(seen))


async def test_a_cancelled_visit_takes_its_event_away(world: World) -> None:
    seen = await confirmed(world)
    gone = replace(seen, state=AppointmentState.CANCELLED)
    before, after = event_of(calendar_file.ics(seen)), event_of(calendar_file.ics(gone))
    assert b"METHOD:CANCEL\r\n" in calendar_file.ics(gone)
    assert after["status"] == "CANCELLED"
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]


def test_every_allowed_move_of_an_appointment_wins_over_what_was_fetched_before() -> None:
    assert set(calendar_file.SEQUENCE) == set(calendar_file.STATUS) == set(AppointmentState)
    for state, following in MOVES.items():
        for later in following:
            # Checking in, and taking it back, changes nothing that the file says.
            if {state, later} == OPEN:
                assert calendar_file.SEQUENCE[later] == calendar_file.SEQUENCE[state]
                assert calendar_file.STATUS[later] == calendar_file.STATUS[state]
            else:
                assert calendar_file.SEQUENCE[later] > calendar_file.SEQUENCE[state]


async def test_names_can_forge_no_property_and_survive_escaping(world: World) -> None:
    seen = await confirmed(world)
    shop = replace(seen.shop, name=UGLY, address=UGLY)
    file = calendar_file.ics(replace(seen, shop=shop, service=UGLY, barber=UGLY))
    event = event_of(file)
    assert "attendee" not in event
    assert not any(line.startswith(b"ATTENDEE") for line in file.split(b"\r\n"))
    plain = 'Fade; "Sons", \\ & Co ATTENDEE:mailto:eve@example.com — Straße 🏠 ' + "x" * 90
    assert event["summary"] == f"{plain} · {plain}"
    assert event["location"] == f"{plain}, {plain}"
    assert event["organizer"].params["CN"] == plain.replace('"', "'")


async def test_no_line_is_longer_than_75_bytes_and_no_letter_is_cut(world: World) -> None:
    seen = await confirmed(world)
    file = calendar_file.ics(replace(seen, service="Haarschnitt für Löwenmähnen ✂️ " * 9))
    assert file.endswith(b"END:VCALENDAR\r\n")
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert b"\n" not in file.replace(b"\r\n", b"")


async def test_the_second_of_two_equal_hours_is_the_second(world: World) -> None:
    seen = await confirmed(world)
    first = datetime(2035, 10, 28, 0, 30, tzinfo=UTC)  # 01:30 in London, and again an hour later
    for start in (first, first + timedelta(hours=1)):
        moved = replace(seen, starts_at=start, ends_at=start + timedelta(minutes=45))
        assert event_of(calendar_file.ics(moved)).decoded("dtstart") == start
