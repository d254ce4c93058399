"""A move: where the visit was, where it is now, and that the money goes with it."""

from bookedbarber.booking.states import AppointmentState, MovedBy
from bookedbarber.checkout.letters import confirmed
from bookedbarber.checkout.letters import draft as shared
from bookedbarber.checkout.letters.draft import Draft
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.messages.language import Language
from bookedbarber.messages.layout import Block, Link, Paragraph, Row, Table


def draft(shown: Receipt, reader: Language) -> Draft | None:
    """The letter about the last move, while the visit is still to come."""
    if shown.state is not AppointmentState.CONFIRMED or not shown.moves:
        return None
    blocks: tuple[Block, ...] = (
        shared.greeting(shown, reader),
        Paragraph(_news(shown, reader)),
        shared.visit(shown, reader),
        _before(shown, reader),
        _money(shown, reader),
        Paragraph(confirmed.policy(shown, reader)),
        Paragraph(_terms(shown, reader)),
        Link(reader.say("See, move or cancel your booking"), shown.links.manage),
        Link(reader.say("Add it to your calendar"), shown.links.calendar),
        Link(reader.say("All your bookings here"), shown.links.mine),
        shared.signature(shown),
    )
    subject = reader.say(
        "Moved: %(service)s, now %(when)s",
        service=shown.service,
        when=shared.brief(shown.starts_at, shown, reader),
    )
    return Draft(subject, blocks, calendar=True)


def _news(shown: Receipt, reader: Language) -> str:
    if shown.moves[-1].moved_by is MovedBy.SHOP:
        return reader.say(
            "We moved your appointment. If the new time does not suit you, write or call us."
        )
    return reader.say("Your appointment is moved.")


def _before(shown: Receipt, reader: Language) -> Table:
    was = shown.moves[-1]
    return Table(
        (
            Row(reader.say("Before"), shared.moment(was.from_starts_at, shown, reader)),
            Row(reader.say("Barber before"), was.from_barber),
        )
    )


def _money(shown: Receipt, reader: Language) -> Table:
    return Table(
        (
            Row(reader.say("Paid, and goes with it"), reader.money(shown.figures.kept)),
            Row(
                reader.say("Due at the shop"), reader.money(shown.figures.due_at_shop), strong=True
            ),
        )
    )


def _terms(shown: Receipt, reader: Language) -> str:
    return reader.say(
        "Moving cost nothing. The price and the terms you agreed to when booking "
        "(version %(version)s) stay as they were.",
        version=str(shown.terms_version),
    )
