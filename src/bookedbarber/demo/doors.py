"""The front doors of the house and of its Stripe, as clients' browsers and the shops' tills use
them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from bookedbarber.demo.memory import Booking
from bookedbarber.demo.visits import Visit

_DATA: Final = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
_PATIENCE: Final = aiohttp.ClientTimeout(total=30)


class DoorClosed(Exception):
    """Nobody answers, or answers with a failure of the house's own: a part is being started again,
    say. Whatever was asked may be asked again."""


class TurnedAway(Exception):
    """The house, or Stripe, said no; the text is the code it gave."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What a shop says of itself: the ids of its services and barbers, prices, version of terms."""

    services: Mapping[str, str]
    barbers: Mapping[str, str]
    prices: Mapping[str, int]
    currency: str
    terms: int


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment as the client's browser knows it."""

    id: str
    secret: str


class Doors:
    """All that is asked, over one pool of connections. `tills` are the shops' API keys."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        site: str,
        stripe: str,
        publishable_key: str,
        tills: Mapping[str, str],
    ) -> None:
        self._http = http
        self._site = site
        self._stripe = stripe
        self._publishable_key = publishable_key
        self._tills = tills
        self._menus: dict[str, Menu] = {}

    async def menu(self, shop: str) -> Menu:
        """The menu of a shop, asked for once."""
        if shop not in self._menus:
            told = await self._ask("GET", f"/api/v2/shops/{shop}")
            self._menus[shop] = Menu(
                services={one["name"]: one["id"] for one in told["services"]},
                barbers={one["name"]: one["id"] for one in told["barbers"]},
                prices={one["name"]: one["price"]["amount"] for one in told["services"]},
                currency=told["currency"],
                terms=told["terms_version"],
            )
        return self._menus[shop]

    async def free(self, shop: str, service: str) -> list[dict[str, Any]]:
        """The free times of the first day that has any."""
        menu = await self.menu(shop)
        query = f"service={menu.services[service]}"
        told = await self._ask("GET", f"/api/v2/shops/{shop}/availability?{query}")
        return list(told["slots"])

    async def book(self, visit: Visit) -> tuple[Booking, str]:
        """Book a visit; gives the booking and the path of its payment's page."""
        menu = await self.menu(visit.shop)
        # Money has no fractions here: what is hundredths elsewhere is whole yen in Japan.
        tip = menu.prices[visit.service] * visit.tip // 100
        wish = {
            "service": menu.services[visit.service],
            "barber": menu.barbers[visit.barber],
            "starts_at": visit.starts_at.isoformat(),
            "pay": "deposit" if visit.deposit else "full",
            "tip": {"amount": tip, "currency": menu.currency},
            "client": {"name": visit.guest.name, "email": visit.guest.email},
            "terms_version": menu.terms,
        }
        told = await self._ask(
            "POST", f"/api/v2/shops/{visit.shop}/bookings", wish, key=f"book-{visit.name}"
        )
        paid = told["payments"][0]
        booking = Booking(
            id=told["id"],
            payment=paid["id"],
            amount=paid["amount"]["amount"],
            currency=paid["amount"]["currency"],
            link=urlsplit(told["manage_url"]).path.rpartition("/")[2],
        )
        return booking, urlsplit(told["pay_url"]).path

    async def payment_page(self, path: str) -> Intent | None:
        """Open a payment's page; None when there is nothing to be paid on it any more."""
        text = await self._page(path)
        found = _DATA.search(text)
        secret = json.loads(found[1]).get("clientSecret") if found else None
        return Intent(secret.partition("_secret_")[0], secret) if secret else None

    async def confirm(self, intent: Intent, card: str) -> str:
        """Give a card as Stripe's script does; what the payment waits for now. Raises
        TurnedAway when it is declined."""
        given = {
            "client_secret": intent.secret,
            "payment_method": card,
            "return_url": f"{self._site}/back",
        }
        told = await self._browser(f"/v1/payment_intents/{intent.id}/confirm", given)
        return str(told["status"])

    async def pass_challenge(self, intent: Intent) -> None:
        """Say yes at the bank's page of 3-D Secure."""
        await self._browser(f"/browser/3ds/{intent.id}", {"outcome": "succeed"})

    async def cancel(self, visit: Visit, booking: Booking) -> None:
        """The client cancels by the own link."""
        path = f"/api/v2/own/{booking.link}/cancel"
        await self._ask("POST", path, {}, key=f"cancel-{visit.name}")

    async def cancel_by_shop(self, visit: Visit, booking: Booking) -> None:
        """The shop cannot keep the appointment."""
        path = f"/api/v2/bookings/{booking.id}/cancel"
        await self._desk(visit, path, {"cancelled_by": "shop"}, key=f"cancel-{visit.name}")

    async def seat(self, visit: Visit, at: datetime) -> Booking:
        """Somebody walks in and is served at once, from `at` on; they pay at the shop."""
        menu = await self.menu(visit.shop)
        wish = {
            "barber": menu.barbers[visit.barber],
            "service": menu.services[visit.service],
            "name": visit.guest.name,
            "starts_at": at.replace(second=0, microsecond=0).isoformat(),
        }
        told = await self._desk(visit, "/api/v2/walk-ins", wish, key=f"seat-{visit.name}")
        return Booking(id=told["id"], payment="", amount=0, currency=menu.currency, link="")

    async def check_in(self, visit: Visit, booking: Booking) -> None:
        """The client is here."""
        await self._desk(visit, f"/api/v2/bookings/{booking.id}/check-in")

    async def miss(self, visit: Visit, booking: Booking) -> None:
        """The client did not come."""
        path = f"/api/v2/bookings/{booking.id}/no-show"
        await self._desk(visit, path, {}, key=f"miss-{visit.name}")

    async def complete(self, visit: Visit, booking: Booking) -> None:
        """The work is done."""
        await self._desk(visit, f"/api/v2/bookings/{booking.id}/complete")

    async def refund(self, visit: Visit, booking: Booking, amount: int | None) -> None:
        """Give back out of goodwill: all that is left when no amount is named."""
        body: dict[str, Any] = {"reason": "goodwill", "note": "Not quite as wished"}
        if amount is not None:
            body["amount"] = {"amount": amount, "currency": booking.currency}
        path = f"/api/v2/payments/{booking.payment}/refunds"
        await self._desk(visit, path, body, key=f"refund-{visit.name}")

    async def stripes_clock(self, wish: dict[str, object] | None = None) -> dict[str, Any]:
        """Where the sandbox's clock stands and what falls due next, after moving it if wished."""
        url = f"{self._stripe}/_sandbox/clock"
        asked = {"json": wish} if wish else {}
        return await self._send("POST" if wish else "GET", url, **asked)

    async def deliver_at_once(self, number: int) -> None:
        """Have Stripe tell of so many events at once."""
        url = f"{self._stripe}/_sandbox/settings"
        await self._send("POST", url, json={"deliveries_at_once": number})

    async def _desk(
        self, visit: Visit, path: str, body: dict[str, Any] | None = None, *, key: str = ""
    ) -> dict[str, Any]:
        return await self._ask("POST", path, body, key=key, till=self._tills[visit.shop])

    async def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        key: str = "",
        till: str = "",
    ) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        if till:
            headers["Authorization"] = f"Bearer {till}"
        asked = {"json": body} if body is not None else {}
        return await self._send(method, f"{self._site}{path}", headers=headers, **asked)

    async def _browser(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._publishable_key}"}
        return await self._send("POST", f"{self._stripe}{path}", data=form, headers=headers)

    async def _send(self, method: str, url: str, **asked: Any) -> dict[str, Any]:
        try:
            async with self._http.request(method, url, timeout=_PATIENCE, **asked) as answer:
                told = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as silence:
            raise DoorClosed(f"{method} {urlsplit(url).path}: {silence!r}") from silence
        if answer.status >= 500:
            raise DoorClosed(f"{method} {urlsplit(url).path} answered {answer.status}")
        if answer.status >= 400:
            raise TurnedAway(_code(told))
        return dict(told)

    async def _page(self, path: str) -> str:
        try:
            async with self._http.get(f"{self._site}{path}", timeout=_PATIENCE) as answer:
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError) as silence:
            raise DoorClosed(f"GET {path}: {silence!r}") from silence
        if answer.status >= 500:
            raise DoorClosed(f"GET {path} answered {answer.status}")
        return text


def _code(told: Any) -> str:
    """The code of a refusal, ours or Stripe's."""
    problem = told.get("error", told) if isinstance(told, dict) else {}
    words = problem if isinstance(problem, dict) else {}
    return str(words.get("decline_code") or words.get("code") or "refused")
