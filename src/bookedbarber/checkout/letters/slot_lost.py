"""A payment that came for a slot no longer there: an apology, and all of it back."""

from bookedbarber.booking.states import OPEN, AppointmentState
from bookedbarber.checkout.letters import draft as shared
from bookedbarber.checkout.letters.draft import Draft
from bookedbarber.checkout.receipt import Receipt, RefundLine
from bookedbarber.messages.language import Language
from bookedbarber.messages.layout import Link, Paragraph, Row, Table
from bookedbarber.money import total
from bookedbarber.payments.states import RefundReason, RefundState


def draft(shown: Receipt, reader: Language) -> Draft | None:
    """The letter about a payment that is given back, by what became of the visit.

    The slot is lost only to a hold that ran out; a payment can also come after a cancellation,
    or a second time for a visit that stands, which must then not be called lost.
    """
    given = _given_back(shown)
    if not given:
        return None
    match shown.state:
        case AppointmentState.EXPIRED:
            subject = reader.say("Not booked: %(service)s", service=shown.service)
            news = reader.say(
                "We are sorry: the time below went to somebody else before your payment arrived, "
                "so it is not booked. All of your payment goes back to you; nothing is kept."
            )
        case AppointmentState.CANCELLED:
            subject = reader.say("Your payment goes back: %(service)s", service=shown.service)
            news = reader.say(
                "Your payment arrived after the appointment below was cancelled. "
                "All of it goes back to you; nothing is kept."
            )
        case AppointmentState.NO_SHOW:
            subject = reader.say("You paid twice: %(service)s", service=shown.service)
            news = reader.say(
                "A second payment arrived for the appointment below. "
                "All of that second payment goes back to you."
            )
        case _:
            subject = reader.say("You paid twice: %(service)s", service=shown.service)
            news = reader.say(
                "A second payment arrived for the appointment below, which stands as booked. "
                "All of that second payment goes back to you."
            )
    code = given[0].amount.currency
    back = total((line.amount for line in given), code)
    rows = [shared.returned(line, shown, reader) for line in given]
    stands = shown.state in {*OPEN, AppointmentState.COMPLETED}
    blocks = (
        shared.greeting(shown, reader),
        Paragraph(news),
        shared.visit(shown, reader),
        Table((*rows, Row(reader.say("Goes back to you"), reader.money(back), strong=True))),
        shared.bank_time(reader),
        Link(reader.say("See, move or cancel your booking"), shown.links.manage)
        if stands
        else Link(reader.say("Book another time"), shown.links.book),
        shared.signature(shown),
    )
    return Draft(subject, blocks, calendar=False)


def _given_back(shown: Receipt) -> list[RefundLine]:
    return [
        line
        for line in shown.refunds
        if line.reason in (RefundReason.SLOT_LOST, RefundReason.DUPLICATE)
        and line.state not in (RefundState.CANCELLED, RefundState.REFUSED)
    ]
