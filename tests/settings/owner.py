"""An owner who changes their shop through the API, part by part."""

from dataclasses import dataclass
from typing import Any

import httpx2 as httpx

from tests.world import Shop, World


@dataclass(frozen=True)
class Owner:
    """Reads a part, and sends it back changed."""

    world: World
    shop: Shop

    async def read(self, part: str) -> Any:
        """A part as it is now."""
        answer = await self.world.http.get(f"/api/v2/settings/{part}", headers=self.shop.headers)
        return answer.raise_for_status().json()

    async def send(
        self, part: str, body: Any, *, method: str = "PUT", **more: Any
    ) -> httpx.Response:
        """A change, or something new."""
        return await self.world.http.request(
            method, f"/api/v2/settings/{part}", json=body, headers=self.shop.headers, **more
        )

    async def change(self, part: str, /, **fields: Any) -> httpx.Response:
        """The part of a single form, with these fields changed."""
        there = await self.read(part)
        return await self.send(part, {**only(there, SENT[part]), **fields})

    async def service(self, name: str) -> Any:
        """One of the services, as the settings have it."""
        return next(one for one in await self.read("services") if one["name"] == name)

    async def change_service(self, name: str, /, **fields: Any) -> httpx.Response:
        """A service, with these fields changed."""
        there = await self.service(name)
        body = {**without(there, "id", "to_come"), **fields}
        return await self.send(f"services/{there['id']}", body)

    async def barber(self, name: str) -> Any:
        """One of the barbers, as the settings have them."""
        return next(one for one in await self.read("barbers") if one["name"] == name)

    async def change_barber(self, name: str, /, **fields: Any) -> httpx.Response:
        """A barber, with these fields changed."""
        there = await self.barber(name)
        body = {**without(there, "id", "to_come"), **fields}
        return await self.send(f"barbers/{there['id']}", body)

    async def told(self, act: str) -> list[dict[str, Any]]:
        """What the trail keeps of such acts in this shop, oldest first."""
        return await self.world.query(
            "select actor, object, facts from audit_events where shop_id = $1 and act = $2"
            " order by event_id",
            self.shop.id,
            act,
        )


SENT = {
    "shop": "name address phone tax_name tax_basis_points tax_included version",
    "policy": "free_cancel_hours late_refund_basis_points notice_minutes horizon_days"
    " slot_step_minutes checkout_hosted version",
    "hours": "hours version",
    "look": "colour version",
}


def only(body: dict[str, Any], names: str) -> dict[str, Any]:
    """Some fields of an answer."""
    return {name: body[name] for name in names.split()}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    """An answer without some of its fields."""
    return {name: value for name, value in body.items() if name not in names}


def reasons(answer: httpx.Response) -> dict[str, str]:
    """What is wrong, by field."""
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert body["code"] == "settings_invalid", body
    return {one["field"]: one["reason"] for one in body["errors"]}


def usd(amount: int) -> dict[str, Any]:
    """Dollars in cents."""
    return {"amount": amount, "currency": "usd"}
