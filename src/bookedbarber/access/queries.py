"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.

access: edit the SQL and run `make queries`; a test keeps the two in step.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bookedbarber.access.factors import Factor
from bookedbarber.access.roles import Role
from bookedbarber.database import Connection


@dataclass(frozen=True, slots=True)
class Account:
    """One row, as PostgreSQL types it."""

    person_id: UUID
    password: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row, as PostgreSQL types it."""

    person_id: UUID
    email: bytes
    name: bytes
    house: Role | None


@dataclass(frozen=True, slots=True)
class Workplace:
    """One row, as PostgreSQL types it."""

    shop_id: UUID
    slug: str
    name: str
    role: Role
    barber_id: UUID | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """One row, as PostgreSQL types it."""

    person_id: UUID
    email: bytes
    name: bytes
    role: Role
    barber_id: UUID | None
    since: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One row, as PostgreSQL types it."""

    session_id: UUID
    person_id: UUID
    created_at: datetime
    seen_at: datetime
    factor: Factor | None
    email: bytes
    name: bytes
    house: Role | None


@dataclass(frozen=True, slots=True)
class Seed:
    """One row, as PostgreSQL types it."""

    seed_id: UUID
    seed: bytes
    last_step: int


ADD_PERSON = """\
/* access.add_person */
insert into people (person_id, email_index, email, name, password, house, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (email_index) do nothing"""


async def add_person(
    db: Connection,
    *,
    person_id: UUID,
    email_index: bytes,
    email: bytes,
    name: bytes,
    password: str,
    house: str | None,
    now: datetime,
) -> int:
    """A new account; nobody when the address has one."""
    return int(
        (
            await db.execute(ADD_PERSON, person_id, email_index, email, name, password, house, now)
        ).rpartition(" ")[2]
    )


FIND_ACCOUNT = """\
/* access.find_account */
select person_id, password from people where email_index = $1 and ended_at is null"""


async def find_account(
    db: Connection,
    *,
    email_index: bytes,
) -> Account | None:
    """The account of an address, if it may sign in."""
    row = await db.fetchrow(FIND_ACCOUNT, email_index)
    if row is None:
        return None
    return Account(*row)


LOAD_PERSON = """\
/* access.load_person */
select person_id, email, name, house from people
 where person_id = $1 and ended_at is null"""


async def load_person(
    db: Connection,
    *,
    person_id: UUID,
) -> PersonRow | None:
    """One person with their sealed fields."""
    row = await db.fetchrow(LOAD_PERSON, person_id)
    if row is None:
        return None
    return PersonRow(row[0], row[1], row[2], None if row[3] is None else Role(row[3]))


SET_DIGEST = """\
/* access.set_digest */
update people set password = $1
 where person_id = $2 and password = $3 and ended_at is null"""


async def set_digest(
    db: Connection,
    *,
    password: str,
    person_id: UUID,
    was: str,
) -> int:
    """Another password from now on, if nobody changed the old one meanwhile."""
    return int((await db.execute(SET_DIGEST, password, person_id, was)).rpartition(" ")[2])


END_PERSON = """\
/* access.end_person */
update people set ended_at = $1::timestamptz
 where person_id = $2 and ended_at is null"""


async def end_person(
    db: Connection,
    *,
    now: datetime,
    person_id: UUID,
) -> int:
    """An account is over."""
    return int((await db.execute(END_PERSON, now, person_id)).rpartition(" ")[2])


LOCK_PERSON = """\
/* access.lock_person */
select 1 from people where person_id = $1 for no key update"""


async def lock_person(
    db: Connection,
    *,
    person_id: UUID,
) -> int:
    """Nothing else happens for this person until the transaction ends."""
    return int((await db.execute(LOCK_PERSON, person_id)).rpartition(" ")[2])


ADD_MEMBERSHIP = """\
/* access.add_membership */
insert into memberships (shop_id, person_id, role, barber_id, since)
values ($1, $2, $3, $4, $5)
on conflict (shop_id, person_id) do update
   set role = excluded.role, barber_id = excluded.barber_id, ended_at = null"""


