"""What "the books close" means, computed apart from the product: from postings alone on our side
and from the sandbox's own rows on the other. Shares no sum and no fee with what it checks."""

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

from bookedbarber import ids

if TYPE_CHECKING:
    from tests.world import World

Postings = list[dict[str, Any]]
UNDONE = ("cancelled", "refused")


async def prove(world: "World") -> None:
    """Fail with the smallest counterexample when anything is open that should not be."""
    async with world.means.database.platform() as db:
        postings = [dict(row) for row in await db.fetch("select * from postings")]
        payments = [dict(row) for row in await db.fetch("select * from payments")]
        refunds = [dict(row) for row in await db.fetch("select * from refunds")]
        appointments = [dict(row) for row in await db.fetch("select * from appointments")]
        acts = [dict(row) for row in await db.fetch("select act, object from audit_events")]
        booked = {row["id"] for row in await db.fetch("select id from balance_transactions")}
        events = {row["event_id"] for row in await db.fetch("select event_id from webhook_events")}
        dead = [
            dict(row)
            for row in await db.fetch(
                "select kind, failure from jobs where state = 'dead' union all"
                " select type, failure from webhook_events where state = 'dead'"
            )
        ]
    movements = await world.rows("balance_transaction")
    charges = {row["id"]: row for row in await world.rows("charge")}
    dead = [row for row in dead if row["kind"] not in world.dead_on_purpose]
    assert not dead, dead
    _every_entry_sums_to_zero(postings)
    _our_balance_is_stripes(postings, movements)
    _each_movement_is_booked_once(postings, movements, booked)
    _fees_are_stripes(postings, movements)
    _nothing_lingers(postings, "awaiting_stripe")
    _nothing_lingers(postings, "suspense", but=world.unexplained_on_purpose)
    collected = {p["charge_id"] for p in payments}
    sent = [row for row in await world.rows("refund") if row["charge"] in collected]
    _refunds_owed_are_those_not_yet_sent(postings, refunds, sent)
    _each_charge_gave_back_what_we_say(payments, refunds, sent)
    _deposits_are_for_visits_to_come(postings, payments, appointments)
    _captured_at_most_once(payments, charges)
    _no_booking_collects_more_than_is_due(payments, appointments)
    _lost_slots_are_refunded(payments, appointments)
    _refunds_stay_within(payments, refunds)
    _no_two_share_a_chair(appointments)
    _each_capture_is_in_the_trail_once(payments, acts)
    _what_we_answered_is_kept(world.acknowledged, appointments, payments, refunds)
    log = (await world.control("GET", "deliveries?state=delivered"))["deliveries"]
    missing = {delivery["event"] for delivery in log} - events
    assert not missing, f"acknowledged and not kept: {missing}"


def _signed(posting: dict[str, Any]) -> int:
    return int(posting["amount"]) if posting["side"] == "debit" else -int(posting["amount"])


def _totals(postings: Postings, *keys: str) -> Counter[tuple[Any, ...]]:
    sums: Counter[tuple[Any, ...]] = Counter()
    for posting in postings:
        sums[tuple(posting[key] for key in keys)] += _signed(posting)
    return sums


def _every_entry_sums_to_zero(postings: Postings) -> None:
    off = {key: n for key, n in _totals(postings, "entry_id", "currency").items() if n}
    assert not off, f"entries that do not balance: {off}"


def _our_balance_is_stripes(postings: Postings, movements: list[dict[str, Any]]) -> None:
    ours = Counter[str]()
    for (account, code), amount in _totals(postings, "account", "currency").items():
        if account == "stripe_balance":
            ours[code] += amount
    theirs = Counter[str]()
    for movement in movements:
        theirs[movement["currency"]] += movement["net"]
    codes = set(ours) | set(theirs)
    assert {c: ours[c] for c in codes} == {c: theirs[c] for c in codes}


def _each_movement_is_booked_once(
    postings: Postings, movements: list[dict[str, Any]], booked: set[str]
) -> None:
    assert {movement["id"] for movement in movements} == booked
    lines = Counter(p["item"] for p in postings if p["account"] == "stripe_balance")
    twice = {item: n for item, n in lines.items() if n > 1}
    assert not twice, f"booked more than once: {twice}"


def _fees_are_stripes(postings: Postings, movements: list[dict[str, Any]]) -> None:
    """What Stripe kept is booked as its fee, to the cent, and nothing else is."""
    ours = Counter[str]()
    for (account, code), amount in _totals(postings, "account", "currency").items():
        if account == "stripe_fees":
            ours[code] += amount
    theirs = Counter[str]()
    for movement in movements:
        theirs[movement["currency"]] += movement["fee"]
    codes = set(ours) | set(theirs)
    assert {c: ours[c] for c in codes} == {c: theirs[c] for c in codes}


def _nothing_lingers(
    postings: Postings, account: str, *, but: frozenset[str] | set[str] = frozenset()
) -> None:
    open_items = {
        item: n for (name, item), n in _totals(postings, "account", "item").items()
        if name == account and n
    }  # fmt: skip
    assert set(open_items) == but, f"{account}: {open_items}"


def _refunds_owed_are_those_not_yet_sent(
    postings: Postings, refunds: list[dict[str, Any]], sent: list[dict[str, Any]]
) -> None:
    """What Stripe moved and did not move back has been sent; the rest of our promises is owed."""
    owed = -sum(
        n for (name,), n in _totals(postings, "account").items() if name == "refunds_payable"
    )
    promised = sum(r["amount"] for r in refunds if r["state"] not in UNDONE)
    gone = sum(
        row["amount"]
        for row in sent
        if row["balance_transaction"] and not row.get("failure_balance_transaction")
    )
    assert owed == promised - gone


