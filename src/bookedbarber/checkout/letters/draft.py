"""A letter before it is sealed, and the passages that letters share."""

from dataclasses import dataclass
from datetime import datetime

from bookedbarber.checkout import calendar_file
from bookedbarber.checkout.receipt import PaymentLine, Receipt, RefundLine
from bookedbarber.messages import layout
from bookedbarber.messages.language import Language
from bookedbarber.messages.layout import Block, Paragraph, Row, Table
from bookedbarber.messages.outbox import Attachment, Body
from bookedbarber.payments.cards import BRANDS
from bookedbarber.payments.states import Purpose, RefundState


@dataclass(frozen=True, slots=True)
class Draft:
    """What a letter says; `calendar` when the calendar file goes with it."""

    subject: str
    blocks: tuple[Block, ...]
    calendar: bool


def body(draft: Draft, shown: Receipt, reader: Language) -> Body:
    """The letter as the outbox takes it."""
    return Body(
        sender=shown.shop.name,
        text=layout.plain(draft.blocks),
        html=layout.html(
            draft.blocks, title=draft.subject, language=reader.tag, direction=reader.direction
        ),
        attachments=(_calendar(shown),) if draft.calendar else (),
    )


def _calendar(shown: Receipt) -> Attachment:
    return Attachment(
        name="appointment.ics",
        media_type="text/calendar",
        text=calendar_file.ics(shown).decode(),
        parameters=(("method", calendar_file.method(shown)),),
    )


def greeting(shown: Receipt, reader: Language) -> Paragraph:
    """How every letter begins."""
    return Paragraph(reader.say("Hello %(name)s,", name=shown.guest.name if shown.guest else ""))


def signature(shown: Receipt) -> Paragraph:
    """How every letter ends: who writes, and how to answer."""
    shop = shown.shop
    return Paragraph(" · ".join(filter(None, (shop.name, shop.address, shop.phone))))


def visit(shown: Receipt, reader: Language) -> Table:
    """What was booked: shop, service, barber, time."""
    return Table(
        (
            Row(reader.say("Service"), shown.service),
            Row(reader.say("Barber"), shown.barber),
            Row(reader.say("When"), moment(shown.starts_at, shown, reader), strong=True),
            Row(reader.say("Where"), f"{shown.shop.name}, {shown.shop.address}"),
        )
    )


def price(shown: Receipt, reader: Language) -> Table:
    """What it costs. Tax stands beside the price or within it, as the shop quotes it."""
    sold, shop = shown.sold, shown.shop
    included = shop.tax_included
    rows = [Row(shown.service, reader.money(shown.price if included else sold.service))]
    if sold.tax.minor and not included:
        rows.append(Row(shop.tax_name, reader.money(sold.tax)))
    if sold.tip.minor:
        rows.append(Row(reader.say("Tip"), reader.money(sold.tip)))
    rows.append(Row(reader.say("Total"), reader.money(shown.figures.total), strong=True))
    if sold.tax.minor and included:
        label = reader.say("of which %(tax)s", tax=shop.tax_name)
        rows.append(Row(label, reader.money(sold.tax)))
    return Table(tuple(rows))


def paid(line: PaymentLine, shown: Receipt, reader: Language) -> Row:
    """One payment that arrived: what for, with which card, when."""
    what = (
        reader.say("Deposit paid")
        if line.purpose is Purpose.DEPOSIT
        else reader.say("Paid in full")
    )
    facts = [what, card(line, reader)]
    if line.captured_at:
        facts.append(reader.date(line.captured_at, shown.shop.time_zone))
    return Row(", ".join(filter(None, facts)), reader.money(line.amount))


def card(line: PaymentLine, reader: Language) -> str:
    """`Visa ending in 4242`, or nothing where Stripe named no card."""
    if not line.card_last4:
        return ""
    brand = BRANDS.get(line.card_brand or "", reader.say("Card"))
    return reader.say("%(brand)s ending in %(last4)s", brand=brand, last4=line.card_last4)


def returned(line: RefundLine, shown: Receipt, reader: Language) -> Row:
    """One refund that stands: how far it is, since when."""
    match line.state:
        case RefundState.SUCCEEDED:
            what = reader.say("Refunded")
        case RefundState.FAILED:
            what = reader.say("Refund that your bank sent back")
        case _:
            what = reader.say("Refund on its way")
    day = reader.date(line.settled_at or line.requested_at, shown.shop.time_zone)
    return Row(f"{what}, {day}", reader.money(-line.amount))


def moment(instant: datetime, shown: Receipt, reader: Language) -> str:
    """A moment as the clock in the shop shows it, with its zone."""
    return reader.moment(instant, shown.shop.time_zone)


def brief(instant: datetime, shown: Receipt, reader: Language) -> str:
    """The same, short enough for a subject."""
    zone = shown.shop.time_zone
    return f"{reader.date(instant, zone)}, {reader.time(instant, zone)}"


def bank_time(reader: Language) -> Paragraph:
    """How long money takes."""
    return Paragraph(
        reader.say(
            "The money goes back to the card you paid with. "
            "Banks take up to 10 business days to show it."
        )
    )
