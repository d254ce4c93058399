"""What is wrong with a field, in the owner's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bookedbarber.pages.texts import N_
from bookedbarber.shops.settings.faults import Fault, Reason


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence to be translated, and the bounds that it names."""

    text: str
    least: int | None = None
    most: int | None = None


REASONS: Final[Mapping[Reason, str]] = {
    Reason.MISSING: N_("Fill this in."),
    Reason.TOO_LONG: N_("Use at most %(most)s characters."),
    Reason.OUT_OF_RANGE: N_("Enter a whole number from %(least)s to %(most)s."),
    Reason.NOT_A_CHOICE: N_("Choose one of those that are offered."),
    Reason.TAKEN: N_("Another one has this name already. Choose a different one."),
    Reason.OVERLAPS: N_("These hours overlap. Change one of them."),
    Reason.BACKWARDS: N_("This ends before it begins, or is over already."),
    Reason.NOT_COLLECTABLE: N_("Cards cannot be charged this amount. Raise it, or round it."),
    Reason.NOT_A_PHONE: N_("Enter a phone number with digits, or leave it empty."),
    Reason.NOT_A_COLOUR: N_("Enter a colour as # and six digits, like #1f4fc0."),
    Reason.NOT_A_PICTURE: N_("That is no picture we can show. Send a PNG, JPEG or WebP file."),
    Reason.TOO_LARGE: N_("That picture is too large. Send at most 256 kB."),
}
# Where the field says more than the reason.
OWN: Final[Mapping[tuple[str, Reason], str]] = {
    ("price", Reason.OUT_OF_RANGE): N_("Enter the price as an amount, such as 25 or 25.50."),
    ("deposit_fixed", Reason.OUT_OF_RANGE): N_("Enter an amount up to the price."),
    ("deposit_share", Reason.OUT_OF_RANGE): N_("Enter a share from 1 to 100 %%."),
    ("late_refund_basis_points", Reason.OUT_OF_RANGE): N_("Enter a share from 0 to 100 %%."),
    ("tax_basis_points", Reason.OUT_OF_RANGE): N_("Enter a rate from 0 to 50 %%."),
    ("services", Reason.MISSING): N_("Tick at least one service."),
    ("slug", Reason.TAKEN): N_("Another shop has this address. Try a different one."),
    ("slug", Reason.NOT_A_CHOICE): N_("Use small letters, digits and hyphens, at least two."),
    ("starts_at", Reason.OUT_OF_RANGE): N_("Choose a date within the next three years."),
    ("ends_at", Reason.OUT_OF_RANGE): N_("An absence lasts at most %(most)s days."),
    ("zone", Reason.NOT_A_CHOICE): N_("Choose the time zone of your shop."),
    ("country", Reason.NOT_A_CHOICE): N_("Choose the country of your shop."),
}


def problems(faults: Iterable[Fault]) -> dict[str, Problem]:
    """By field, the first thing wrong with each."""
    found: dict[str, Problem] = {}
    for fault in faults:
        hours = fault.reason is Reason.OUT_OF_RANGE and "." in fault.field
        text = N_("At most %(most)s times a day.") if hours else REASONS[fault.reason]
        text = OWN.get((fault.field, fault.reason), text)
        found.setdefault(fault.field, Problem(text, fault.least, fault.most))
    return found