def _each_charge_gave_back_what_we_say(
    payments: list[dict[str, Any]], refunds: list[dict[str, Any]], sent: list[dict[str, Any]]
) -> None:
    """Refund by refund and charge by charge, ours are Stripe's: none twice, none forgotten."""
    charge = {p["payment_id"]: p["charge_id"] for p in payments}
    unknown = ("requested", "refused")  # Stripe does not know them, or refused to
    ours = Counter(
        (r["stripe_refund_id"], charge[r["payment_id"]], r["amount"])
        for r in refunds
        if r["state"] not in unknown
    )
    theirs = Counter(
        (row["id"], row["charge"], row["amount"])
        for row in sent
        if not _came_back_and_was_sent_again(row, sent)
    )
    assert ours == theirs


def _came_back_and_was_sent_again(row: dict[str, Any], sent: list[dict[str, Any]]) -> bool:
    """One made by hand carries no name of ours: the try after it is of the same sum and charge."""
    name, number = row["metadata"].get("refund"), int(row["metadata"].get("try", 1))
    later = [
        other for other in sent
        if int(other["metadata"].get("try", 1)) > number
        and (other["charge"], other["amount"]) == (row["charge"], row["amount"])
        and name in (None, other["metadata"]["refund"])
    ]  # fmt: skip
    kept = row["status"] not in ("failed", "canceled")
    assert not (later and name and kept), "sent twice, and kept both times"
    return bool(later) and not kept


def _deposits_are_for_visits_to_come(
    postings: Postings, payments: list[dict[str, Any]], appointments: list[dict[str, Any]]
) -> None:
    """What is owed as visits is what was paid for those that are still to come, shop by shop."""
    coming = {a["appointment_id"] for a in appointments if a["state"] in ("confirmed", "arrived")}
    paid = Counter[Any]()
    for payment in payments:
        if payment["state"] == "captured" and payment["appointment_id"] in coming:
            paid[payment["shop_id"]] += payment["amount"] - payment["refunding"]
    owed = Counter[Any]()
    for (name, shop), amount in _totals(postings, "account", "shop_id").items():
        if name == "client_deposits":
            owed[shop] -= amount
    assert {s: n for s, n in owed.items() if n} == {s: n for s, n in paid.items() if n}


def _captured_at_most_once(
    payments: list[dict[str, Any]], charges: dict[str, dict[str, Any]]
) -> None:
    taken = Counter(
        charge["payment_intent"]
        for charge in charges.values()
        if charge["paid"] and charge["captured"]
    )
    assert all(n == 1 for n in taken.values()), taken
    ours = {p["intent_id"] for p in payments if p["state"] == "captured"}
    assert set(taken) == ours, "collected and not ours, or ours and not collected"
    for payment in payments:
        if payment["state"] == "captured":
            assert charges[payment["charge_id"]]["amount_captured"] == payment["amount"]


def _no_booking_collects_more_than_is_due(
    payments: list[dict[str, Any]], appointments: list[dict[str, Any]]
) -> None:
    kept = Counter[Any]()
    for payment in payments:
        if payment["state"] == "captured":
            kept[payment["appointment_id"]] += payment["amount"] - payment["refunding"]
    for visit in appointments:
        due = visit["service_amount"] + visit["tax_amount"] + visit["tip_amount"]
        assert kept[visit["appointment_id"]] <= due


def _lost_slots_are_refunded(
    payments: list[dict[str, Any]], appointments: list[dict[str, Any]]
) -> None:
    lost = {a["appointment_id"] for a in appointments if a["state"] == "expired"}
    for payment in payments:
        if payment["state"] == "captured" and payment["appointment_id"] in lost:
            assert payment["refunding"] == payment["amount"]


def _refunds_stay_within(payments: list[dict[str, Any]], refunds: list[dict[str, Any]]) -> None:
    back = Counter[Any]()
    for refund in refunds:
        if refund["state"] not in UNDONE:
            back[refund["payment_id"]] += refund["amount"]
    for payment in payments:
        assert back[payment["payment_id"]] == payment["refunding"] <= payment["amount"]


def _no_two_share_a_chair(appointments: list[dict[str, Any]]) -> None:
    blocking = ("held", "confirmed", "arrived", "completed")
    taken = [a for a in appointments if a["state"] in blocking]
    taken.sort(key=lambda a: (str(a["barber_id"]), a["blocked"].lower))
    for first, second in itertools.pairwise(taken):
        if first["barber_id"] == second["barber_id"]:
            assert first["blocked"].upper <= second["blocked"].lower


def _each_capture_is_in_the_trail_once(
    payments: list[dict[str, Any]], acts: list[dict[str, Any]]
) -> None:
    told = Counter(row["object"] for row in acts if row["act"] == "payment.captured")
    taken = Counter(ids.show("pay", p["payment_id"]) for p in payments if p["state"] == "captured")
    assert told == taken


def _what_we_answered_is_kept(
    answered: set[str],
    appointments: list[dict[str, Any]],
    payments: list[dict[str, Any]],
    refunds: list[dict[str, Any]],
) -> None:
    """Whoever was told 201 finds their booking, its payment and their refund."""
    kept = {ids.show("apt", row["appointment_id"]) for row in appointments}
    kept |= {ids.show("pay", row["payment_id"]) for row in payments}
    kept |= {ids.show("ref", row["refund_id"]) for row in refunds}
    assert answered <= kept, f"answered 201 and not kept: {answered - kept}"
