"""The table of routes: method, path, parameters, and the function that does it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from bookedbarber.sandbox import (
    accounts,
    balance,
    charges,
    checkout_params,
    checkout_payment,
    checkout_sessions,
    customers,
    disputes,
    event_routes,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    setup_intents,
    transfers,
    webhook_endpoints,
)
from bookedbarber.sandbox import intent_params as given
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.shapes import Params
from bookedbarber.sandbox.store import Object

Action: TypeAlias = Callable[[Context, dict[str, Any]], Object]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; `publishable` ones may be asked by a browser."""

    method: str
    path: str
    params: Params
    action: Action
    publishable: bool = False

    def matches(self, method: str, path: str) -> dict[str, str] | None:
        """The ids in the path, or none when this is another route."""
        if method != self.method:
            return None
        match = _pattern(self.path).fullmatch(path)
        return match.groupdict() if match else None


def _pattern(path: str) -> re.Pattern[str]:
    if path not in _PATTERNS:
        _PATTERNS[path] = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
    return _PATTERNS[path]


_SEARCH = re.compile(r"/v1/\w+/search")
"""Searches would else be taken for an object called `search`."""

_PATTERNS: dict[str, re.Pattern[str]] = {}

_CUSTOMERS = (
    Route("GET", "/v1/customers", customers.LIST, customers.newest_first),
    Route("POST", "/v1/customers", customers.CREATE, customers.create),
    Route("GET", "/v1/customers/{id}", customers.RETRIEVE, customers.retrieve),
    Route("POST", "/v1/customers/{id}", customers.UPDATE, customers.update),
    Route("DELETE", "/v1/customers/{id}", customers.DELETE, customers.delete),
    Route("GET", "/v1/customers/{id}/payment_methods", customers.METHODS, customers.methods),
    Route(
        "GET",
        "/v1/customers/{id}/payment_methods/{payment_method}",
        customers.RETRIEVE,
        customers.method,
    ),
)

_METHODS = (
    Route("GET", "/v1/payment_methods", payment_methods.LIST, payment_methods.newest_first),
    Route(
        "POST",
        "/v1/payment_methods",
        payment_methods.CREATE,
        payment_methods.create,
        publishable=True,
    ),
    Route("GET", "/v1/payment_methods/{id}", payment_methods.RETRIEVE, payment_methods.retrieve),
    Route("POST", "/v1/payment_methods/{id}", payment_methods.UPDATE, payment_methods.update),
    Route(
        "POST", "/v1/payment_methods/{id}/attach", payment_methods.ATTACH, payment_methods.attach
    ),
    Route(
        "POST", "/v1/payment_methods/{id}/detach", payment_methods.DETACH, payment_methods.detach
    ),
)

_INTENT = "/v1/payment_intents/{intent}"
_INTENTS = (
    Route("GET", "/v1/payment_intents", given.PI_LIST, payment_intents.newest_first),
    Route("POST", "/v1/payment_intents", given.PI_CREATE, payment_intents.create),
    Route("GET", _INTENT, given.PI_RETRIEVE, payment_intents.retrieve, publishable=True),
    Route("POST", _INTENT, given.PI_UPDATE, payment_intents.update),
    Route(
        "POST", f"{_INTENT}/confirm", given.PI_CONFIRM, payment_intents.confirm, publishable=True
    ),
    Route("POST", f"{_INTENT}/capture", given.PI_CAPTURE, payment_intents.capture),
    Route("POST", f"{_INTENT}/cancel", given.PI_CANCEL, payment_intents.cancel),
)

_SETUP = "/v1/setup_intents/{intent}"
_SETUPS = (
    Route("GET", "/v1/setup_intents", given.SI_LIST, setup_intents.newest_first),
    Route("POST", "/v1/setup_intents", given.SI_CREATE, setup_intents.create),
    Route("GET", _SETUP, given.SI_RETRIEVE, setup_intents.retrieve, publishable=True),
    Route("POST", _SETUP, given.SI_UPDATE, setup_intents.update),
    Route("POST", f"{_SETUP}/confirm", given.SI_CONFIRM, setup_intents.confirm, publishable=True),
    Route("POST", f"{_SETUP}/cancel", given.SI_CANCEL, setup_intents.cancel),
)

