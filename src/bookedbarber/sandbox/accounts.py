"""Accounts: the sandbox's own, and connected ones as thin records to transfer to."""

from typing import Any

from bookedbarber.sandbox import events
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import metadata, one_of, params, text
from bookedbarber.sandbox.store import Object

_REFUSED = (
    "account_token business_profile capabilities company documents external_account groups "
    "individual settings tos_acceptance"
)
CREATE = params(
    business_type=one_of("company", "government_entity", "individual", "non_profit"),
    country=text(),
    default_currency=text(),
    email=text(),
    metadata=metadata(),
    type=one_of("custom", "express", "standard"),
    refused=f"{_REFUSED} bank_account controller",
).plus(EXPAND)
UPDATE = params(
    business_type=one_of("company", "government_entity", "individual", "non_profit"),
    default_currency=text(),
    email=text(),
    metadata=metadata(),
    refused=_REFUSED,
).plus(EXPAND)
RETRIEVE = EXPAND
LIST = listing(created=CREATED)


def open_own(ctx: Context, account_id: str) -> None:
    """The sandbox's own account, ready to charge and to be paid out."""
    account = _new(account_id, ctx.now, {"email": "owner@example.com", "type": "standard"})
    account |= {"charges_enabled": True, "details_submitted": True, "payouts_enabled": True}
    ctx.store.put_apart(account_id, account)


def own(ctx: Context, _asked: dict[str, Any]) -> Object:
    """The account that the key belongs to."""
    return ctx.known(ctx.account)


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Open a connected account; nothing is enabled on it."""
    account = _new(ctx.new_id("account"), ctx.now, asked)
    return ctx.save(account)


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """One account."""
    return ctx.find("account", asked["id"])


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change what is known of an account."""
    before = ctx.find("account", asked["id"])
    after = copy(before)
    for name in ("business_type", "default_currency", "email"):
        if name in asked:
            after[name] = asked[name]
    if "metadata" in asked:
        after["metadata"] = merge_metadata(before["metadata"], asked["metadata"])
    return events.update(ctx, "account.updated", before, after)


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Connected accounts, newest first."""
    return newest(ctx, "account", asked, url="/v1/accounts")


def _new(account_id: str, now: int, asked: dict[str, Any]) -> Object:
    kind = asked.get("type", "standard")
    return {
        "id": account_id,
        "object": "account",
        "business_profile": None,
        "business_type": asked.get("business_type"),
        "capabilities": {},
        "charges_enabled": False,
        "country": asked.get("country", "US"),
        "created": now,
        "default_currency": asked.get("default_currency", "usd"),
        "details_submitted": False,
        "email": asked.get("email"),
        "metadata": merge_metadata({}, asked.get("metadata")),
        "payouts_enabled": False,
        "type": kind,
    }
