"""Clients are told once, truly, in their language, and nobody else can read it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bookedbarber import ids
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import letters
from bookedbarber.checkout.letters import cancelled, slot_lost
from bookedbarber.checkout.work import WorkKind
from bookedbarber.messages import layout, outbox
from bookedbarber.messages.states import MessageState
from bookedbarber.money import Money, currency
from tests.conftest import Databases
from tests.letters.visits import (
    ALONE,
    ask,
    forget_everybody,
    in_two_days,
    letter,
    lost_slot,
    messages,
    read,
)
from tests.world import World


async def test_a_confirmation_is_a_receipt_with_everything_on_it(world: World) -> None:
    shop = await world.open_shop(
        currency="gbp", phone="+44 20 7946 0000", tax_name="VAT", barbers=ALONE
    )
    tip = {"amount": 500, "currency": "gbp"}
    booking = await world.paid_booking(shop, pay="deposit", tip=tip, **in_two_days(world))
    seen, told = await read(world, shop, booking), await letter(world, booking)
    assert told.recipient == "amara@example.com"
    assert told.subject == "Booked: Skin fade, 7 Mar 2035, 09:00"
    assert told.body.text == (
        "Hello Amara Okafor,\n\n"
        "Your appointment is booked. This is also your receipt.\n\n"
        "Service: Skin fade\nBarber: Marco\n"
        "When: Wednesday, 7 March 2035, 09:00 (London, GMT+00:00)\n"
        "Where: Fade Street Barbers, 12 Fade Street\n\n"
        "Skin fade: £32.00\nTip: £5.00\nTotal: £37.00\nof which VAT: £5.33\n\n"
        f"Receipt number: {seen.number}\n"
        "Deposit paid, Visa ending in 4242, 5 Mar 2035: £13.00\n"
        "Due at the shop: £24.00\n\n"
        "You can cancel free of charge until Tuesday, 6 March 2035, 09:00 (London, GMT+00:00). "
        "After that, and until the appointment begins, the shop keeps £8.00 and the rest goes "
        "back to you.\n\n"
        f"See, move or cancel your booking:\n{seen.links.manage}\n\n"
        f"Your receipt:\n{seen.links.receipt}\n\n"
        f"Add it to your calendar:\n{seen.links.calendar}\n\n"
        f"All your bookings here:\n{seen.links.mine}\n\n"
        "Fade Street Barbers · 12 Fade Street · +44 20 7946 0000\n"
    )
    assert [file.name for file in told.body.attachments] == ["appointment.ics"]


async def test_the_link_in_the_letter_opens_the_booking(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    told, seen = await letter(world, booking), await read(world, shop, booking)
    link = seen.links.manage.rsplit("/", 1)[1]
    assert f"\n{seen.links.manage}\n" in told.body.text
    answer = await world.http.get(f"/api/v2/own/{link}")
    assert answer.raise_for_status().json()["id"] == booking["id"]


async def test_tax_that_is_not_in_the_price_stands_beside_it(world: World) -> None:
    shop = await world.open_shop(
        tax_included=False, tax_basis_points=887, tax_name="Sales tax", country="US",
        time_zone="America/New_York",
    )  # fmt: skip
    told = await letter(world, await world.paid_booking(shop))
    assert "Skin fade: $32.00\nSales tax: $2.84\nTotal: $34.84\n" in told.body.text
    assert "of which" not in told.body.text


async def test_a_free_cancellation_says_that_all_goes_back(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop, **in_two_days(world))
    await ask(world, shop, f"bookings/{booking['id']}/cancel", {"cancelled_by": "client"})
    await world.settle()
    text = (await letter(world, booking)).body.text
    assert "Your appointment is cancelled." in text
    assert ": \N{MINUS SIGN}US$32.00\nKept by the shop: US$0.00" in text
    assert "Everything you paid goes back to you." in text


async def test_a_late_cancellation_says_what_is_kept_and_why(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await ask(world, shop, f"bookings/{booking['id']}/cancel", {"cancelled_by": "client"})
    await world.settle()
    text = (await letter(world, booking)).body.text
    assert ": \N{MINUS SIGN}US$24.00\nKept by the shop: US$8.00" in text
    assert "free of charge until Sunday, 4 March 2035, 09:00 (London, GMT+00:00)" in text
    assert "terms you agreed to when booking (version 1)" in text


async def test_a_cancellation_by_the_shop_says_so_and_names_no_deadline(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await ask(world, shop, f"bookings/{booking['id']}/cancel")
    await world.settle()
    text = (await letter(world, booking)).body.text
    assert "We are sorry: we had to cancel your appointment." in text
    assert ": \N{MINUS SIGN}US$32.00\nKept by the shop: US$0.00" in text
    assert "Everything you paid goes back to you." in text
    assert "Cancelling was free" not in text


async def test_what_is_not_yet_back_after_the_shop_cancelled_is_owed_whatever_the_terms_say(
    world: World,
) -> None:
    """A refund can be undone: Stripe refuses it, and somebody must look."""
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await ask(world, shop, f"bookings/{booking['id']}/cancel")
    seen = await read(world, shop, booking)
    nothing = seen.figures.refunded - seen.figures.refunded
    undone = replace(seen, refunds=(), figures=replace(seen.figures, refunded=nothing))
    draft = cancelled.draft(undone, letters.reader(undone))
    assert draft is not None
    said = layout.plain(draft.blocks)
    assert "As we cancelled, the rest is owed to you as well." in said
    assert "by the terms you agreed to" not in said


async def test_a_lost_slot_is_an_apology_with_all_of_it_back(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    booking = await lost_slot(world, shop)
    told = await letter(world, booking)
    assert told.subject == "Not booked: Skin fade"
    assert "went to somebody else before your payment arrived" in told.body.text
    assert "Goes back to you: US$32.00" in told.body.text
    assert f"Book another time:\n{world.means.site_url}/b/fade" in told.body.text
    assert told.body.attachments == ()


async def test_a_payment_after_a_cancellation_is_not_called_a_lost_slot(world: World) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop)).json()
    link = booked["manage_url"].rsplit("/", 1)[1]
    (await world.http.post(f"/api/v2/own/{link}/cancel", json={})).raise_for_status()
    await world.pay(booked)
    await world.settle()
    told = await letter(world, booked)
    assert told.subject == "Your payment goes back: Skin fade"
    assert "arrived after the appointment below was cancelled" in told.body.text


async def test_a_second_payment_for_a_visit_that_stands_does_not_call_it_lost(world: World) -> None:
    shop = await world.open_shop(barbers=ALONE)
    lost = await read(world, shop, await lost_slot(world, shop))
    standing = replace(lost, state=AppointmentState.CONFIRMED)
    draft = slot_lost.draft(standing, letters.reader(standing))
    assert draft is not None
    assert draft.subject == "You paid twice: Skin fade"


async def test_telling_twice_writes_one_letter(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    for _ in range(2):
        await tell(world, shop.id, WorkKind.TELL_CONFIRMED, booking)
    assert len(await messages(world, booking)) == 1


async def test_a_confirmation_that_is_no_longer_true_is_not_written(world: World) -> None:
    shop = await world.open_shop()
    booked = (await world.book(shop)).json()
    await tell(world, shop.id, WorkKind.TELL_CONFIRMED, booked)
    await tell(world, shop.id, WorkKind.TELL_CANCELLED, booked)
    await tell(world, shop.id, WorkKind.TELL_SLOT_LOST, booked)
    assert await messages(world, booked) == []


async def test_a_forgotten_client_is_not_written_to_and_old_letters_close(
    world: World, databases: Databases
) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    await forget_everybody(databases)
    await ask(world, shop, f"bookings/{booking['id']}/cancel")
    await world.settle()
    (old,) = await messages(world, booking)
    assert old.content is None
    assert old.state is MessageState.QUEUED


async def test_nothing_readable_is_stored(world: World) -> None:
    shop = await world.open_shop()
    booking = await world.paid_booking(shop)
    async with world.means.database.platform() as db:
        rows = await db.fetch(
            "select recipient || subject || body as kept, messages::text from messages"
        )
    assert len(rows) == 1
    for secret in (b"amara", b"Amara", b"Skin fade", booking["id"].encode()):
        assert secret not in rows[0]["kept"]
        assert secret.decode() not in rows[0]["messages"]


async def test_another_shop_sees_none_of_the_letters(world: World) -> None:
    shop, other = await world.open_shop(), await world.open_shop("razor")
    await world.paid_booking(shop)
    for shop_id, count in ((shop.id, 1), (other.id, 0)):
        async with world.means.database.tenant(shop_id) as db:
            assert len(await outbox.newest(db, world.means.vault)) == count


async def test_a_client_who_books_in_german_is_answered_in_german(world: World) -> None:
    shop = await world.open_shop(currency="eur", time_zone="Europe/Berlin", country="DE")
    booking = await world.paid_booking(shop, locale="de", **in_two_days(world))
    told = await letter(world, booking)
    assert told.subject == "Gebucht: Skin fade, 07.03.2035, 10:00"
    assert "Wann: Mittwoch, 7. März 2035, 10:00 (Berlin, GMT+01:00)" in told.body.text
    assert "Im Salon zu zahlen: 0,00\N{NO-BREAK SPACE}€" in told.body.text
    assert '<html lang="de-DE" dir="ltr">' in told.body.html


@pytest.mark.parametrize(
    ("code", "country", "zone", "shown"),
    [
        ("jpy", "JP", "Asia/Tokyo", "Total: ¥3,200"),
        ("kwd", "KW", "Asia/Kuwait", "Total: KWD\N{NO-BREAK SPACE}9.500"),
        ("isk", "IS", "Atlantic/Reykjavik", "Total: ISK\N{NO-BREAK SPACE}32"),
        ("usd", "US", "America/New_York", "Total: $32.00"),
    ],
)
async def test_each_currency_shows_the_decimals_it_has(
    world: World, code: str, country: str, zone: str, shown: str
) -> None:
    fixed: dict[str, Any] = {"country": country, "time_zone": zone}
    shop = await world.open_shop(currency=code, **fixed)
    told = await letter(world, await world.paid_booking(shop, locale="en-US"))
    assert f"{shown}\n" in told.body.text


async def test_a_name_can_forge_neither_lines_nor_markup(world: World) -> None:
    shop = await world.open_shop(name='Fade "&" <b>Sons</b>')
    name = "Eve\r\nDue at the shop: US$0.00 <img src=x>"
    client = {"name": name, "email": "eve@example.com"}
    answer = await world.book(shop, client=client, pay="deposit")
    assert answer.status_code == 201, answer.text
    await world.pay(answer.json())
    await world.settle()
    body = (await letter(world, answer.json())).body
    assert [line for line in body.text.splitlines() if line.startswith("Due at")] == [
        "Due at the shop: US$24.00"
    ]
    assert "<img" not in body.html
    assert "<b>Sons" not in body.html
    assert "Fade &quot;&amp;&quot; &lt;b&gt;Sons&lt;/b&gt;" in body.html


async def test_a_policy_that_keeps_nothing_says_so(world: World) -> None:
    shop = await world.open_shop(late_refund_basis_points=10_000)
    text = (await letter(world, await world.paid_booking(shop, pay="deposit"))).body.text
    assert "You can cancel until the appointment begins and get everything back." in text


async def test_a_deadline_that_has_passed_is_not_offered(world: World) -> None:
    shop = await world.open_shop()
    text = (await letter(world, await world.paid_booking(shop, pay="deposit"))).body.text
    assert "The time to cancel free of charge has passed." in text
    assert "the shop keeps US$8.00" in text


async def test_what_the_letter_says_is_kept_is_what_cancelling_keeps(world: World) -> None:
    shop = await world.open_shop(late_refund_basis_points=3333)
    booking = await world.paid_booking(shop, **in_two_days(world))
    announced = (await read(world, shop, booking)).late_fee
    await world.advance(timedelta(hours=30))
    by_client = {"cancelled_by": "client"}
    kept = (await ask(world, shop, f"bookings/{booking['id']}/cancel", by_client))["kept"]
    assert Money.from_json(kept) == announced == Money(533, currency("usd"))


async def tell(world: World, shop_id: Any, kind: WorkKind, booking: dict[str, Any]) -> None:
    about = ids.parse("apt", booking["id"])
    name = letters.occasion(kind, about)
    await letters.write(
        world.means, kind, shop_id=shop_id, about=about, name=name, now=world.clock.now()
    )