_MONEY = (
    Route("GET", "/v1/charges", charges.LIST, charges.newest_first),
    Route("GET", "/v1/charges/{id}", charges.RETRIEVE, charges.retrieve),
    Route("POST", "/v1/charges/{id}", charges.UPDATE, charges.update),
    Route("GET", "/v1/charges/{id}/refunds", refunds.LIST_OF_CHARGE, refunds.newest_of_charge),
    Route("GET", "/v1/charges/{id}/refunds/{refund}", refunds.RETRIEVE, refunds.retrieve_of_charge),
    Route("GET", "/v1/refunds", refunds.LIST, refunds.newest_first),
    Route("POST", "/v1/refunds", refunds.CREATE, refunds.create),
    Route("GET", "/v1/refunds/{id}", refunds.RETRIEVE, refunds.retrieve),
    Route("POST", "/v1/refunds/{id}", refunds.UPDATE, refunds.update),
    Route("POST", "/v1/refunds/{id}/cancel", refunds.CANCEL, refunds.cancel),
    Route("GET", "/v1/balance", balance.RETRIEVE, balance.retrieve),
    Route("GET", "/v1/balance_transactions", balance.LIST_TRANSACTIONS, balance.newest_first),
    Route(
        "GET",
        "/v1/balance_transactions/{id}",
        balance.RETRIEVE_TRANSACTION,
        balance.retrieve_transaction,
    ),
    Route("GET", "/v1/disputes", disputes.LIST, disputes.newest_first),
    Route("GET", "/v1/disputes/{id}", disputes.RETRIEVE, disputes.retrieve),
    Route("POST", "/v1/disputes/{id}", disputes.UPDATE, disputes.update),
    Route("POST", "/v1/disputes/{id}/close", disputes.CLOSE, disputes.close),
)

_BEYOND = (
    Route("GET", "/v1/account", accounts.RETRIEVE, accounts.own),
    Route("GET", "/v1/accounts", accounts.LIST, accounts.newest_first),
    Route("POST", "/v1/accounts", accounts.CREATE, accounts.create),
    Route("GET", "/v1/accounts/{id}", accounts.RETRIEVE, accounts.retrieve),
    Route("POST", "/v1/accounts/{id}", accounts.UPDATE, accounts.update),
    Route("GET", "/v1/transfers", transfers.LIST, transfers.newest_first),
    Route("POST", "/v1/transfers", transfers.CREATE, transfers.create),
    Route("GET", "/v1/transfers/{id}", transfers.RETRIEVE, transfers.retrieve),
    Route("POST", "/v1/transfers/{id}", transfers.UPDATE, transfers.update),
    Route("GET", "/v1/payouts", payouts.LIST, payouts.newest_first),
    Route("POST", "/v1/payouts", payouts.CREATE, payouts.create),
    Route("GET", "/v1/payouts/{id}", payouts.RETRIEVE, payouts.retrieve),
    Route("POST", "/v1/payouts/{id}", payouts.UPDATE, payouts.update),
    Route("POST", "/v1/payouts/{id}/cancel", payouts.CANCEL, payouts.cancel),
)

_SESSION = "/v1/checkout/sessions/{id}"
_CHECKOUT = (
    Route("GET", "/v1/checkout/sessions", checkout_params.LIST, checkout_sessions.newest_first),
    Route("POST", "/v1/checkout/sessions", checkout_params.CREATE, checkout_sessions.create),
    Route("GET", _SESSION, checkout_params.RETRIEVE, checkout_sessions.retrieve),
    Route("POST", _SESSION, checkout_params.UPDATE, checkout_sessions.update),
    Route("POST", f"{_SESSION}/expire", checkout_params.EXPIRE, checkout_payment.expire),
    Route(
        "GET", f"{_SESSION}/line_items", checkout_params.LINE_ITEMS, checkout_sessions.line_items
    ),
)

_HOOKS = "/v1/webhook_endpoints"
_TOLD = (
    Route("GET", "/v1/events", event_routes.LIST, event_routes.newest_first),
    Route("GET", "/v1/events/{id}", event_routes.RETRIEVE, event_routes.retrieve),
    Route("GET", _HOOKS, webhook_endpoints.LIST, webhook_endpoints.newest_first),
    Route("POST", _HOOKS, webhook_endpoints.CREATE, webhook_endpoints.create),
    Route("GET", f"{_HOOKS}/{{id}}", webhook_endpoints.RETRIEVE, webhook_endpoints.retrieve),
    Route("POST", f"{_HOOKS}/{{id}}", webhook_endpoints.UPDATE, webhook_endpoints.update),
    Route("DELETE", f"{_HOOKS}/{{id}}", webhook_endpoints.DELETE, webhook_endpoints.delete),
)

ROUTES: tuple[Route, ...] = (
    *_CUSTOMERS,
    *_METHODS,
    *_INTENTS,
    *_SETUPS,
    *_MONEY,
    *_BEYOND,
    *_CHECKOUT,
    *_TOLD,
)


def match(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route for a request and the ids in its path; raises for one that is not played."""
    if _SEARCH.fullmatch(path):
        raise StripeError(
            f"The sandbox does not play {path}; Stripe does.", code="sandbox_unsupported_route"
        )
    for route in ROUTES:
        found = route.matches(method, path)
        if found is not None:
            return route, found
    return None
