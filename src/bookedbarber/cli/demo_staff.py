"""Who works in the demo: accounts with passwords of their own, kept so that each start shows them.

The list is kept before the accounts are made, so that a start that was broken off is made good by
the next.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import pyotp

from bookedbarber import kept
from bookedbarber.access import passwords, people, totp
from bookedbarber.access.passwords import Digest
from bookedbarber.access.people import Person
from bookedbarber.access.roles import HOUSE, Role
from bookedbarber.audit import trail
from bookedbarber.checkout.means import Means
from bookedbarber.database import Connection
from bookedbarber.pages.demo import LOGINS, Demo, Login
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import ShopName


@dataclass(frozen=True, slots=True)
class _Job:
    """Somebody of the demo: their role in every shop, or beside one barber's chair."""

    name: str
    what: str
    email: str
    role: Role
    shop: str | None = None


_JOBS: Final = (
    _Job("Olivia Grant", "owner of all three shops", "olivia@example.com", Role.OWNER),
    _Job("Mateo Cruz", "manager", "mateo@example.com", Role.MANAGER),
    _Job("Rin Abe", "receptionist", "rin@example.com", Role.RECEPTIONIST),
    _Job("Marco", "barber at Fade Street", "marco@example.com", Role.BARBER, "fade-street"),
    _Job("Andre", "barber at Bergen Street", "andre@example.com", Role.BARBER, "bergen-street"),
    _Job("Kenji", "barber in Ginza", "kenji@example.com", Role.BARBER, "ginza"),
    _Job("Sam Weir", "works for the platform", "sam@example.com", Role.ADMIN),
)


async def digests(means: Means, *, folder: Path) -> dict[str, Digest]:
    """What to keep of the password of everybody who has no account yet, by their address."""
    async with means.database.platform() as db:
        new = [
            login
            for login in _logins(folder)
            if not await people.find(db, means.vault, email=login.email)
        ]
    return {login.email: await passwords.digest(login.password) for login in new}


async def hire(
    means: Means, db: Connection, ready: Mapping[str, Digest], *, folder: Path, now: datetime
) -> tuple[Login, ...]:
    """Everybody of the demo, with an account and a place in the shops that are there.

    `ready` is what `digests` made.
    """
    logins = _logins(folder)
    by_email = {login.email: login for login in logins}
    there = {shop.slug: shop for shop in await shops.list_shops(db)}
    for job in _JOBS:
        login = by_email.get(job.email)
        if login and login.email in ready:
            person = await people.add(
                db,
                means.vault,
                name=login.name,
                email=login.email,
                password=ready[login.email],
                house=job.role if job.role in HOUSE else None,
                now=now,
            )
            if login.seed:  # none in the list of an older house: they set one up themselves
                await totp.hand_over(db, means.vault, person=person, secret=login.seed, now=now)
            await _employ(db, person, job, there, now=now)
    return logins


def _logins(folder: Path) -> tuple[Login, ...]:
    return Demo(folder).logins() or _written(folder)


def _written(folder: Path) -> tuple[Login, ...]:
    made = tuple(
        Login(job.name, job.what, job.email, passwords.generate(), pyotp.random_base32())
        for job in _JOBS
    )
    kept.write(folder / LOGINS, json.dumps([asdict(login) for login in made]))
    return made


async def _employ(
    db: Connection, person: Person, job: _Job, there: dict[str, ShopName], *, now: datetime
) -> None:
    if job.role in HOUSE:
        return  # is in every shop
    for slug, shop in there.items():
        if job.shop in (None, slug):
            barbers = await shops.list_barbers(db, shop_id=shop.shop_id)
            chair = next((b.barber_id for b in barbers if b.name == job.name), None)
            await people.employ(
                db,
                shop_id=shop.shop_id,
                person_id=person.person_id,
                role=job.role,
                barber_id=chair if job.role is Role.BARBER else None,
                actor=trail.OPERATOR,
                now=now,
            )
