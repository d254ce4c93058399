"""`settings/policy` and `settings/terms`: what cancelling costs, in sums, and what is agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.access.roles import May
from bookedbarber.checkout import quote
from bookedbarber.money import Money, Rounding, portion
from bookedbarber.pages.staff.settings.form import Form, percent
from bookedbarber.pages.staff.settings.frame import NOTHING, Frame, Refusal, frame, save, saved
from bookedbarber.pages.staff.shell import Desk, Handler, room
from bookedbarber.shops.settings import changes, rules, services
from bookedbarber.shops.settings.rules import STEPS, Rules

WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Example:
    """The policy in the sums of one service; all zero where it asks for no deposit."""

    service: str
    price: Money
    deposit: Money
    kept: Money
    back: Money
    free_hours: int


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """The rules, and what they come to."""

    template: ClassVar[str] = "staff/settings/policy.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    values: Mapping[str, str]
    steps: tuple[tuple[str, str], ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the terms."""

    number: int
    text: str
    free_hours: int
    late_refund_bp: int
    adopted_at: datetime


@dataclass(frozen=True, slots=True)
class TermsPage:
    """The terms in force, and those before."""

    template: ClassVar[str] = "staff/settings/terms.html"
    room: ClassVar[str] = "settings"
    title: str
    frame: Frame
    action: str
    text: str
    version: str
    zone: str
    versions: tuple[Version, ...]


@room(May.SETTINGS)
async def show(_: Request, desk: Desk) -> Response:
    """The policy."""
    return await _policy(desk)


@room(May.SETTINGS)
async def change(request: Request, desk: Desk) -> Response:
    """These rules count from now on."""
    form = await Form.of(request)
    wanted = Rules(
        free_cancel_hours=form.number("free_cancel_hours"),
        late_refund_basis_points=form.basis_points("late_refund_basis_points"),
        notice_minutes=form.number("notice_minutes"),
        horizon_days=form.number("horizon_days"),
        slot_step_minutes=form.number("slot_step_minutes"),
        checkout_hosted=form.text("checkout") == "hosted",
    )
    refused = await save(
        desk,
        lambda db: rules.change(
            db,
            wanted,
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    return await _policy(desk, form.values, refused) if refused else saved(desk, "policy")


async def _policy(
    desk: Desk, typed: Mapping[str, str] | None = None, refusal: Refusal = NOTHING
) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        shop = await changes.load(db, desk.shop_id)
        rows = await services.of_shop(db, shop_id=desk.shop_id)
    there = rules.of(shop)
    examples = list[Example]()
    for row in rows:
        price, deposit = quote.listed(shop, row)
        if row.active and len(examples) < 3:
            examples.append(_example(row.name, price, deposit, there))
    view = PolicyPage(
        title="Policy",
        frame=frame(desk, "policy", refusal),
        action=f"{desk.base}/settings/policy",
        values={**_values(there), **(typed or {}), "version": changes.mark(there)},
        steps=tuple((str(step), str(step)) for step in STEPS),
        examples=tuple(examples),
    )
    return desk.page(view, status=200 if refusal is NOTHING else refusal.status)


def _example(name: str, price: Money, deposit: Money, there: Rules) -> Example:
    kept = portion(deposit, WHOLE - there.late_refund_basis_points, Rounding.DOWN)
    return Example(name, price, deposit, kept, deposit - kept, there.free_cancel_hours)


def _values(there: Rules) -> dict[str, str]:
    return {
        "free_cancel_hours": str(there.free_cancel_hours),
        "late_refund_basis_points": percent(there.late_refund_basis_points),
        "notice_minutes": str(there.notice_minutes),
        "horizon_days": str(there.horizon_days),
        "slot_step_minutes": str(there.slot_step_minutes),
        "checkout": "hosted" if there.checkout_hosted else "here",
    }


@room(May.SETTINGS)
async def show_terms(_: Request, desk: Desk) -> Response:
    """The terms."""
    return await _terms(desk)


@room(May.SETTINGS)
async def change_terms(request: Request, desk: Desk) -> Response:
    """Put new terms in force."""
    form = await Form.of(request)
    refused = await save(
        desk,
        lambda db: rules.change_terms(
            db,
            form.text("terms"),
            shop_id=desk.shop_id,
            version=form.text("version"),
            actor=desk.actor,
            now=desk.now,
        ),
    )
    return await _terms(desk, form.text("terms"), refused) if refused else saved(desk, "terms")


async def _terms(desk: Desk, typed: str | None = None, refusal: Refusal = NOTHING) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        there = await rules.history(db, shop_id=desk.shop_id)
    versions = tuple(
        Version(v.version, v.text, v.free_cancel_hours, v.late_refund_basis_points, v.adopted_at)
        for v in there
    )
    view = TermsPage(
        title="Terms",
        frame=frame(desk, "terms", refusal),
        action=f"{desk.base}/settings/terms",
        text=versions[0].text if typed is None else typed,
        version=str(versions[0].number),
        zone=desk.shop.time_zone,
        versions=versions,
    )
    return desk.page(view, status=200 if refusal is NOTHING else refusal.status)


POLICY: Final = "/desk/{shop}/settings/policy"
TERMS: Final = "/desk/{shop}/settings/terms"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", POLICY, show),
    ("POST", POLICY, change),
    ("GET", TERMS, show_terms),
    ("POST", TERMS, change_terms),
)
