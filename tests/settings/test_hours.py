"""Hours, barbers and absences: what can be booked follows at once, what is booked stays."""

from datetime import timedelta
from typing import Any

from tests.settings.owner import Owner, reasons
from tests.world import Shop, World

TUESDAY = "2035-03-06"


async def times(world: World, shop: Shop, day: str = TUESDAY, **asked: str) -> list[str]:
    """The local times that can be booked on a day."""
    answer = await world.http.get(
        f"/api/v2/shops/{shop.slug}/availability",
        params={"service": shop.service("Skin fade")["id"], "day": day, **asked},
    )
    return [slot["local_time"] for slot in answer.raise_for_status().json()["slots"]]


def span(weekday: int, starts: str, ends: str) -> dict[str, Any]:
    return {"weekday": weekday, "starts": starts, "ends": ends}


async def test_new_opening_hours_count_at_once_and_say_which_visits_they_leave_outside(
    world: World,
) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    early = await world.paid_booking(shop, starts_at=f"{TUESDAY}T09:00:00Z")
    await world.paid_booking(
        shop, starts_at=f"{TUESDAY}T12:00:00Z", client={"name": "B", "email": "b@example.com"}
    )
    assert (await times(world, shop))[0] == "09:00"
    changed = await owner.change("hours", hours=[span(1, "11:00", "15:00")])
    assert changed.status_code == 200, changed.text
    assert changed.json()["outside"] == 1
    offered = await times(world, shop)
    assert (offered[0], offered[-1]) == ("11:00", "14:15")
    assert await times(world, shop, "2035-03-07") == []
    kept = await world.booking(shop, early["id"])
    assert (kept["state"], kept["starts_at"]) == ("confirmed", early["starts_at"])
    [told] = await owner.told("hours.changed")
    assert len(told["facts"]["before"]["hours"]) == 6
    assert told["facts"]["after"]["hours"] == [
        {"weekday": 1, "starts": "11:00:00", "ends": "15:00:00"}
    ]


