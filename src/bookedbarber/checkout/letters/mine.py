"""A link to all bookings, for a client who asked for it."""

from bookedbarber.checkout.letters import draft as shared
from bookedbarber.checkout.letters.draft import Draft
from bookedbarber.checkout.receipt import Receipt
from bookedbarber.messages.language import Language
from bookedbarber.messages.layout import Link, Paragraph


def draft(shown: Receipt, reader: Language) -> Draft:
    """The letter. It names no booking: the page behind the link does."""
    blocks = (
        shared.greeting(shown, reader),
        Paragraph(
            reader.say(
                "You asked for your bookings at %(shop)s. The link opens them for a day; whoever "
                "has it sees them, so keep it to yourself.",
                shop=shown.shop.name,
            )
        ),
        Link(reader.say("See your bookings"), shown.links.mine_asked),
        Paragraph(reader.say("If you did not ask for this, do nothing: nothing was changed.")),
        shared.signature(shown),
    )
    subject = reader.say("Your bookings at %(shop)s", shop=shown.shop.name)
    return Draft(subject, blocks, calendar=False)
