"""A client's visit to a running house, over HTTP alone: booked, paid at the sandbox, looked up."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx

SHOP = "/api/v2/shops/fade-street"


@dataclass(slots=True)
class Visit:
    """The doors of a house, and the keys that its own till and its Stripe account hold."""

    site: str
    sandbox: str
    data_dir: Path
    till: str

    def book(self) -> dict[str, Any]:
        """Book the first free time of the first service."""
        menu = self._get(SHOP)
        service = menu["services"][0]["id"]
        wish = {
            "service": service,
            "pay": "full",
            "client": {"name": "Amara Okafor", "email": "amara@example.com"},
            "terms_version": menu["terms_version"],
            "starts_at": self._get(f"{SHOP}/availability?service={service}")["slots"][0][
                "starts_at"
            ],
        }
        answer = httpx.post(f"{self.site}{SHOP}/bookings", json=wish)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def pay(self, booking: dict[str, Any]) -> None:
        """Pay it with a card that succeeds, as the client's browser would."""
        rows = httpx.get(f"{self.sandbox}/_sandbox/rows?object=payment_intent").json()["rows"]
        mine = [r["row"] for r in rows if r["row"]["metadata"].get("appointment") == booking["id"]]
        key = (self.data_dir / "secrets" / "sandbox.secret_key").read_text().strip()
        httpx.post(
            f"{self.sandbox}/v1/payment_intents/{mine[0]['id']}/confirm",
            data={"payment_method": "pm_card_visa", "return_url": "https://example.com/back"},
            headers={"Authorization": f"Bearer {key}"},
        ).raise_for_status()

    def state(self, booking: dict[str, Any]) -> str:
        """What has become of a booking."""
        headers = {"Authorization": f"Bearer {self.till}"}
        answer = httpx.get(f"{self.site}/api/v2/bookings/{booking['id']}", headers=headers)
        return str(answer.raise_for_status().json()["state"])

    def becomes(self, booking: dict[str, Any], state: str, *, within: float) -> bool:
        """Whether a booking comes to a state in time."""
        deadline = time.monotonic() + within
        while self.state(booking) != state:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def _get(self, path: str) -> Any:
        return httpx.get(f"{self.site}{path}").raise_for_status().json()
