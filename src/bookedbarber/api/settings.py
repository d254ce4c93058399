"""The settings of a shop for its own systems, with an API key: name, policy, terms, look.

Keys themselves are not among them: a key that could make keys would outlive its own end.
"""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Header, Request

from bookedbarber.api.gate import Ctx, Staff
from bookedbarber.api.refusals import KEYED, refuses
from bookedbarber.api.settings_shapes import (
    DetailsIn,
    DetailsOut,
    LookIn,
    LookOut,
    RulesIn,
    RulesOut,
    TermsIn,
    TermsOut,
    TonesOut,
)
from bookedbarber.database import Connection
from bookedbarber.shops.queries import Shop
from bookedbarber.shops.settings import (
    changes,
    colour,
    details,
    logo,
    look,
    rules,
)
from bookedbarber.shops.settings.details import Details
from bookedbarber.shops.settings.queries import Look
from bookedbarber.shops.settings.rules import Rules

router = APIRouter(prefix="/settings", tags=["settings"], responses=KEYED)
IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        description="The `version` of the look as it was read.",
        examples=["4b1f0c2a9d7e3356"],
    ),
]


# ── the shop ──────────────────────────────────────────────────────────────────────────────


@router.get("/shop", summary="The shop")
async def show_shop(ctx: Ctx, staff: Staff) -> DetailsOut:
    """Name, address, telephone and tax of the shop."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        return _details(await changes.load(db, staff.shop_id))


@router.put(
    "/shop",
    summary="Change the shop",
    responses=refuses("price_not_collectable", "settings_changed", "settings_invalid"),
)
async def change_shop(asked: DetailsIn, ctx: Ctx, staff: Staff) -> DetailsOut:
    """Present the shop as this from now on; what was sold keeps its price and tax."""
    wanted = Details(**asked.model_dump(exclude={"version"}))
    async with ctx.means.database.tenant(staff.shop_id) as db:
        await details.change(
            db,
            wanted,
            shop_id=staff.shop_id,
            version=asked.version,
            actor=staff.actor,
            now=ctx.clock.now(),
        )
        return _details(await changes.load(db, staff.shop_id))


def _details(shop: Shop) -> DetailsOut:
    shown = details.of(shop)
    return DetailsOut(
        **asdict(shown),
        version=changes.mark(shown),
        slug=shop.slug,
        country=shop.country,
        currency=shop.currency,
        time_zone=shop.time_zone,
        opened_at=shop.opened_at,
    )


# ── policy and terms ──────────────────────────────────────────────────────────────────────


@router.get("/policy", summary="The policy")
async def show_policy(ctx: Ctx, staff: Staff) -> RulesOut:
    """The policy, how times are offered, and where clients pay."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        return _rules(await changes.load(db, staff.shop_id))


@router.put(
    "/policy",
    summary="Change the policy",
    responses=refuses("settings_changed", "settings_invalid"),
)
async def change_policy(asked: RulesIn, ctx: Ctx, staff: Staff) -> RulesOut:
    """These rules count for bookings to come; visits that are booked keep the policy that was
    agreed to."""
    wanted = Rules(**asked.model_dump(exclude={"version"}))
    async with ctx.means.database.tenant(staff.shop_id) as db:
        await rules.change(
            db,
            wanted,
            shop_id=staff.shop_id,
            version=asked.version,
            actor=staff.actor,
            now=ctx.clock.now(),
        )
        return _rules(await changes.load(db, staff.shop_id))


def _rules(shop: Shop) -> RulesOut:
    shown = rules.of(shop)
    return RulesOut(**asdict(shown), version=changes.mark(shown), terms_version=shop.terms_version)


@router.get("/terms", summary="The terms, every version")
async def show_terms(ctx: Ctx, staff: Staff) -> list[TermsOut]:
    """Every version of the terms, the one in force first."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        return await _terms(db, staff)


@router.put(
    "/terms",
    summary="Put new terms in force",
    responses=refuses("settings_changed", "settings_invalid"),
)
async def change_terms(asked: TermsIn, ctx: Ctx, staff: Staff) -> list[TermsOut]:
    """Put new terms in force. Older versions stay, for whoever agreed to them."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        await rules.change_terms(
            db,
            asked.text,
            shop_id=staff.shop_id,
            version=asked.version,
            actor=staff.actor,
            now=ctx.clock.now(),
        )
        return await _terms(db, staff)


async def _terms(db: Connection, staff: Staff) -> list[TermsOut]:
    return [
        TermsOut(**{**asdict(one), "version": str(one.version)})
        for one in await rules.history(db, shop_id=staff.shop_id)
    ]


# ── the look ──────────────────────────────────────────────────────────────────────────────


@router.get("/look", summary="Colour and logo")
async def show_look(ctx: Ctx, staff: Staff) -> LookOut:
    """The shop's colour and logo."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        return await _look(db, staff, await look.of_shop(db, shop_id=staff.shop_id))


@router.put(
    "/look", summary="Change the colour", responses=refuses("settings_changed", "colour_invalid")
)
async def change_colour(asked: LookIn, ctx: Ctx, staff: Staff) -> LookOut:
    """Show the shop's pages in this colour; its tones are moved until they can be read."""
    async with ctx.means.database.tenant(staff.shop_id) as db:
        kept = await look.change_colour(
            db,
            asked.colour,
            shop_id=staff.shop_id,
            version=asked.version,
            actor=staff.actor,
            now=ctx.clock.now(),
        )
        return await _look(db, staff, kept)


@router.put(
    "/look/logo",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("image/png", "image/jpeg", "image/webp")
            },
        }
    },
    summary="Change the logo",
    responses=refuses("settings_changed", "logo_too_large", "logo_unreadable"),
)
async def change_logo(request: Request, ctx: Ctx, staff: Staff, version: IfMatch) -> LookOut:
    """Show this PNG, JPEG or WebP picture of at most 256 kB, which is the body of the request."""
    wanted = await logo.redraw(await request.body())
    return await _change_logo(ctx, staff, wanted, version)


@router.delete("/look/logo", summary="Drop the logo", responses=refuses("settings_changed"))
async def drop_logo(ctx: Ctx, staff: Staff, version: IfMatch) -> LookOut:
    """Show no logo any more; the shop's initials stand in its place."""
    return await _change_logo(ctx, staff, None, version)


async def _change_logo(ctx: Ctx, staff: Staff, wanted: logo.Logo | None, version: str) -> LookOut:
    async with ctx.means.database.tenant(staff.shop_id) as db:
        kept = await look.change_logo(
            db,
            wanted,
            shop_id=staff.shop_id,
            version=version.strip('"'),
            actor=staff.actor,
            now=ctx.clock.now(),
        )
        return await _look(db, staff, kept)


async def _look(db: Connection, staff: Staff, shown: Look) -> LookOut:
    palette = colour.derive(shown.colour) if shown.colour else None
    shop = await changes.load(db, staff.shop_id)
    return LookOut(
        version=changes.mark(shown),
        colour=shown.colour,
        light=TonesOut(**asdict(palette.light)) if palette else None,
        dark=TonesOut(**asdict(palette.dark)) if palette else None,
        shifted=palette is not None and palette.shifted,
        logo=f"/b/{shop.slug}/logo/{shown.logo_mark}.webp" if shown.logo_mark else None,
    )
