"""Do what is due about a visit: the deeds of clients and of the desk, one after the other."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Final, assert_never

import structlog

from bookedbarber.demo.doors import DoorClosed, Doors, Intent, TurnedAway
from bookedbarber.demo.memory import Memory
from bookedbarber.demo.visits import Act, Deed, Goodwill, Paying, Visit, acts

_AT_ONCE: Final = 8
_AGAIN: Final = 0.5  # seconds until a closed door is tried again
_TRIES: Final = 60  # until it counts as closed for good: a part that ended is back long before
_OTHER_CARDS: Final = ("pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_gb_debit")
_DECLINED: Final = (
    "pm_card_chargeDeclinedInsufficientFunds",
    "pm_card_chargeDeclined",
    "pm_card_chargeDeclinedExpiredCard",
    "pm_card_chargeDeclinedIncorrectCvc",
)
_CHALLENGED: Final = "pm_card_threeDSecure2Required"
_SENT_BACK: Final = "pm_card_refundFail"
_STRIPE_HEARS: Final = frozenset(
    {Deed.BOOK, Deed.CANCEL, Deed.CANCEL_BY_SHOP, Deed.NO_SHOW, Deed.REFUND}
)
log = structlog.get_logger("demo")


class Players:
    """Everybody of the demo, through the doors, with what they keep in mind."""

    def __init__(self, doors: Doors, memory: Memory) -> None:
        self._doors = doors
        self._memory = memory
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def perform(self, due: Iterable[Act]) -> bool:
        """Do all that is due at one moment, visits beside each other; whether Stripe took part."""
        by_visit: dict[str, list[Act]] = {}
        for act in due:
            by_visit.setdefault(act.visit.name, []).append(act)
        await asyncio.gather(*(self._in_turn(those) for those in by_visit.values()))
        return any(act.deed in _STRIPE_HEARS for those in by_visit.values() for act in those)

    async def _in_turn(self, those: list[Act]) -> None:
        async with self._places:
            for act in those:
                await self._until_done(act)

    async def _until_done(self, act: Act) -> None:
        """Do it, and count it; while a door is closed, wait before it for a while."""
        try:
            if await self._patiently(act):
                self._memory.counts[act.deed] += 1
        except TurnedAway as refusal:
            self._memory.counts[f"refused: {refusal}"] += 1
            log.info("demo.turned_away", deed=act.deed, visit=act.visit.name, why=str(refusal))
        if act == list(acts(act.visit))[-1]:
            self._memory.bookings.pop(act.visit.name, None)

    async def _patiently(self, act: Act) -> bool:
        for _ in range(_TRIES):
            try:
                return await self._do(act)
            except DoorClosed as closed:
                log.warning("demo.door_closed", deed=act.deed, why=str(closed))
                await asyncio.sleep(_AGAIN)
        raise TurnedAway("door_closed")

    async def _do(self, act: Act) -> bool:
        visit = act.visit
        if act.deed is Deed.BOOK:
            return await self._book(visit)
        if act.deed is Deed.WALK_IN:
            self._memory.bookings[visit.name] = await self._doors.seat(visit, act.at)
            return True
        booking = self._memory.bookings.get(visit.name)
        if booking is None:
            return False  # somebody else had the time, so there is nothing to do about it
        match act.deed:
            case Deed.CANCEL:
                await self._doors.cancel(visit, booking)
            case Deed.CANCEL_BY_SHOP:
                await self._doors.cancel_by_shop(visit, booking)
            case Deed.COMPLETE:
                await self._doors.complete(visit, booking)
            case Deed.REFUND:
                part = visit.goodwill is not Goodwill.ALL
                await self._doors.refund(visit, booking, booking.amount // 2 if part else None)
            case Deed.CHECK_IN:
                await self._doors.check_in(visit, booking)
            case Deed.NO_SHOW:
                await self._doors.miss(visit, booking)
            case _:
                assert_never(act.deed)
        return True

    async def _book(self, visit: Visit) -> bool:
        booking, path = await self._doors.book(visit)
        self._memory.bookings[visit.name] = booking
        if visit.planted:
            self._memory.planted[visit.name] = booking.id
        await self._pay(visit, path)
        self._memory.counts[visit.paying] += 1
        self._memory.counts["tips"] += bool(visit.tip and visit.paying.pays)
        return True

    async def _pay(self, visit: Visit, path: str) -> None:
        if visit.paying is Paying.LEFT:
            return
        intent = await self._doors.payment_page(path)
        if intent is None:
            return  # paid before we were stopped
        number = sum(map(ord, visit.name))
        good = _OTHER_CARDS[number % len(_OTHER_CARDS)]
        match visit.paying:
            case Paying.AT_ONCE:
                failing = visit.goodwill is Goodwill.FAILING
                await self._doors.confirm(intent, _SENT_BACK if failing else good)
            case Paying.OTHER_CARD:
                await self._be_declined(intent, number)
                await self._doors.confirm(intent, good)
            case Paying.DECLINED:
                await self._be_declined(intent, number)
            case Paying.CHALLENGE:
                if await self._doors.confirm(intent, _CHALLENGED) == "requires_action":
                    await self._doors.pass_challenge(intent)
            case Paying.CHALLENGE_LEFT:
                await self._doors.confirm(intent, _CHALLENGED)
            case _:
                assert_never(visit.paying)

    async def _be_declined(self, intent: Intent, number: int) -> None:
        with contextlib.suppress(TurnedAway):
            await self._doors.confirm(intent, _DECLINED[number % len(_DECLINED)])
