"""`bookedbarber books`: the trial balance, our Stripe balance against Stripe's, what is open."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from bookedbarber.checkout.means import clock_of, means_of
from bookedbarber.config import Settings
from bookedbarber.ledger.chart import KINDS, Account
from bookedbarber.ledger.queries import OpenItem
from bookedbarber.money import Money, currency
from bookedbarber.reconciliation import books
from bookedbarber.reconciliation.books import Books


async def show(settings: Settings) -> bool:
    """Print the books as they stand; whether they close."""
    async with means_of(settings, connections=1) as means:
        found = await books.read(means, now=clock_of(settings).now())
    console = Console(highlight=False, soft_wrap=True)
    console.print(_trial_balance(found))
    console.print(_comparisons(found))
    _open(console, "Awaiting Stripe", found.awaiting, sign=1)
    _open(console, "Refunds owed", found.refunds_owed, sign=-1)
    _open(console, "Suspense", found.suspense, sign=-1)
    for fault in found.faults:
        console.print(f"[bold red]✗[/] {fault}")
    console.print(
        "[bold green]The books close.[/]" if found.close else "[bold red]The books do not close.[/]"
    )
    return found.close


def _trial_balance(found: Books) -> Table:
    table = Table(title="Trial balance", title_justify="left")
    table.add_column("account")
    table.add_column("kind")
    for name in ("debits", "credits", "balance"):
        table.add_column(name, justify="right")
    for line in found.trial_balance:
        code = currency(line.currency)
        kind = KINDS[Account(line.account)]
        balance = line.debits - line.credits
        table.add_row(
            line.account.replace("_", " "),
            kind,
            Money(line.debits, code).to_major(),
            Money(line.credits, code).to_major(),
            str(Money(balance if kind.grows_on == "debit" else -balance, code)),
        )
    return table


def _comparisons(found: Books) -> Table:
    table = Table(title="Stripe balance", title_justify="left")
    table.add_column("account")
    for name in ("posted", "booked", "listed by Stripe", "stated by Stripe"):
        table.add_column(name, justify="right")
    table.add_column("")
    for line in found.comparisons:
        table.add_row(
            line.stripe_account,
            *(str(money) for money in (line.posted, line.booked, line.listed, line.stated)),
            "[green]✓ equal[/]" if line.agrees else "[red]✗ differ[/]",
        )
    return table


def _open(console: Console, title: str, items: Iterable[OpenItem], *, sign: int) -> None:
    items = list(items)
    console.print(f"[bold]{title}[/]: " + ("nothing" if not items else f"{len(items)}"))
    for item in items:
        amount = Money(sign * item.debit_balance, currency(item.currency))
        console.print(f"  {item.item}  {amount}  since {item.since:%Y-%m-%d %H:%M}Z")
