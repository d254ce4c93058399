"""`bookedbarber doctor`: what is missing to go live, each check saying what it looked at.

Looks and never touches: it reads settings, asks the database and calls Stripe for reading only.
A check that could not look counts as missing, since going live on a guess is what it prevents.
"""

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from bookedbarber.cli.doctor import database, given, outside
from bookedbarber.cli.doctor.finding import Finding
from bookedbarber.config import Settings

__all__ = ["Finding", "examine", "show"]


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, one after another, so that slow ones do not hold up the rest."""
    yield from given.examine(settings)
    yield from database.examine(settings)
    yield from outside.examine(settings)


def show(settings: Settings) -> bool:
    """Print every finding and answer whether nothing is missing."""
    console = Console(soft_wrap=True, highlight=False)
    missing = 0
    for finding in examine(settings):
        missing += not finding.good
        sign = "[green]ok     [/]" if finding.good else "[red]missing[/]"
        console.print(f"{sign}  {escape(finding.name)}: {escape(finding.seen)}")
        if not finding.good:
            console.print(f"         → {escape(finding.mend)}")
    console.print(f"\n{missing} missing to go live." if missing else "\nReady to go live.")
    return not missing
