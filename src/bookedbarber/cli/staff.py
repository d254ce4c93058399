"""`bookedbarber hire`, `staff`, `dismiss`, `close`: who works in a shop, by the operator's hand."""

from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Table

from bookedbarber.access import passwords, people, queries
from bookedbarber.access.passwords import Digest
from bookedbarber.access.people import Person
from bookedbarber.access.roles import HOUSE, Role
from bookedbarber.audit import trail
from bookedbarber.checkout import menu
from bookedbarber.checkout.means import Means, clock_of, means_of
from bookedbarber.checkout.menu import Menu
from bookedbarber.cli.household import CannotRun
from bookedbarber.config import Settings
from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class Hire:
    """What was typed: who, in which shop, as what."""

    email: str
    shop: str | None
    role: str
    name: str
    barber: str | None
    house: str | None


async def hire(settings: Settings, asked: Hire) -> str:
    """Give somebody an account, if they have none, and a role. Raises CannotRun, ShopUnknown."""
    if not asked.house and asked.shop is None:
        raise CannotRun("Name the shop with --shop, or what they are in the house with --house.")
    if asked.house and asked.house not in HOUSE:
        raise CannotRun(f"{asked.house} is no role in the house: {', '.join(sorted(HOUSE))}.")
    async with means_of(settings, connections=1) as means:
        now = clock_of(settings).now()
        found = await menu.load(means, slug=asked.shop) if asked.shop else None
        password = passwords.generate()
        digest = await passwords.digest(password)
        async with means.database.platform() as db:
            person, new = await _account(db, means, asked, digest, now=now)
            if found is not None and not asked.house:
                await _employ(db, found, person, asked, now=now)
    if not new:
        return f"{person.email} signs in as before."
    return f"{person.email} signs in with the password {password}"


async def _account(
    db: Connection, means: Means, asked: Hire, digest: Digest, *, now: datetime
) -> tuple[Person, bool]:
    """Whoever it is, and whether the account is new."""
    known = await people.find(db, means.vault, email=asked.email)
    if known and asked.house and not known.house:
        raise CannotRun(f"{asked.email} works in shops: the house needs an account of its own.")
    if known:
        return known, False
    made = await people.add(
        db,
        means.vault,
        name=asked.name or asked.email.partition("@")[0],
        email=asked.email,
        password=digest,
        house=Role(asked.house) if asked.house else None,
        now=now,
    )
    return made, True


async def _employ(
    db: Connection, found: Menu, person: Person, asked: Hire, *, now: datetime
) -> None:
    if asked.role not in set(Role) - HOUSE:
        raise CannotRun(f"{asked.role} is no role: owner, manager, receptionist or barber.")
    columns = {barber.name: barber.barber_id for barber in found.barbers}
    if asked.barber and asked.barber not in columns:
        raise CannotRun(f"{found.shop.slug} has no barber {asked.barber}.")
    if asked.role == Role.BARBER and not asked.barber:
        raise CannotRun("Name the barber whose column is theirs with --barber.")
    await people.employ(
        db,
        shop_id=found.shop.shop_id,
        person_id=person.person_id,
        role=Role(asked.role),
        barber_id=columns[asked.barber] if asked.barber else None,
        actor=trail.OPERATOR,
        now=now,
    )


async def show(settings: Settings, *, slug: str) -> None:
    """Print who works in a shop. Raises ShopUnknown."""
    async with means_of(settings, connections=1) as means:
        found = await menu.load(means, slug=slug)
        async with means.database.platform() as db:
            rows = await queries.people_of(db, shop_id=found.shop.shop_id)
        there = [
            (
                people.opened(
                    means.vault, person_id=row.person_id, name=row.name, email=row.email,
                ),
                row,
            )
            for row in rows
        ]  # fmt: skip
    table = Table(title=f"Who works in {found.shop.name}", title_justify="left")
    for column in ("name", "e-mail", "role", "since"):
        table.add_column(column)
    for person, row in there:
        table.add_row(person.name, person.email, row.role, f"{row.since:%Y-%m-%d}")
    Console(highlight=False, soft_wrap=True).print(table)


async def dismiss(settings: Settings, *, slug: str, email: str) -> str:
    """Somebody works in a shop no more. Raises ShopUnknown, CannotRun."""
    async with means_of(settings, connections=1) as means:
        found = await menu.load(means, slug=slug)
        async with means.database.platform() as db:
            person = await people.find(db, means.vault, email=email)
            ended = person and await people.dismiss(
                db,
                shop_id=found.shop.shop_id,
                person_id=person.person_id,
                actor=trail.OPERATOR,
                now=clock_of(settings).now(),
            )
    if not ended:
        raise CannotRun(f"Nobody with the address {email} works in {slug}.")
    return f"{email} works in {slug} no more."


async def close(settings: Settings, *, email: str) -> str:
    """An account is over, whoever's it is. Raises CannotRun."""
    async with means_of(settings, connections=1) as means:
        now = clock_of(settings).now()
        async with means.database.platform() as db:
            person = await people.find(db, means.vault, email=email)
            ended = person and await people.close(db, person=person, actor=trail.OPERATOR, now=now)
    if not ended:
        raise CannotRun(f"Nobody has an account with the address {email}.")
    return f"{email} signs in no more."
