"""The policy of the shop, its terms, and how it offers its time.

The policy belongs to the terms: whoever changes either puts a new version in force, and visits that
are booked keep the version that their client agreed to.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bookedbarber import ids
from bookedbarber.database import Connection
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop
from bookedbarber.shops.settings import changes, queries
from bookedbarber.shops.settings.faults import Check
from bookedbarber.shops.settings.queries import TermsVersion

STEPS: Final = (5, 10, 15, 20, 30, 45, 60)
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Rules:
    """Cancelling is free until `free_cancel_hours` before a visit; after that
    `late_refund_basis_points` of the deposit go back. Times are offered every `slot_step_minutes`,
    from `notice_minutes` to `horizon_days` ahead; `checkout_hosted` has clients pay at Stripe."""

    free_cancel_hours: int
    late_refund_basis_points: int
    notice_minutes: int
    horizon_days: int
    slot_step_minutes: int
    checkout_hosted: bool


def of(shop: Shop) -> Rules:
    """The rules in force."""
    return Rules(
        free_cancel_hours=shop.free_cancel_hours,
        late_refund_basis_points=shop.late_refund_basis_points,
        notice_minutes=shop.notice_minutes,
        horizon_days=shop.horizon_days,
        slot_step_minutes=shop.slot_step_minutes,
        checkout_hosted=shop.checkout_hosted,
    )


async def change(
    db: Connection, wanted: Rules, *, shop_id: UUID, version: str, actor: str, now: datetime
) -> Rules:
    """These rules count from now on; another policy is a new version of the terms. Raises
    SettingsChanged and SettingsInvalid."""
    shop = await changes.lock(db, shop_id)
    there = of(shop)
    _check(wanted)
    changes.unchanged(there, version, wanted=wanted)
    await queries.change_rules(
        db,
        shop_id=shop_id,
        slot_step_minutes=wanted.slot_step_minutes,
        notice_minutes=wanted.notice_minutes,
        horizon_days=wanted.horizon_days,
        checkout_hosted=wanted.checkout_hosted,
    )
    before, after = asdict(there), asdict(wanted)
    if _policy(there) != _policy(wanted):
        await _adopt(db, shop, shop.terms, wanted, now=now)
        before["terms_version"], after["terms_version"] = (
            shop.terms_version,
            shop.terms_version + 1,
        )
    await _note(db, shop, before, after, act="rules.changed", actor=actor, now=now)
    return wanted


async def history(db: Connection, *, shop_id: UUID) -> list[TermsVersion]:
    """Every version of the terms, the newest first."""
    return await queries.list_terms(db, shop_id=shop_id)


async def change_terms(
    db: Connection, text: str, *, shop_id: UUID, version: str, actor: str, now: datetime
) -> int:
    """Put new terms in force and return their number; `version` is that of the terms shown.
    Raises SettingsChanged and SettingsInvalid."""
    shop = await changes.lock(db, shop_id)
    check = Check()
    text = check.text("terms", text, most=LONGEST)
    check.done()
    if text == shop.terms:
        return shop.terms_version
    if version != str(shop.terms_version):
        raise changes.SettingsChanged("There are newer terms by now.")
    await _adopt(db, shop, text, of(shop), now=now)
    number = shop.terms_version + 1
    before, after = {"terms_version": shop.terms_version}, {"terms_version": number}
    await _note(db, shop, before, after, act="terms.adopted", actor=actor, now=now)
    return number


def _policy(rules: Rules) -> tuple[int, int]:
    return rules.free_cancel_hours, rules.late_refund_basis_points


def _check(wanted: Rules) -> None:
    check = Check()
    check.number("free_cancel_hours", wanted.free_cancel_hours, 0, 24 * 14)
    check.number("late_refund_basis_points", wanted.late_refund_basis_points, 0, 10_000)
    check.number("notice_minutes", wanted.notice_minutes, 0, 60 * 24 * 14)
    check.number("horizon_days", wanted.horizon_days, 1, 365)
    check.choice("slot_step_minutes", wanted.slot_step_minutes, STEPS)
    check.done()


async def _adopt(db: Connection, shop: Shop, text: str, rules: Rules, *, now: datetime) -> None:
    await shops.adopt_terms(
        db,
        shop_id=shop.shop_id,
        version=shop.terms_version + 1,
        text=text,
        free_cancel_hours=rules.free_cancel_hours,
        late_refund_basis_points=rules.late_refund_basis_points,
        now=now,
    )


async def _note(
    db: Connection,
    shop: Shop,
    before: dict[str, int],
    after: dict[str, int],
    *,
    act: str,
    actor: str,
    now: datetime,
) -> None:
    await changes.record(
        db,
        shop_id=shop.shop_id,
        actor=actor,
        act=act,
        about=ids.show("shp", shop.shop_id),
        before=before,
        after=after,
        now=now,
    )
