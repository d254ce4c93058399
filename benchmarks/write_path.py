"""What a payment costs to write: the product's own functions beside pgbench on the same SQL.

Both run eight at once on the same durable database, in turns. The product side is the whole of
`checkout.settle` and `checkout.start`: reading, deciding, sealing, and every round trip.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, cast

from benchmarks.figures import Figure
from benchmarks.ground import (
    ACCOUNT,
    BARBERS,
    CLIENTS,
    NOW,
    Ground,
    Script,
    identifier,
    moment,
    number,
    run_pgbench,
)
from bookedbarber.audit import queries as audit
from bookedbarber.booking import queries as booking
from bookedbarber.checkout import queries as checkout
from bookedbarber.checkout import settle, start
from bookedbarber.checkout.start import Evidence, Wish
from bookedbarber.database import Connection
from bookedbarber.jobs import queries as jobs
from bookedbarber.ledger import journal, rules
from bookedbarber.money import Money, currency
from bookedbarber.payments import queries as payments
from bookedbarber.payments.states import Purpose
from bookedbarber.processor.snapshots import Charge, Intent, IntentStatus
from bookedbarber.shops import queries as shops
from bookedbarber.vault import queries as vault

ROUNDS: Final = 5
SETTLED: Final = 150  # of each client in a round
BOOKED: Final = 25
USD: Final = currency("usd")
PRICE: Final = Money(3200, USD)
VISIT, PAYMENT, ENTRY, AUDIT, JOB, CLIENT, KEY, OTHER = range(1, 9)
A_DAY: Final = BARBERS * 16
FIRST: Final = datetime(2035, 3, 6, 6, 0, tzinfo=NOW.tzinfo)


async def settling(ground: Ground) -> Figure:
    """A payment arrives for a held slot: load, decide, and one statement that does it all."""
    script = await _settle_script(ground)
    ours, theirs = [], []
    size = CLIENTS * SETTLED
    for turn in range(ROUNDS):
        base = turn * 4 * size
        await _hold_many(ground, base, 4 * size)
        ours.append(await _rate(size, base, lambda n: _settle(ground, n)))
        theirs.append(
            run_pgbench(
                ground.addresses.platform_url, script, each=SETTLED, base=base + 2 * size, i=0
            )
        )
    return Figure("settle a payment, against pgbench on the same SQL", ours, theirs, 0.90)


async def booking_(ground: Ground) -> Figure:
    """A client books: what the shop offers is read, then the slot, client and payment written."""
    script = await _book_script(ground)
    ours, theirs = [], []
    size = CLIENTS * BOOKED
    for turn in range(ROUNDS):
        base = turn * 4 * size
        ours.append(await _rate(size, base, lambda n: _book(ground, n)))
        theirs.append(
            run_pgbench(ground.addresses.app_url, script, each=BOOKED, base=base + 2 * size, i=0)
        )
    return Figure("book a slot, against pgbench on the same SQL", ours, theirs, None)


async def _rate(size: int, base: int, one: Callable[[int], Awaitable[object]]) -> float:
    """Do `size` of them, `CLIENTS` at once; how many a second."""
    numbers = iter(range(base + 1, base + 1 + size))

    async def client() -> None:
        for n in numbers:
            await one(n)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return size / (time.perf_counter() - began)


async def _settle(ground: Ground, n: int) -> None:
    charge = Charge(f"ch_{n}", PRICE, True, NOW, None, "visa", "4242")  # noqa: FBT003 # a snapshot
    intent = Intent(f"pi_{n}", IntentStatus.SUCCEEDED, PRICE, PRICE, "", {}, charge, None, NOW)
    await settle.payment(
        ground.means,
        shop_id=ground.shop_id,
        payment_id=identifier(n, family=PAYMENT),
        intent=intent,
        now=NOW,
    )


async def _hold_many(ground: Ground, base: int, size: int) -> None:
    """Held slots with open payments, waiting to be settled."""
    await ground.owner.execute(
        f"""
        insert into clients (shop_id, client_id, email_index, email, key_id, created_at)
        select '{ground.shop_id}', {number("0", family=CLIENT)}, '\\x00', '\\x00',
               {number("0", family=KEY)}, {moment(NOW)}
        on conflict do nothing"""
    )
    await ground.owner.execute(
        f"""
        insert into appointments (shop_id, appointment_id, barber_id, service_id, client_id, state,
               starts_at, ends_at, blocked, held_until, service_name, service_amount, tax_amount,
               tax_basis_points, tip_amount, deposit_amount, currency, guest_name, key_id, locale,
               terms_version, booked_ip, booked_device, booked_at)
        select '{ground.shop_id}', {number("n", family=VISIT)}, b.barber_id,
               '{ground.service_id}', {number("0", family=CLIENT)}, 'held', t, t + '45 min',
               tstzrange(t, t + '45 min'), {moment(NOW + timedelta(minutes=10))}, 'Cut', 2667, 533,
               2000, 0, 0, 'usd', '\\x00', {number("0", family=KEY)}, 'en', 1, '\\x00', '\\x00',
               {moment(NOW)}
          from generate_series({base + 1}, {base + size}) as n
          cross join lateral (select {moment(NOW)} + '3 years' + n * interval '1 hour' as t) as at
          join barbers b on b.position = n % {BARBERS}"""
    )
    await ground.owner.execute(
        f"""
        insert into payments (shop_id, payment_id, appointment_id, purpose, state, service_amount,
               tax_amount, tip_amount, amount, currency, stripe_account, via, intent_id, created_at)
        select '{ground.shop_id}', {number("n", family=PAYMENT)}, {number("n", family=VISIT)},
               'full', 'open', 2667, 533, 0, 3200, 'usd', '{ACCOUNT}', 'element', 'pi_' || n,
               {moment(NOW)}
          from generate_series({base + 1}, {base + size}) as n"""
    )
    await ground.owner.execute("analyze appointments, payments")


async def _settle_script(ground: Ground) -> str:
    script = _script()
    db = cast("Connection", script)
    shop: Any = f"'{ground.shop_id}'::uuid"
    now: Any = moment(NOW)
    sample = journal.parameters(
        rules.payment_captured(charge="ch", visit="apt", amount=PRICE, at=NOW),
        stripe_account=ACCOUNT,
        now=NOW,
    )
    values: Any = {
        "entry_id": number(":n", family=ENTRY),
        "entry_kind": _text(sample["entry_kind"]),
        "happened": "'charge-' || :n",
        "effective_at": now,
        "reverses": "null",
        "currency": "'usd'",
        "stripe_account": _text(ACCOUNT),
        "accounts": _array(sample["accounts"]),
        "sides": _array(sample["sides"]),
        "amounts": f"array[{', '.join(map(str, sample['amounts']))}]::bigint[]",
        "parties": "array[null, null]::uuid[]",
        "items": "array['ch_' || :n, 'apt_' || :n]",
    }
    payment: Any = number(":n", family=PAYMENT)
    visit: Any = number(":n", family=VISIT)
    await checkout.load_for_settling(db, shop_id=shop, payment_id=payment)
    asked: Any = {
        "shop_id": shop,
        "appointment_id": visit,
        "payment_id": payment,
        "intent_id": "'pi_' || :n",
        "charge_id": "'ch_' || :n",
        "card_brand": "'visa'",
        "card_last4": "'4242'",
        "now": now,
        "audit_id": number(":n", family=AUDIT),
        "actor": "'stripe'",
        "act": "'payment.captured'",
        "object": "'pay_' || :n",
        "facts": """jsonb_build_object('amount', 3200, 'currency', 'usd', 'charge', 'ch_' || :n)""",
        "job_id": number(":n", family=JOB),
        "job_kind": "'tell_confirmed'",
        "about": visit,
        "job_name": "'tell_confirmed ' || :n",
        "run_at": now,
    }
    with contextlib.suppress(LookupError):  # it is taken down, not run
        await checkout.settle(db, **asked, **values)
    return str(script)


async def _book(ground: Ground, n: int) -> None:
    wish = Wish(
        service_id=ground.service_id,
        barber_id=ground.barbers[n % BARBERS],
        starts_at=FIRST + timedelta(days=n // A_DAY, hours=n % A_DAY // BARBERS),
        purpose=Purpose.FULL,
        tip=Money.zero(USD),
        name="Amara Okafor",
        email=f"amara{n}@example.com",
        phone=None,
        locale="en",
        terms_version=1,
        expected=PRICE,
    )
    await start.book(
        ground.means,
        shop_id=ground.shop_id,
        wish=wish,
        evidence=Evidence("127.0.0.1", "benchmark"),
        key=None,
        now=NOW,
    )


async def _book_script(ground: Ground) -> str:
    script = _script()
    db = cast("Connection", script)
    shop: Any = f"'{ground.shop_id}'::uuid"
    now: Any = moment(NOW)
    day: Any = f"{moment(FIRST)} + (:n::int / {A_DAY}) * interval '24 hours'"
    at: Any = f"{day} + (:n::int % {A_DAY} / {BARBERS}) * interval '1 hour'"
    end: Any = f"{at} + interval '45 minutes'"
    after: Any = f"{day} + interval '24 hours'"
    names = ", ".join(f"'{barber}'" for barber in ground.barbers)
    barber: Any = f"(array[{names}])[:n::int % {BARBERS} + 1]::uuid"
    sealed: Any = "decode(repeat('ab', 48), 'hex')"
    visit: Any = number(":n", family=OTHER)
    client: Any = number(":n", family=CLIENT)
    key: Any = number(":n", family=KEY)
    index: Any = "decode(md5('a' || :n) || md5('b' || :n), 'hex')"
    zero: Any = "0"
    word: Any = _text
    script.say("begin;")
    script.say(f"set local app.shop = '{ground.shop_id}';")
    await shops.load_shop(db, shop_id=shop)
    await shops.list_services(db, shop_id=shop)
    await shops.list_opening_hours(db, shop_id=shop)
    await shops.list_barbers(db, shop_id=shop)
    await shops.list_barber_hours(db, shop_id=shop)
    await shops.list_time_off(db, shop_id=shop, since=day, until=after)
    await booking.busy(db, shop_id=shop, since=day, until=after, besides=None, now=now)
    script.say("commit;")
    script.say("begin;")
    script.say(f"set local app.shop = '{ground.shop_id}';")
    await shops.lock_client(db, shop_id=shop, email_index=index)
    await vault.keep_key(db, shop_id=shop, subject_id=client, key_id=key, wrapped=sealed, now=now)
    await shops.add_client(
        db, shop_id=shop, client_id=client, email_index=index, email=sealed, key_id=key, now=now
    )
    await booking.expire_stale(
        db, now=now, shop_id=shop, barber_id=barber, starts_at=at, blocked_until=end
    )
    await booking.hold(
        db,
        shop_id=shop,
        appointment_id=visit,
        barber_id=barber,
        service_id=cast("Any", f"'{ground.service_id}'::uuid"),
        client_id=client,
        starts_at=at,
        ends_at=end,
        blocked_until=end,
        held_until=cast("Any", moment(NOW + timedelta(minutes=10))),
        service_name=word("Cut"),
        service_amount=cast("Any", "2667"),
        tax_amount=cast("Any", "533"),
        tax_basis_points=cast("Any", "2000"),
        tip_amount=zero,
        deposit_amount=zero,
        currency=word("usd"),
        guest_name=sealed,
        guest_phone=cast("Any", "null"),
        key_id=key,
        locale=word("en"),
        terms_version=cast("Any", "1"),
        booked_ip=sealed,
        booked_device=sealed,
        most=cast("Any", "3"),
        now=now,
    )
    await payments.add_payment(
        db,
        shop_id=shop,
        payment_id=cast("Any", number(":n", family=OTHER + 1)),
        appointment_id=visit,
        purpose=word("full"),
        service_amount=cast("Any", "2667"),
        tax_amount=cast("Any", "533"),
        tip_amount=zero,
        currency=word("usd"),
        stripe_account=word(ACCOUNT),
        via=word("element"),
        now=now,
    )
    await audit.record(
        db,
        shop_id=shop,
        audit_id=cast("Any", number(":n", family=OTHER + 2)),
        now=now,
        actor=word("client"),
        act=word("appointment.held"),
        object="'apt_' || :n",
        facts="jsonb_build_object('terms', 1)",
    )
    for kind, family in (("expire_hold", OTHER + 3), ("open_intent", OTHER + 4)):
        with contextlib.suppress(LookupError):
            await jobs.enqueue(
                db,
                job_id=cast("Any", number(":n", family=family)),
                shop_id=shop,
                job_kind=word(kind),
                about=visit,
                job_name=f"'{kind} ' || :n",
                run_at=cast("Any", moment(NOW + timedelta(minutes=10))),
                now=now,
            )
    script.say("commit;")
    return str(script)


def _script() -> Script:
    """A script in which `n` is another number in each transaction of each client."""
    script = Script()
    script.say("\\set i :i + 1")
    script.say(f"\\set n :base + :client_id + :i * {CLIENTS}")
    return script


def _text(value: str) -> str:
    return f"'{value}'"


def _array(values: Any) -> str:
    return f"array[{', '.join(_text(value) for value in values)}]::text[]"
