"""The first screen: where the house is found, who may log in, which cards to try."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bookedbarber.config import Settings


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the demo put in: pages to open, people to log in as, and what there is to see."""

    pages: tuple[tuple[str, str], ...] = ()  # (name, path)
    logins: tuple[tuple[str, str, str], ...] = ()  # (who, e-mail, password)
    facts: tuple[str, ...] = ()


# https://docs.stripe.com/testing
TEST_CARDS = (
    ("4242 4242 4242 4242", "succeeds"),
    ("4000 0025 0000 3155", "asks for 3-D Secure, then succeeds"),
    ("4000 0084 0000 1629", "asks for 3-D Secure, then is declined"),
    ("4000 0000 0000 9995", "is declined: insufficient funds"),
    ("4000 0000 0000 0002", "is declined"),
)


def show(settings: Settings, seeded: Seeded | None, *, seconds: float) -> None:
    """Print the first screen; plain lines when nobody is looking at a terminal."""
    console = Console(soft_wrap=True, highlight=False)
    if seeded is not None and settings.stripe_api_base is not None:
        console.print("\n[bold]Demo[/]: no money moves; the sandbox stands in for Stripe.")
    elif seeded is not None:
        console.print("\n[bold]Demo[/]: no money moves; Stripe's test mode answers.")
    if settings.demo and not settings.stripe_webhook_secrets:
        console.print("STRIPE_WEBHOOK_SECRETS is not set: Stripe cannot tell us what happened.")
    if settings.redis_url is None:
        console.print("REDIS_URL is not set: each process keeps its own limits.")
    _print(console, "Addresses", _addresses(settings, seeded))
    if seeded is not None:
        _print(console, "Logins", [(who, f"{mail}  {word}") for who, mail, word in seeded.logins])
        _print(console, "Test cards (any later date, any CVC)", list(TEST_CARDS))
        _print(console, "Seeded", [(fact, "") for fact in seeded.facts])
    console.print(
        f"\n[bold]Ready[/] after {seconds:.1f} s: {settings.site_url}/   (Ctrl-C stops everything)"
    )


def _addresses(settings: Settings, seeded: Seeded | None) -> list[tuple[str, str]]:
    found = [("Site", f"{settings.site_url}/")]
    if seeded is not None:
        found += [(name, f"{settings.site_url}{path}") for name, path in seeded.pages]
        found.append(("Desk", f"{settings.site_url}/desk"))
        found.append(("About this demo", f"{settings.site_url}/demo"))
    if settings.sandbox_url is not None:
        found.append(("Sandbox", f"{settings.sandbox_url}/"))
    found.append(("Data folder", str(settings.data_dir)))
    return found


def _print(console: Console, title: str, rows: list[tuple[str, str]]) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    for row in rows:
        table.add_row(f"  {row[0]}", row[1])
    console.print()
    console.print(table)