async def add_membership(
    db: Connection,
    *,
    shop_id: UUID,
    person_id: UUID,
    role: str,
    barber_id: UUID | None,
    now: datetime,
) -> int:
    """Somebody works in a shop from now on; again, in another role, if they did before."""
    db.touch(shop_id)
    return int(
        (await db.execute(ADD_MEMBERSHIP, shop_id, person_id, role, barber_id, now)).rpartition(
            " "
        )[2]
    )


END_MEMBERSHIP = """\
/* access.end_membership */
update memberships set ended_at = $1::timestamptz
 where shop_id = $2 and person_id = $3 and ended_at is null"""


async def end_membership(
    db: Connection,
    *,
    now: datetime,
    shop_id: UUID,
    person_id: UUID,
) -> int:
    """Somebody works in a shop no more."""
    db.touch(shop_id)
    return int((await db.execute(END_MEMBERSHIP, now, shop_id, person_id)).rpartition(" ")[2])


SHOPS_OF = """\
/* access.shops_of */
select s.shop_id, s.slug, s.name, m.role, m.barber_id
  from people p
  join memberships m on m.person_id = p.person_id and m.ended_at is null
  join shops s on s.shop_id = m.shop_id
 where p.person_id = $1 and p.ended_at is null
union all
select s.shop_id, s.slug, s.name, p.house, null
  from people p cross join shops s
 where p.person_id = $1 and p.ended_at is null and p.house is not null
   and not exists (select from memberships m where m.shop_id = s.shop_id
                    and m.person_id = p.person_id and m.ended_at is null)
 order by name, shop_id"""


async def shops_of(
    db: Connection,
    *,
    person_id: UUID,
) -> list[Workplace]:
    """The shops in which a person works, by name; every shop for whoever works for the house."""
    return [
        Workplace(row[0], row[1], row[2], Role(row[3]), row[4])
        for row in await db.fetch(SHOPS_OF, person_id)
    ]


PLACE_IN = """\
/* access.place_in */
select s.shop_id, s.slug, s.name, coalesce(m.role, p.house) as role, m.barber_id
  from people p
  cross join shops s
  left join memberships m on m.shop_id = s.shop_id and m.person_id = p.person_id
                         and m.ended_at is null
 where p.person_id = $1 and p.ended_at is null and s.slug = $2
   and (p.house is not null or m.role is not null)"""


async def place_in(
    db: Connection,
    *,
    person_id: UUID,
    slug: str,
) -> Workplace | None:
    """What a person is in one shop, by its name; none when they are nothing there."""
    row = await db.fetchrow(PLACE_IN, person_id, slug)
    if row is None:
        return None
    return Workplace(row[0], row[1], row[2], Role(row[3]), row[4])


PEOPLE_OF = """\
/* access.people_of */
select p.person_id, p.email, p.name, m.role, m.barber_id, m.since
  from memberships m join people p using (person_id)
 where m.shop_id = $1 and m.ended_at is null and p.ended_at is null
 order by m.since, p.person_id"""


async def people_of(
    db: Connection,
    *,
    shop_id: UUID,
) -> list[Colleague]:
    """Who works in a shop, in the order they came."""
    return [
        Colleague(row[0], row[1], row[2], Role(row[3]), row[4], row[5])
        for row in await db.fetch(PEOPLE_OF, shop_id)
    ]


ADD_SESSION = """\
/* access.add_session */
insert into sessions (digest, session_id, person_id, created_at, seen_at)
select $1, $2, person_id, $3, $3 from people
 where person_id = $4 and password = $5 and ended_at is null
   for share"""


async def add_session(
    db: Connection,
    *,
    digest: bytes,
    session_id: UUID,
    now: datetime,
    person_id: UUID,
    password: str,
) -> int:
    """Somebody signed in; nobody when their password was changed or their account closed
    meanwhile.
    """
    return int(
        (await db.execute(ADD_SESSION, digest, session_id, now, person_id, password)).rpartition(
            " "
        )[2]
    )


