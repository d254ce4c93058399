"""The services of a shop for its own systems. Each answer says how many visits of one are still to
come, which a change leaves as they are."""

from fastapi import APIRouter

from bookedbarber import ids
from bookedbarber.api.fields import MoneyOut, ServicePath
from bookedbarber.api.gate import Ctx, Staff
from bookedbarber.api.refusals import AMOUNT, KEYED, refuses
from bookedbarber.api.work_shapes import (
    DepositIn,
    ServiceChangeIn,
    ServiceIn,
    ServiceSettingOut,
)
from bookedbarber.booking import outlook
from bookedbarber.booking.outlook import Outlook
from bookedbarber.money import CurrencyMismatch, Money, currency
from bookedbarber.shops.queries import Shop
from bookedbarber.shops.settings import (
    changes,
    services,
)
from bookedbarber.shops.settings.queries import ServiceSetting
from bookedbarber.shops.settings.services import ServiceForm

router = APIRouter(prefix="/settings", tags=["settings"], responses=KEYED)


@router.get("/services", summary="Every service, on sale or not")
async def list_service_settings(ctx: Ctx, staff: Staff) -> list[ServiceSettingOut]:
    """Every service the shop ever sold, those on sale first."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        shop = await changes.load(db, staff.shop_id)
        there = await services.of_shop(db, shop_id=staff.shop_id)
        seen = await outlook.look(db, shop, now=ctx.clock.now())
    return [_service(shop, one, seen) for one in there]


@router.post(
    "/services",
    summary="Add a service",
    responses=refuses(*AMOUNT, "currency_mismatch", "settings_invalid"),
)
async def add_service(asked: ServiceIn, ctx: Ctx, staff: Staff) -> ServiceSettingOut:
    """Sell one more service, which everybody who works in the shop gives."""
    now = ctx.clock.now()
    async with ctx.means.database.tenant(staff.shop_id) as db:
        shop = await changes.load(db, staff.shop_id)
        form = _service_form(asked, shop, active=True)
        added = await services.add(db, form, shop_id=staff.shop_id, actor=staff.actor, now=now)
    return _service(shop, added, Outlook((), ()))


@router.put(
    "/services/{service}",
    summary="Change a service",
    responses=refuses(
        *AMOUNT,
        "currency_mismatch",
        "service_setting_unknown",
        "settings_changed",
        "settings_invalid",
    ),
)
async def change_service(
    service: ServicePath, asked: ServiceChangeIn, ctx: Ctx, staff: Staff
) -> ServiceSettingOut:
    """Sell a service as this from now on, or no more; what was sold keeps its price."""
    now = ctx.clock.now()
    async with ctx.means.database.tenant(staff.shop_id) as db:
        shop = await changes.load(db, staff.shop_id)
        kept = await services.change(
            db,
            _service_form(asked, shop, active=asked.active),
            shop_id=staff.shop_id,
            service_id=ids.parse("svc", service),
            version=asked.version,
            actor=staff.actor,
            now=now,
        )
        seen = await outlook.look(db, shop, now=now)
    return _service(shop, kept, seen)


def _service_form(asked: ServiceIn, shop: Shop, *, active: bool) -> ServiceForm:
    deposit = asked.deposit
    value = deposit.basis_points or 0
    if deposit.kind == "fixed":
        value = _minor(deposit.amount, shop)
    return ServiceForm(
        name=asked.name,
        description=asked.description,
        duration_minutes=asked.duration_minutes,
        buffer_minutes=asked.buffer_minutes,
        price=_minor(asked.price, shop),
        deposit_kind=deposit.kind,
        deposit_value=value,
        position=asked.position,
        active=active,
    )


def _minor(given: object, shop: Shop) -> int:
    amount = Money.from_json(given)
    if amount.currency.code != shop.currency:
        raise CurrencyMismatch("The shop sells in its own currency.", currency=shop.currency)
    return amount.minor


def _service(shop: Shop, row: ServiceSetting, seen: Outlook) -> ServiceSettingOut:
    of = currency(shop.currency)
    deposit = DepositIn(kind="none")
    if row.deposit_kind == "share":
        deposit = DepositIn(kind="share", basis_points=row.deposit_value)
    elif row.deposit_kind == "fixed":
        deposit = DepositIn(kind="fixed", amount=Money(row.deposit_value, of).to_json())
    return ServiceSettingOut(
        id=ids.show("svc", row.service_id),
        version=changes.mark(row),
        name=row.name,
        description=row.description,
        duration_minutes=row.duration_minutes,
        buffer_minutes=row.buffer_minutes,
        price=MoneyOut.of(Money(row.price, of)),
        deposit=deposit,
        position=row.position,
        active=row.active,
        to_come=seen.of_service(row.service_id),
    )
