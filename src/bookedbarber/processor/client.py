"""Calls to Stripe: one deterministic key for whatever must not be made twice, and a turn, a breaker
and a timeout for each."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

import stripe

from bookedbarber import failpoints
from bookedbarber.money import Money, currency
from bookedbarber.processor import snapshots
from bookedbarber.processor.errors import LOST_ANSWERS, ProcessorBusy, translate
from bookedbarber.processor.pace import Pace, Rules
from bookedbarber.processor.snapshots import (
    BalanceTransaction,
    HostedCheckout,
    Intent,
    Refund,
)
from bookedbarber.resilience.breaker import Breakers
from bookedbarber.resilience.limiter import LocalLimiter

T = TypeVar("T")
EXPAND_INTENT = ["latest_charge.balance_transaction"]
EXPAND_REFUND = ["balance_transaction", "failure_balance_transaction"]
PAGE = 100


class _Http(stripe.AIOHTTPClient):
    """The SDK's own client, with its requests named and its body read under its own errors."""

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        async with failpoints.around("stripe", f"{method}:{_route(url)}"):
            try:
                return await super().request_async(method, url, headers, post_data)
            except LOST_ANSWERS as failure:
                # The SDK reads the body outside its own error handling.
                raise _broken_off() from failure


def _broken_off() -> stripe.APIConnectionError:
    make: Any = stripe.APIConnectionError  # the SDK leaves its constructor untyped
    error: stripe.APIConnectionError = make("The answer broke off.", should_retry=True)
    return error


