"""Every change of the settings: nobody overwrites what they did not see, and the trail tells."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from bookedbarber.audit import trail
from bookedbarber.database import Connection, Json
from bookedbarber.errors import Refused
from bookedbarber.shops import queries as shops
from bookedbarber.shops.queries import Shop
from bookedbarber.shops.settings import queries


class SettingsChanged(Refused):
    """Somebody changed this part after it was shown; look again before changing it."""

    code: ClassVar[str] = "settings_changed"


def mark(shown: object) -> str:
    """A short name for exactly these values, which a form carries as its version."""
    text = json.dumps(_plain(shown), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def unchanged(there: object, version: str, *, wanted: object) -> None:
    """Go on only if what is there is what was shown, or what is wanted: a button pressed twice
    changes nothing the second time. Raises SettingsChanged."""
    if mark(there) not in (version, mark(wanted)):
        raise SettingsChanged("Somebody changed this meanwhile.")


async def lock(db: Connection, shop_id: UUID) -> Shop:
    """The shop, whose settings nobody else can change until this transaction ends."""
    await queries.lock_shop(db, shop_id=shop_id)
    return await load(db, shop_id)


async def load(db: Connection, shop_id: UUID) -> Shop:
    """The shop as it is set now."""
    shop = await shops.load_shop(db, shop_id=shop_id)
    if shop is None:
        raise LookupError(shop_id)
    return shop


async def record(
    db: Connection,
    *,
    shop_id: UUID,
    actor: str,
    act: str,
    about: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: datetime,
) -> None:
    """Tell the trail what changed, and only that; nothing where nothing did."""
    old, new = _plain(before), _plain(after)
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    if not names:
        return
    facts: dict[str, Json] = {
        "before": {name: old[name] for name in names if name in old},
        "after": {name: new[name] for name in names if name in new},
    }
    await trail.record(
        db, shop_id=shop_id, actor=actor, act=act, object=about, facts=facts, now=now
    )


def _plain(value: Any) -> Any:
    """As JSON can carry it, the same for equal values."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