RAISE_SESSION = """\
/* access.raise_session */
with old as (
    update sessions set ended_at = $1::timestamptz
     where digest = $2 and ended_at is null and factor is null
     returning person_id
)
insert into sessions (digest, session_id, person_id, created_at, seen_at, factor)
select $3, $4, person_id, $1, $1, $5 from old"""


async def raise_session(
    db: Connection,
    *,
    now: datetime,
    digest: bytes,
    raised: bytes,
    session_id: UUID,
    factor: str,
) -> int:
    """A session under another secret in which a second factor was shown, in place of one in
    which none was; nothing when that one is over.
    """
    return int(
        (await db.execute(RAISE_SESSION, now, digest, raised, session_id, factor)).rpartition(" ")[
            2
        ]
    )


FIND_SESSION = """\
/* access.find_session */
select s.session_id, s.person_id, s.created_at, s.seen_at, s.factor, p.email, p.name, p.house
  from sessions s join people p using (person_id)
 where s.digest = $1 and s.ended_at is null and p.ended_at is null
   and s.created_at > $2 and s.seen_at > $3"""


async def find_session(
    db: Connection,
    *,
    digest: bytes,
    created_after: datetime,
    seen_after: datetime,
) -> SessionRow | None:
    """A session that nothing has ended yet, and whose account is in force."""
    row = await db.fetchrow(FIND_SESSION, digest, created_after, seen_after)
    if row is None:
        return None
    return SessionRow(
        row[0],
        row[1],
        row[2],
        row[3],
        None if row[4] is None else Factor(row[4]),
        row[5],
        row[6],
        None if row[7] is None else Role(row[7]),
    )


TOUCH_SESSION = """\
/* access.touch_session */
update sessions set seen_at = $1 where digest = $2 and seen_at < $1"""


async def touch_session(
    db: Connection,
    *,
    now: datetime,
    digest: bytes,
) -> int:
    """Its person is still there."""
    return int((await db.execute(TOUCH_SESSION, now, digest)).rpartition(" ")[2])


END_SESSION = """\
/* access.end_session */
update sessions set ended_at = $1::timestamptz where digest = $2 and ended_at is null"""


async def end_session(
    db: Connection,
    *,
    now: datetime,
    digest: bytes,
) -> int:
    """Its person signed out."""
    return int((await db.execute(END_SESSION, now, digest)).rpartition(" ")[2])


END_SESSIONS = """\
/* access.end_sessions */
update sessions set ended_at = $1::timestamptz
 where person_id = $2 and ended_at is null"""


async def end_sessions(
    db: Connection,
    *,
    now: datetime,
    person_id: UUID,
) -> int:
    """Every session of a person is over."""
    return int((await db.execute(END_SESSIONS, now, person_id)).rpartition(" ")[2])


END_OTHER_SESSIONS = """\
/* access.end_other_sessions */
update sessions set ended_at = $1::timestamptz
 where person_id = $2 and digest <> $3 and ended_at is null"""


async def end_other_sessions(
    db: Connection,
    *,
    now: datetime,
    person_id: UUID,
    digest: bytes,
) -> int:
    """Every session of a person is over but the one they are in."""
    return int((await db.execute(END_OTHER_SESSIONS, now, person_id, digest)).rpartition(" ")[2])


FORGET_SESSIONS = """\
/* access.forget_sessions */
delete from sessions where created_at < $1"""


async def forget_sessions(
    db: Connection,
    *,
    created_before: datetime,
) -> int:
    """Sessions that have been over for long."""
    return int((await db.execute(FORGET_SESSIONS, created_before)).rpartition(" ")[2])


NOTE_PLATFORM_VISIT = """\
/* access.note_platform_visit */
insert into platform_visits (shop_id, person_id, day)
values ($1, $2, $3) on conflict do nothing"""


async def note_platform_visit(
    db: Connection,
    *,
    shop_id: UUID,
    person_id: UUID,
    day: date,
) -> int:
    """Somebody of the house looks into a shop: a row for the first time in a day."""
    db.touch(shop_id)
    return int((await db.execute(NOTE_PLATFORM_VISIT, shop_id, person_id, day)).rpartition(" ")[2])


