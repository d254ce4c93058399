"""`expand[]`: ids replaced by the objects they name, down to four levels, lists included."""

from collections.abc import Iterable

from bookedbarber.sandbox import events
from bookedbarber.sandbox.context import Context, copy, page_of
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.store import Object, Page

EXPANDABLE: dict[str, frozenset[str]] = {
    "balance_transaction": frozenset({"source"}),
    "charge": frozenset(
        {
            "application", "application_fee", "balance_transaction", "customer",
            "failure_balance_transaction", "on_behalf_of", "payment_intent", "refunds",
            "review", "source_transfer", "transfer",
        }
    ),
    "checkout.session": frozenset(
        {
            "customer", "invoice", "line_items", "payment_intent", "payment_link", "setup_intent",
            "subscription",
        }
    ),
    "customer": frozenset({"default_source", "sources", "subscriptions", "tax_ids", "test_clock"}),
    "dispute": frozenset({"charge", "payment_intent"}),
    "item": frozenset(),
    "payment_intent": frozenset(
        {
            "application", "customer", "latest_charge", "on_behalf_of", "payment_method",
            "payment_record", "review", "source",
        }
    ),
    "payment_method": frozenset({"customer"}),
    "payout": frozenset(
        {
            "application_fee", "balance_transaction", "destination", "failure_balance_transaction",
            "original_payout", "reversed_by",
        }
    ),
    "refund": frozenset(
        {
            "balance_transaction", "charge", "customer", "failure_balance_transaction",
            "payment_intent", "payment_method", "source_transfer_reversal", "transfer_reversal",
        }
    ),
    "setup_attempt": frozenset(
        {"application", "customer", "on_behalf_of", "payment_method", "setup_intent"}
    ),
    "setup_intent": frozenset(
        {
            "application", "customer", "latest_attempt", "mandate", "on_behalf_of",
            "payment_method", "single_use_mandate",
        }
    ),
    "transfer": frozenset(
        {
            "balance_transaction", "destination", "destination_payment", "reversals",
            "source_transaction",
        }
    ),
}  # fmt: skip

_NESTED = {"customer": {"invoice_settings": frozenset({"default_payment_method"})}}
_DEEPEST = 4


def expand(ctx: Context, obj: Object, paths: Iterable[str]) -> Object:
    """A copy of the object with each path replaced by what it names."""
    expanded = copy(obj)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise StripeError(
                f"You cannot expand more than {_DEEPEST} levels of a property, "
                f"but this request attempted to expand {len(parts)} levels: {path}."
            )
        _expand(ctx, expanded, parts, path)
    return expanded


def _expand(ctx: Context, obj: Object, parts: list[str], path: str) -> None:
    name, rest = parts[0], parts[1:]
    if obj.get("object") == "list":
        if name != "data":
            raise _refusal(path, {"data"})
        for item in obj["data"]:
            if rest:
                _expand(ctx, item, rest, path)
        return
    if name in _NESTED.get(obj.get("object", ""), {}) and rest:
        _replace(ctx, obj[name], rest[0], path)
        return
    allowed = EXPANDABLE.get(obj.get("object", ""), frozenset())
    if name not in allowed:
        raise _refusal(path, allowed)
    _replace(ctx, obj, name, path)
    if rest and isinstance(obj.get(name), dict):
        _expand(ctx, obj[name], rest, path)


def _replace(ctx: Context, obj: Object, name: str, path: str) -> None:
    value = obj.get(name)
    if isinstance(value, dict):
        return
    if isinstance(value, str):
        obj[name] = visible(ctx, ctx.known(value))
    elif (obj.get("object"), name) in _INCLUDED:
        obj[name] = _included(ctx, obj, name)
    elif value is not None:
        raise _refusal(path, set())


def visible(ctx: Context, obj: Object) -> Object:
    """The object as an answer shows it: what follows from the clock is filled in here."""
    match obj["object"]:
        case "balance_transaction":
            ready = obj["available_on"] <= ctx.now
            return obj | {"status": "available" if ready else "pending"}
        case "event":
            return events.shown(ctx, obj)
        case _:
            return obj


_INCLUDED = {
    ("charge", "refunds"),
    ("checkout.session", "line_items"),
    ("customer", "sources"),
    ("customer", "subscriptions"),
    ("customer", "tax_ids"),
}


def _included(ctx: Context, obj: Object, name: str) -> Object:
    """Lists that belong to an object and are shown only when asked for."""
    match obj["object"], name:
        case "charge", "refunds":
            page = Page("refund", {"charge": obj["id"]}, limit=10)
            found, has_more = ctx.store.page(ctx.account, page)
            return page_of(found, f"/v1/charges/{obj['id']}/refunds", has_more=has_more)
        case "checkout.session", "line_items":
            items = ctx.store.hidden(obj["id"])["line_items"]
            return page_of(items, f"/v1/checkout/sessions/{obj['id']}/line_items")
        case _:
            return page_of([], f"/v1/customers/{obj['id']}/{name}")


def _refusal(path: str, allowed: Iterable[str]) -> StripeError:
    hint = ", ".join(sorted(allowed))
    advice = f" You may want to try expanding one of the following: {hint}." if hint else ""
    return StripeError(f"This property cannot be expanded ({path}).{advice}")