async def test_hours_over_midnight_are_kept_as_they_were_meant(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    night = [span(6, "20:00", "02:00"), span(0, "02:00", "06:00"), span(0, "09:00", "12:00")]
    changed = await owner.change("hours", hours=night)
    assert changed.status_code == 200, changed.text
    too_long = [span(6, "20:00", "02:30"), span(0, "02:00", "06:00")]
    assert reasons(await owner.change("hours", hours=too_long)) == {"hours.0": "overlaps"}


WRONG: list[tuple[list[dict[str, Any]], dict[str, str]]] = [
    ([span(7, "09:00", "10:00")], {"hours": "out_of_range"}),
    ([span(-1, "09:00", "10:00")], {"hours": "out_of_range"}),
    ([span(0, "09:00", "12:00"), span(0, "11:00", "13:00")], {"hours.0": "overlaps"}),
    ([span(0, "09:00", "12:00"), span(0, "09:00", "12:00")], {"hours.0": "overlaps"}),
    ([span(0, "18:00", "10:00"), span(1, "09:00", "12:00")], {"hours.1": "overlaps"}),
    ([span(2, "09:00:30", "12:00")], {"hours.2": "not_a_choice"}),
    ([span(2, "09:00", "12:00:00.5")], {"hours.2": "not_a_choice"}),
    ([span(3, "09:00", "09:00"), span(3, "10:00", "11:00")], {"hours.3": "overlaps"}),
    ([span(4, f"{n:02}:00", f"{n:02}:30") for n in range(6)], {"hours.4": "out_of_range"}),
    ([span(0, "08:00", "09:00"), span(6, "22:00", "08:30")], {"hours.0": "overlaps"}),
]


async def test_hours_that_cannot_be_are_refused_by_the_day(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    before = await owner.read("hours")
    for hours, wrong in WRONG:
        assert reasons(await owner.change("hours", hours=hours)) == wrong, hours
    for odd in ("25:00", 9, None, "9 o'clock"):
        answer = await owner.change("hours", hours=[{"weekday": 0, "starts": odd, "ends": "18:00"}])
        assert answer.json()["code"] == "request_invalid", odd
    assert await owner.read("hours") == before


async def test_a_barbers_own_hours_breaks_and_absences_decide_what_is_offered(
    world: World,
) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    marco, elif_ = (await owner.barber("Marco"))["id"], (await owner.barber("Elif"))["id"]
    week = await owner.read(f"barbers/{marco}/hours")
    changed = await owner.send(
        f"barbers/{marco}/hours",
        {
            "version": week["version"],
            "work": [span(1, "10:00", "14:00")],
            "breaks": [span(1, "11:00", "11:30")],
        },
    )
    assert changed.status_code == 200, changed.text
    assert await times(world, shop, barber=marco) == [
        "10:00", "10:15", "11:30", "11:45", "12:00", "12:15", "12:30", "12:45", "13:00", "13:15",
    ]  # fmt: skip
    booked = await world.paid_booking(shop, starts_at=f"{TUESDAY}T15:00:00Z", barber=elif_)
    away = await owner.send(
        f"barbers/{elif_}/time-off",
        {"starts_at": f"{TUESDAY}T14:00:00Z", "ends_at": "2035-03-08T00:00:00Z"},
        method="POST",
    )
    assert away.json()["outside"] == 1
    assert await times(world, shop, "2035-03-07", barber=elif_) == []
    assert (await world.booking(shop, booked["id"]))["state"] == "confirmed"
    back = await owner.send(f"time-off/{away.json()['id']}", None, method="DELETE")
    assert back.json()["outside"] == 0
    assert len(await times(world, shop, "2035-03-07", barber=elif_)) > 20
    gone = await owner.send(f"time-off/{away.json()['id']}", None, method="DELETE")
    assert (gone.status_code, gone.json()["code"]) == (404, "time_off_unknown")
    assert [len(await owner.told(act)) for act in ("barber.away", "barber.back")] == [1, 1]


async def test_absences_that_cannot_be_are_refused(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    marco = (await owner.barber("Marco"))["id"]
    now = world.clock.now()

    async def away(starts: timedelta, ends: timedelta) -> Any:
        body = {"starts_at": (now + starts).isoformat(), "ends_at": (now + ends).isoformat()}
        return await owner.send(f"barbers/{marco}/time-off", body, method="POST")

    day = timedelta(days=1)
    for starts, ends in [(day, day), (2 * day, day), (-3 * day, -2 * day)]:
        assert reasons(await away(starts, ends)) == {"ends_at": "backwards"}
    assert reasons(await away(day, 500 * day)) == {"ends_at": "out_of_range"}
    assert reasons(await away(1199 * day, 1300 * day)) == {"starts_at": "out_of_range"}
    for odd in ("2035-03-06T10:00:00", "yesterday", 7, None):
        body = {"starts_at": odd, "ends_at": "2035-03-08T00:00:00Z"}
        answer = await owner.send(f"barbers/{marco}/time-off", body, method="POST")
        assert answer.json()["code"] in ("request_invalid", "slot_not_offered"), odd
    unknown = {"starts_at": f"{TUESDAY}T14:00:00Z", "ends_at": "2035-03-08T00:00:00Z"}
    answer = await owner.send(f"barbers/bar_{'0' * 26}/time-off", unknown, method="POST")
    assert (answer.status_code, answer.json()["code"]) == (404, "barber_setting_unknown")
    assert await owner.read("time-off") == []


async def test_somebody_who_leaves_keeps_the_visits_that_are_booked(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    marco = (await owner.barber("Marco"))["id"]
    booked = await world.paid_booking(shop, barber=marco)
    left = await owner.change_barber("Marco", active=False)
    assert left.json()["to_come"] == 1
    assert (await world.booking(shop, booked["id"]))["barber"] == "Marco"
    wish = await world.wish(shop, barber=marco, starts_at=f"{TUESDAY}T10:00:00Z")
    assert (await world.send(shop, wish)).json()["code"] == "barber_unknown"
    [told] = await owner.told("barber.changed")
    assert told["facts"] == {"before": {"active": True}, "after": {"active": False}}


async def test_a_new_barber_works_whenever_the_shop_is_open_and_the_trail_keeps_no_name(
    world: World,
) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    fade = shop.service("Skin fade")["id"]
    added = await owner.send("barbers", {"name": "Zebedee", "services": [fade]}, method="POST")
    assert added.status_code == 200, added.text
    zebedee = added.json()["id"]
    assert len(await times(world, shop, barber=zebedee)) > 20
    renamed = await owner.change_barber("Zebedee", name="Zeb")
    assert renamed.json()["name"] == "Zeb"
    trail = str(await world.query("select facts from audit_events"))
    assert "Zeb" not in trail
    assert (await owner.told("barber.changed"))[0]["facts"]["after"] == {"name": "changed"}


async def test_a_barber_who_cannot_be_is_refused(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    fade = shop.service("Skin fade")["id"]
    wrong: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"name": ""}, {"name": "missing"}),
        ({"name": "x" * 81}, {"name": "too_long"}),
        ({"name": "ELIF"}, {"name": "taken"}),
        ({"worker_type": "robot"}, {"worker_type": "not_a_choice"}),
        ({"services": []}, {"services": "missing"}),
        ({"services": [f"svc_{'0' * 26}"]}, {"services": "not_a_choice"}),
        ({"position": -1}, {"position": "out_of_range"}),
        ({"name": " \n ", "services": []}, {"name": "missing", "services": "missing"}),
    ]
    for fields, reason in wrong:
        assert reasons(await owner.change_barber("Marco", **fields)) == reason, fields
    odds: list[tuple[dict[str, Any], str]] = [
        ({"services": ["svc_x"]}, "id_invalid"),
        ({"services": "all"}, "request_invalid"),
        ({"active": "yes"}, "request_invalid"),
        ({"version": "0" * 16, "position": 5}, "settings_changed"),
    ]
    for odd, code in odds:
        assert (await owner.change_barber("Marco", **odd)).json()["code"] == code, odd
    assert (await owner.change_barber("Marco", services=[fade, fade])).status_code == 200
    assert (await owner.barber("Marco"))["services"] == [fade]