ADD_SEED = """\
/* access.add_seed */
insert into totp_seeds (seed_id, person_id, seed, last_step, created_at)
values ($1, $2, $3, 0, $4)"""


async def add_seed(
    db: Connection,
    *,
    seed_id: UUID,
    person_id: UUID,
    seed: bytes,
    now: datetime,
) -> int:
    """The seed of an authenticator app, which opens nothing until its first code is right."""
    return int((await db.execute(ADD_SEED, seed_id, person_id, seed, now)).rpartition(" ")[2])


FIND_SEED = """\
/* access.find_seed */
select seed from totp_seeds
 where seed_id = $1 and person_id = $2
   and proven_at is null and ended_at is null and created_at > $3"""


async def find_seed(
    db: Connection,
    *,
    seed_id: UUID,
    person_id: UUID,
    created_after: datetime,
) -> bytes | None:
    """A seed that waits for its first code."""
    row = await db.fetchrow(FIND_SEED, seed_id, person_id, created_after)
    if row is None:
        return None
    value: bytes = row[0]
    return value


PROVE_SEED = """\
/* access.prove_seed */
update totp_seeds set proven_at = $1::timestamptz, last_step = $2
 where seed_id = $3 and proven_at is null and ended_at is null"""


async def prove_seed(
    db: Connection,
    *,
    now: datetime,
    step: int,
    seed_id: UUID,
) -> int:
    """Its first code was right; once."""
    return int((await db.execute(PROVE_SEED, now, step, seed_id)).rpartition(" ")[2])


SEEDS_OF = """\
/* access.seeds_of */
select seed_id, seed, last_step from totp_seeds
 where person_id = $1 and proven_at is not null and ended_at is null
 order by seed_id"""


async def seeds_of(
    db: Connection,
    *,
    person_id: UUID,
) -> list[Seed]:
    """The seeds with which a person may show a code."""
    return [Seed(*row) for row in await db.fetch(SEEDS_OF, person_id)]


USE_STEP = """\
/* access.use_step */
update totp_seeds set last_step = $1
 where seed_id = $2 and last_step < $1 and ended_at is null"""


async def use_step(
    db: Connection,
    *,
    step: int,
    seed_id: UUID,
) -> int:
    """A code is used up, and every earlier one of its seed with it."""
    return int((await db.execute(USE_STEP, step, seed_id)).rpartition(" ")[2])


ADD_STEP_UP = """\
/* access.add_step_up */
insert into step_ups (step_up_id, session_id, operation, factor, at)
values ($1, $2, $3, $4, $5)"""


async def add_step_up(
    db: Connection,
    *,
    step_up_id: UUID,
    session_id: UUID,
    operation: bytes,
    factor: str,
    now: datetime,
) -> int:
    """A second factor was shown for one act."""
    return int(
        (await db.execute(ADD_STEP_UP, step_up_id, session_id, operation, factor, now)).rpartition(
            " "
        )[2]
    )


USE_STEP_UP = """\
/* access.use_step_up */
update step_ups set used_at = $1::timestamptz
 where step_up_id = (
        select step_up_id from step_ups
         where session_id = $2 and operation = $3 and used_at is null
           and at > $4
         order by at limit 1 for update skip locked)
   and used_at is null"""


async def use_step_up(
    db: Connection,
    *,
    now: datetime,
    session_id: UUID,
    operation: bytes,
    after: datetime,
) -> int:
    """The act it was shown for is done; once, and soon."""
    return int(
        (await db.execute(USE_STEP_UP, now, session_id, operation, after)).rpartition(" ")[2]
    )


FACTORS_OF = """\
/* access.factors_of */
select 'totp' as factor
 where exists (select from totp_seeds
                where person_id = $1 and proven_at is not null and ended_at is null)"""


async def factors_of(
    db: Connection,
    *,
    person_id: UUID,
) -> list[Factor]:
    """The kinds of second factor that a person can show."""
    return [Factor(row[0]) for row in await db.fetch(FACTORS_OF, person_id)]
