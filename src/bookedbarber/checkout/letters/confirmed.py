"""The confirmation, which is the receipt."""

from bookedbarber.booking.states import OPEN, AppointmentState
from bookedbarber.checkout.letters import draft as shared
from bookedbarber.checkout.letters.draft import Draft
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.messages.language import Language
from bookedbarber.messages.layout import Block, Link, Paragraph, Row, Table


def draft(shown: Receipt, reader: Language) -> Draft | None:
    """The letter, while the booking stands."""
    if shown.state not in {*OPEN, AppointmentState.COMPLETED}:
        return None
    blocks: tuple[Block, ...] = (
        shared.greeting(shown, reader),
        Paragraph(reader.say("Your appointment is booked. This is also your receipt.")),
        shared.visit(shown, reader),
        shared.price(shown, reader),
        _settled(shown, reader),
        Paragraph(policy(shown, reader)),
        Link(reader.say("See, move or cancel your booking"), shown.links.manage),
        Link(reader.say("Your receipt"), shown.links.receipt),
        Link(reader.say("Add it to your calendar"), shown.links.calendar),
        Link(reader.say("All your bookings here"), shown.links.mine),
        shared.signature(shown),
    )
    subject = reader.say(
        "Booked: %(service)s, %(when)s",
        service=shown.service,
        when=shared.brief(shown.starts_at, shown, reader),
    )
    return Draft(subject, blocks, calendar=True)


def _settled(shown: Receipt, reader: Language) -> Table:
    rows = [Row(reader.say("Receipt number"), shown.number or "")] if shown.number else []
    rows += [shared.paid(line, shown, reader) for line in shown.collected]
    rows += [shared.returned(line, shown, reader) for line in shown.standing]
    due = reader.money(shown.figures.due_at_shop)
    rows.append(Row(reader.say("Due at the shop"), due, strong=True))
    return Table(tuple(rows))


def policy(shown: Receipt, reader: Language) -> str:
    """What cancelling costs, with the exact moment from which it does."""
    if shown.late_fee.minor == 0:
        return reader.say("You can cancel until the appointment begins and get everything back.")
    fee = reader.money(shown.late_fee)
    if shown.as_of > shown.free_until:
        return reader.say(
            "The time to cancel free of charge has passed. If you cancel before the appointment "
            "begins, the shop keeps %(fee)s and the rest goes back to you.",
            fee=fee,
        )
    return reader.say(
        "You can cancel free of charge until %(when)s. After that, and until the appointment "
        "begins, the shop keeps %(fee)s and the rest goes back to you.",
        when=shared.moment(shown.free_until, shown, reader),
        fee=fee,
    )