def _route(url: str) -> str:
    path = url.partition("?")[0].partition("/v1/")[2]
    return "/".join(
        "*" if "_" in part and any(map(str.isdigit, part)) else part for part in path.split("/")
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """Stripe's own balance in one currency: what may be paid out, and what is on its way."""

    available: Money
    pending: Money


class Processor:
    """The product's way to Stripe.

    Every method raises ProcessorUnavailable, OutcomeUnknown or ProcessorRefused, or BreakerOpen
    when Stripe has failed too often to be asked; amounts are Money, times are UTC.
    """

    def __init__(
        self,
        *,
        api_key: str,
        api_base: str | None,
        breakers: Breakers,
        pace: Pace | None = None,
        timeout: float = 10.0,
        retries: int = 2,
        page: int = PAGE,
    ) -> None:
        self._http = _Http(timeout=timeout)
        self._stripe = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base} if api_base else {},
            http_client=self._http,
            max_network_retries=retries,
        )
        self._breakers = breakers
        self._page = page
        self._account: str | None = None
        self._pace = pace or _alone(Rules.of(api_key, at_stripe=api_base is None))

    async def close(self) -> None:
        """Give the connections back."""
        http: Any = self._http  # the SDK leaves this method untyped
        await http.close_async()

    async def account_id(self) -> str:
        """The Stripe account our key belongs to."""
        if self._account is None:
            found = await self._call(
                "accounts.read", self._stripe.v1.accounts.retrieve_current_async
            )
            self._account = found.id
        return self._account

    async def create_intent(
        self,
        *,
        key: str,
        amount: Money,
        description: str,
        metadata: Mapping[str, str],
    ) -> Intent:
        """A PaymentIntent for `amount`; the same `key` gives the same one.

        For cards, and the wallets that ride on them: a slot is held for minutes, and a bank debit
        takes days. `payment_method_types`, which said so before, is gone from this API version.
        """
        created = await self._call(
            "payment_intents.create",
            lambda: self._stripe.v1.payment_intents.create_async(
                {
                    "amount": amount.minor,
                    "currency": amount.currency.code,
                    "description": description,
                    "metadata": dict(metadata),
                    "allowed_payment_method_types": ["card"],
                    "expand": EXPAND_INTENT,
                },
                {"idempotency_key": key},
            ),
        )
        return snapshots.intent(created)

    async def get_intent(self, intent_id: str) -> Intent:
        """A PaymentIntent as it stands now, with its charge and balance transaction."""
        found = await self._call(
            "payment_intents.read",
            lambda: self._stripe.v1.payment_intents.retrieve_async(
                intent_id, {"expand": EXPAND_INTENT}
            ),
        )
        return snapshots.intent(found)

    async def find_intent(self, *, payment: str, since: datetime, until: datetime) -> Intent | None:
        """The PaymentIntent made for one of our payments, found by its metadata.

        For outcomes that stayed unknown so long that the key may have been forgotten.
        """
        span = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
        async for found in self._pages(
            "payment_intents.list",
            self._stripe.v1.payment_intents.list_async,
            {"created": span, "expand": [f"data.{path}" for path in EXPAND_INTENT]},
        ):
            if snapshots.metadata(found.metadata).get("payment") == payment:
                return snapshots.intent(found)
        return None

    async def cancel_intent(self, intent_id: str) -> Intent:
        """Make sure Stripe never collects; ProcessorRefused when it has collected already.

        Under no key of ours: twice is once by itself, and a key would have Stripe repeat its first
        failure for a day.
        """
        cancelled = await self._call(
            "payment_intents.cancel",
            lambda: self._stripe.v1.payment_intents.cancel_async(
                intent_id,
                {"cancellation_reason": "abandoned", "expand": EXPAND_INTENT},
            ),
        )
        return snapshots.intent(cancelled)

    async def create_refund(
        self,
        *,
        key: str,
        charge_id: str,
        amount: Money,
        reason: Literal["requested_by_customer", "duplicate"],
        metadata: Mapping[str, str],
    ) -> Refund:
        """Send part of a charge back; the same `key` gives the same refund."""
        created = await self._call(
            "refunds.create",
            lambda: self._stripe.v1.refunds.create_async(
                {
                    "charge": charge_id,
                    "amount": amount.minor,
                    "reason": reason,
                    "metadata": dict(metadata),
                    "expand": EXPAND_REFUND,
                },
                {"idempotency_key": key},
            ),
        )
        return snapshots.refund(created)

    async def get_refund(self, refund_id: str) -> Refund:
        """A refund as it stands now, with the movements it caused."""
        found = await self._call(
            "refunds.read",
            lambda: self._stripe.v1.refunds.retrieve_async(refund_id, {"expand": EXPAND_REFUND}),
        )
        return snapshots.refund(found)

    async def find_refund(self, *, charge_id: str, named: Mapping[str, str]) -> Refund | None:
        """The refund made for one of ours, found by its metadata among those of a charge."""
        async for found in self._pages(
            "refunds.list",
            self._stripe.v1.refunds.list_async,
            {"charge": charge_id, "expand": [f"data.{path}" for path in EXPAND_REFUND]},
        ):
            if snapshots.metadata(found.metadata).items() >= named.items():
                return snapshots.refund(found)
        return None

    async def create_checkout(
        self,
        *,
        key: str,
        amount: Money,
        description: str,
        metadata: Mapping[str, str],
        success_url: str,
        cancel_url: str,
        expires_at: datetime,
    ) -> HostedCheckout:
        """A payment page at Stripe for `amount`, for cards as an intent is. Stripe takes
        `expires_at` from half an hour on."""
        created = await self._call(
            "checkout_sessions.create",
            lambda: self._stripe.v1.checkout.sessions.create_async(
                {
                    "mode": "payment",
                    "allowed_payment_method_types": ["card"],
                    "success_url": success_url,
                    "expires_at": int(expires_at.timestamp()),
                    "cancel_url": cancel_url,
                    "metadata": dict(metadata),
                    "payment_intent_data": {
                        "metadata": dict(metadata),
                        "description": description,
                    },
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": amount.currency.code,
                                "unit_amount": amount.minor,
                                "product_data": {"name": description},
                            },
                        }
                    ],
                },
                {"idempotency_key": key},
            ),
        )
        return snapshots.hosted_checkout(created)

    async def get_checkout(self, checkout_id: str) -> HostedCheckout:
        """A payment page at Stripe as it stands now."""
        found = await self._call(
            "checkout_sessions.read",
            lambda: self._stripe.v1.checkout.sessions.retrieve_async(checkout_id),
        )
        return snapshots.hosted_checkout(found)

    async def expire_checkout(self, checkout_id: str) -> HostedCheckout:
        """Close a payment page; ProcessorRefused when it was paid or is closed already."""
        found = await self._call(
            "checkout_sessions.expire",
            lambda: self._stripe.v1.checkout.sessions.expire_async(checkout_id),
        )
        return snapshots.hosted_checkout(found)

    async def balance_transactions(
        self, *, since: datetime | None = None
    ) -> AsyncIterator[BalanceTransaction]:
        """Every movement of the balance, newest first."""
        filters: dict[str, Any] = (
            {"created": {"gte": int(since.timestamp())}} if since is not None else {}
        )
        async for found in self._pages(
            "balance_transactions.list",
            self._stripe.v1.balance_transactions.list_async,
            filters,
        ):
            yield snapshots.balance_transaction(found)

    async def balance(self) -> dict[str, Balance]:
        """Stripe's balance by currency code."""
        found = await self._call("balance.read", self._stripe.v1.balance.retrieve_async)
        lines: list[Any] = [*found.available, *found.pending]
        codes = {line.currency for line in lines}
        return {
            code: Balance(
                available=_sum_of(found.available, code), pending=_sum_of(found.pending, code)
            )
            for code in codes
        }

    async def _pages(
        self, operation: str, list_async: Callable[..., Awaitable[Any]], filters: Mapping[str, Any]
    ) -> AsyncIterator[Any]:
        cursor: dict[str, str] = {}
        while True:
            ask = functools.partial(list_async, {**filters, **cursor, "limit": self._page})
            page = await self._call(operation, ask)
            for item in page.data:
                yield item
            if not page.has_more:
                return
            cursor = {"starting_after": page.data[-1].id}

    async def _call(self, operation: str, request: Callable[[], Awaitable[T]]) -> T:
        await self._pace.turn(operation)
        try:
            return await self._breakers.of("stripe", operation).call(_translated, request)
        except ProcessorBusy as busy:
            if busy.slow_down is not None:
                self._pace.slow_down(operation, busy.slow_down)
            raise


def _alone(rules: Rules) -> Pace:
    """The pace of a process that nobody shares the account with."""
    return Pace(LocalLimiter(lambda: asyncio.get_running_loop().time()), rules)


async def _translated(request: Callable[[], Awaitable[T]]) -> T:
    try:
        return await request()
    except (stripe.StripeError, *LOST_ANSWERS) as failure:
        raise translate(failure) from failure


def _sum_of(lines: Any, code: str) -> Money:
    return Money(sum(line.amount for line in lines if line.currency == code), currency(code))
