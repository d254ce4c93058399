"""The step of the policy: deposit and cancelling, in the sums of a service of the shop's own."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bookedbarber.access.roles import May
from bookedbarber.checkout import quote
from bookedbarber.database import Connection
from bookedbarber.money import Money, Rounding, portion
from bookedbarber.pages import present, views
from bookedbarber.pages.staff.settings.form import Form
from bookedbarber.pages.staff.settings.frame import NOTHING, Refusal, save
from bookedbarber.pages.staff.settings.words import Problem
from bookedbarber.pages.staff.setup.frame import PATH, Shown, onward, page, shown
from bookedbarber.pages.staff.shell import Desk, Handler, room, theme_of
from bookedbarber.pages.texts import N_
from bookedbarber.shops.settings import changes, rules, services
from bookedbarber.shops.settings.queries import ServiceSetting
from bookedbarber.shops.settings.rules import Rules

FREE: Final = (0, 2, 12, 24, 48)
LATE: Final = (0, 5000, 10_000)  # what goes back of a deposit, in basis points
DEPOSITS: Final = (2500, 5000, 0)  # a share in basis points; 0 is none, so that all is paid at once
WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class DepositChoice:
    """One deposit rule, in the sums of the example."""

    value: str
    share: int
    now: Money
    later: Money
    chosen: bool


@dataclass(frozen=True, slots=True)
class LateChoice:
    """What becomes of a deposit when a client cancels late; the sums are of the middle example."""

    value: str
    deposit: Money
    kept: Money
    back: Money
    chosen: bool


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """How do clients pay and cancel?"""

    template: ClassVar[str] = "staff/setup/policy.html"
    shop: views.Shop
    shown: Shown
    theme: str
    example: str
    price: Money
    deposits: tuple[DepositChoice, ...]
    lates: tuple[LateChoice, ...]
    frees: tuple[tuple[int, bool], ...]
    version: str


@room(May.SETTINGS)
async def show_policy(_: Request, desk: Desk) -> Response:
    """Deposit and cancelling, in the sums of the shop's own first service."""
    return await _policy(desk)


@room(May.SETTINGS)
async def keep_policy(request: Request, desk: Desk) -> Response:
    """The deposit goes to every service, the policy into the terms."""
    form = await Form.of(request)
    share, free, late = (form.number(name) for name in ("deposit", "free", "late"))
    if share not in DEPOSITS or free not in FREE or late not in LATE:
        return await _policy(desk, Refusal({"deposit": Problem(N_("Choose one of each."))}))

    async def work(db: Connection) -> None:
        there = rules.of(await changes.lock(db, desk.shop_id))
        wanted = replace(there, free_cancel_hours=free, late_refund_basis_points=late)
        shop_id, actor, now = desk.shop_id, desk.actor, desk.now
        version = form.text("version")
        await rules.change(db, wanted, shop_id=shop_id, version=version, actor=actor, now=now)
        await services.ask_deposit(db, share, shop_id=shop_id, actor=actor, now=now)

    refused = await save(desk, work)
    return await _policy(desk, refused) if refused else onward(desk, "policy")


async def _policy(desk: Desk, refusal: Refusal = NOTHING) -> Response:
    async with desk.house.context.means.database.tenant(desk.shop_id) as db:
        rows = await services.of_shop(db, shop_id=desk.shop_id)
        there = rules.of(await changes.load(db, desk.shop_id))
    if not rows:
        return RedirectResponse(f"{desk.base}/setup/services", 303)
    first = rows[0]
    price, _ = quote.listed(desk.shop, first)
    # Before the first saving a quarter is proposed; after it, what was chosen is shown.
    chosen = first.deposit_value if first.deposit_kind == "share" else 0
    fresh = desk.shop.opened_at is None and there.free_cancel_hours == 24 and not chosen
    share = 2500 if fresh else chosen
    view = PolicyStep(
        shop=present.shop(desk.shop),
        shown=shown(desk, "policy", refusal),
        theme=theme_of(desk.request),
        example=first.name,
        price=price,
        deposits=tuple(_deposit(desk, first, one, chosen=one == share) for one in DEPOSITS),
        lates=tuple(_late(desk, first, share, there, one) for one in LATE),
        frees=tuple((hours_, hours_ == there.free_cancel_hours) for hours_ in FREE),
        version=changes.mark(there),
    )
    return page(desk, view, refusal)


def _deposit(desk: Desk, row: ServiceSetting, share: int, *, chosen: bool) -> DepositChoice:
    kind = "share" if share else "none"
    price, deposit = quote.listed(desk.shop, replace(row, deposit_kind=kind, deposit_value=share))
    now = deposit if share else price
    return DepositChoice(str(share), share, now, price - now, chosen)


def _late(desk: Desk, row: ServiceSetting, share: int, there: Rules, back_bp: int) -> LateChoice:
    share = share or DEPOSITS[0]
    _, deposit = quote.listed(desk.shop, replace(row, deposit_kind="share", deposit_value=share))
    kept = portion(deposit, WHOLE - back_bp, Rounding.DOWN)
    return LateChoice(
        str(back_bp), deposit, kept, deposit - kept, back_bp == there.late_refund_basis_points
    )


ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", f"{PATH}/policy", show_policy),
    ("POST", f"{PATH}/policy", keep_policy),
)
