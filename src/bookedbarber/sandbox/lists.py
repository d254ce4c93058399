"""Lists: cursor pagination and filters, the same for every kind of object."""

from collections.abc import Mapping
from typing import Any

from bookedbarber.sandbox.context import Context, page_of
from bookedbarber.sandbox.errors import ParameterError, missing
from bookedbarber.sandbox.expansion import visible
from bookedbarber.sandbox.shapes import Field, Params, array, either, integer, params, text
from bookedbarber.sandbox.store import Object, Page

EXPAND = params(expand=array(text(), most=20))

_SPAN = params(gt=integer(), gte=integer(), lt=integer(), lte=integer())
CREATED = either(_SPAN, integer())

_CURSOR = params(
    ending_before=text(),
    limit=integer(least=1, most=100),
    starting_after=text(),
).plus(EXPAND)


def listing(*, refused: str = "", **filters: Field) -> Params:
    """The parameters of a list: cursor, `expand`, `created`, and the filters it takes."""
    return params(refused=refused, **filters).plus(_CURSOR)


def newest(
    ctx: Context,
    kind: str,
    asked: Mapping[str, Any],
    *,
    url: str,
    filters: tuple[str, ...] = (),
    where: Mapping[str, str] | None = None,
    types: tuple[str, ...] = (),
    delivered: bool | None = None,
) -> Object:
    """One page of a kind, newest first, narrowed by the filters that were given."""
    if "starting_after" in asked and "ending_before" in asked:
        raise ParameterError(
            "You cannot parameterize both starting_after and ending_before.",
            param="ending_before",
        )
    narrowed = {name: asked[name] for name in filters if name in asked}
    page = Page(
        kind,
        {**narrowed, **(where or {})},
        limit=asked.get("limit", 10),
        after=_place(ctx, kind, asked, "starting_after"),
        before=_place(ctx, kind, asked, "ending_before"),
        created=_span(asked.get("created")),
        types=types,
        delivered=delivered,
    )
    found, has_more = ctx.store.page(ctx.account, page)
    return page_of([visible(ctx, obj) for obj in found], url, has_more=has_more)


def _place(ctx: Context, kind: str, asked: Mapping[str, Any], name: str) -> int | None:
    if name not in asked:
        return None
    cursor = ctx.get(asked[name])
    if cursor is None or cursor["object"] != kind:
        raise missing(kind, asked[name], param=name)
    return ctx.store.place(ctx.account, asked[name])


def _span(created: Any) -> dict[str, int] | None:
    if isinstance(created, int):
        return {"gte": created, "lte": created}
    return dict(created) if created else None
