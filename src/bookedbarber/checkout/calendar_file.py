"""A visit as a calendar file (RFC 5545, RFC 5546): added once, moved and removed by its UID.

Times are instants in UTC. A local time with its zone could not name the second of two equal
hours, as summer time ends; calendars show an instant in their owner's zone, and the shop's zone
stands beside it. SEQUENCE grows along every change of an appointment's state that changes what the
file says, and with every move to another time or barber, so that a file fetched later always wins
over one fetched earlier. Checking in, and undoing it, changes nothing in it.
"""

import unicodedata
from datetime import UTC, datetime
from typing import Final

from icalendar import Calendar, Event, vCalAddress, vUri

from bookedbarber import ids
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout.receipt import Receipt

PRODUCT: Final = "-//BookedBarber//BookedBarber//EN"
_S = AppointmentState
STATUS: Final = {
    _S.HELD: "TENTATIVE",
    _S.EXPIRED: "CANCELLED",
    _S.CONFIRMED: "CONFIRMED",
    _S.ARRIVED: "CONFIRMED",
    _S.COMPLETED: "CONFIRMED",
    _S.NO_SHOW: "CONFIRMED",
    _S.CANCELLED: "CANCELLED",
}
SEQUENCE: Final = {
    _S.HELD: 0,
    _S.EXPIRED: 1,
    _S.CONFIRMED: 2,
    _S.ARRIVED: 2,
    _S.COMPLETED: 3,
    _S.NO_SHOW: 3,
    _S.CANCELLED: 4,
}


def ics(receipt: Receipt) -> bytes:
    """The visit as one event; a cancelled one as the message that takes it away.

    DTSTAMP is the receipt's `as_of`. The library escapes what RFC 5545 gives a meaning, and folds
    at 75 bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method(receipt))
    calendar.add("x-wr-timezone", receipt.shop.time_zone)
    calendar.add_component(_event(receipt))
    return bytes(calendar.to_ical())


def method(receipt: Receipt) -> str:
    """PUBLISH, or CANCEL for a visit that will not be."""
    return "CANCEL" if STATUS[receipt.state] == "CANCELLED" else "PUBLISH"


def sequence(receipt: Receipt) -> int:
    """How new a file is: every move counts for more than all the states before it."""
    return SEQUENCE[receipt.state] + len(receipt.moves) * len(SEQUENCE)


def _event(receipt: Receipt) -> Event:
    event = Event()
    event.add("uid", f"{ids.show('apt', receipt.appointment_id)}@bookedbarber")
    event.add("dtstamp", _utc(receipt.as_of))
    event.add("created", _utc(receipt.booked_at))
    event.add("sequence", sequence(receipt))
    event.add("status", STATUS[receipt.state])
    event.add("dtstart", _utc(receipt.starts_at))
    event.add("dtend", _utc(receipt.ends_at))
    event.add("summary", f"{_line(receipt.service)} · {_line(receipt.shop.name)}")
    event.add("location", f"{_line(receipt.shop.name)}, {_line(receipt.shop.address)}")
    event.add("description", f"{_line(receipt.barber)}\n{receipt.links.manage}")
    event.add("url", vUri(receipt.links.manage))
    # RFC 5546 asks both methods for an organizer; the shop's booking page is the address we have.
    organizer = vCalAddress(receipt.links.book)
    organizer.params["CN"] = _quotable(receipt.shop.name)
    event.add("organizer", organizer)
    event.add("transp", "OPAQUE")
    return event


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _line(text: str) -> str:
    """A name as one line, without control characters: no value can hold them (RFC 5545, 3.1)."""
    return " ".join("".join(c if unicodedata.category(c) != "Cc" else " " for c in text).split())


def _quotable(text: str) -> str:
    """A name as a parameter's value, which cannot hold quotes, escaped or not (RFC 5545, 3.2)."""
    return _line(text).replace('"', "'")
