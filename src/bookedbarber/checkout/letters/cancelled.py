"""A cancellation: by whom, what goes back, what is kept, and why."""

from bookedbarber.booking.states import AppointmentState, CancelledBy
from bookedbarber.checkout.letters import draft as shared
from bookedbarber.checkout.letters.draft import Draft
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.messages.language import Language
from bookedbarber.messages.layout import Block, Link, Paragraph, Row, Table


def draft(shown: Receipt, reader: Language) -> Draft | None:
    """The letter, once the visit is cancelled."""
    if shown.state is not AppointmentState.CANCELLED:
        return None
    blocks: list[Block] = [
        shared.greeting(shown, reader),
        Paragraph(_news(shown, reader)),
        shared.visit(shown, reader),
        _account(shown, reader),
        Paragraph(_why(shown, reader)),
    ]
    if shown.figures.refunded.minor:
        blocks.append(shared.bank_time(reader))
    blocks += [
        Link(reader.say("Your receipt"), shown.links.receipt),
        Link(reader.say("Book again"), shown.links.book),
        shared.signature(shown),
    ]
    subject = reader.say(
        "Cancelled: %(service)s, %(when)s",
        service=shown.service,
        when=shared.brief(shown.starts_at, shown, reader),
    )
    return Draft(subject, tuple(blocks), calendar=True)


def _news(shown: Receipt, reader: Language) -> str:
    if shown.cancelled_by is CancelledBy.SHOP:
        return reader.say("We are sorry: we had to cancel your appointment.")
    return reader.say("Your appointment is cancelled.")


def _account(shown: Receipt, reader: Language) -> Table:
    rows = [shared.paid(line, shown, reader) for line in shown.collected]
    rows += [shared.returned(line, shown, reader) for line in shown.standing]
    kept = reader.money(shown.figures.kept)
    return Table((*rows, Row(reader.say("Kept by the shop"), kept, strong=True)))


def _why(shown: Receipt, reader: Language) -> str:
    figures, until = shown.figures, shared.moment(shown.free_until, shown, reader)
    if figures.paid.minor == 0:
        return reader.say("Nothing was charged.")
    if figures.kept.minor == 0:
        return reader.say("Everything you paid goes back to you.")
    if shown.cancelled_by is CancelledBy.SHOP:
        # By the shop nothing is kept: a refund was undone, and somebody must look at it.
        return reader.say(
            "As we cancelled, the rest is owed to you as well. "
            "The shop will see to it; write or call if it does not."
        )
    if shown.closed_at is not None and shown.closed_at <= shown.free_until:
        # The policy keeps nothing in time: a refund was undone, and somebody must look at it.
        return reader.say(
            "You cancelled in time, so the rest is owed to you as well. "
            "The shop will see to it; write or call if it does not."
        )
    return reader.say(
        "Cancelling was free of charge until %(when)s. After that the shop keeps the deposit, or "
        "part of it, by the terms you agreed to when booking (version %(version)s). "
        "A tip always goes back.",
        when=until,
        version=str(shown.terms_version),
    )
