"""A visit the client did not come to: what is kept, what goes back, and why."""

from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout.letters import draft as shared
from bookedbarber.checkout.letters.draft import Draft
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.messages.language import Language
from bookedbarber.messages.layout import Block, Link, Paragraph, Row, Table


def draft(shown: Receipt, reader: Language) -> Draft | None:
    """The letter, once the visit is noted as missed."""
    if shown.state is not AppointmentState.NO_SHOW:
        return None
    blocks: list[Block] = [
        shared.greeting(shown, reader),
        Paragraph(reader.say("We missed you: you did not come to your appointment.")),
        shared.visit(shown, reader),
        _account(shown, reader),
        Paragraph(_why(shown, reader)),
    ]
    if shown.figures.refunded.minor:
        blocks.append(shared.bank_time(reader))
    if shown.collected:
        blocks.append(Link(reader.say("Your receipt"), shown.links.receipt))
    blocks += [Link(reader.say("Book again"), shown.links.book), shared.signature(shown)]
    subject = reader.say(
        "Missed: %(service)s, %(when)s",
        service=shown.service,
        when=shared.brief(shown.starts_at, shown, reader),
    )
    return Draft(subject, tuple(blocks), calendar=False)


def _account(shown: Receipt, reader: Language) -> Table:
    rows = [shared.paid(line, shown, reader) for line in shown.collected]
    rows += [shared.returned(line, shown, reader) for line in shown.standing]
    kept = reader.money(shown.figures.kept)
    return Table((*rows, Row(reader.say("Kept by the shop"), kept, strong=True)))


def _why(shown: Receipt, reader: Language) -> str:
    if shown.figures.paid.minor == 0:
        return reader.say("Nothing was charged.")
    if shown.figures.kept.minor == 0:
        return reader.say("Everything you paid goes back to you.")
    return reader.say(
        "The shop keeps the deposit, or part of it, by the terms you agreed to when booking "
        "(version %(version)s). No fee was charged beside it, and a tip always goes back.",
        version=str(shown.terms_version),
    )
