"""The door of the API: keys, versions, idempotency, faults; then the engine does the work."""

import base64
import binascii
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from bookedbarber.sandbox import faults, idempotency, mishaps
from bookedbarber.sandbox.context import API_VERSION, Request
from bookedbarber.sandbox.engine import Answer, Call, Engine, refuse
from bookedbarber.sandbox.errors import StripeError
from bookedbarber.sandbox.routes import match
from bookedbarber.sandbox.wire import Raw, nest, read_form

_LOG = logging.getLogger(__name__)
_LONGEST_BODY = 1_000_000
_CORS = {
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry",
    "access-control-max-age": "300",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """The account's two keys."""

    secret: str
    publishable: str


@dataclass(frozen=True, slots=True)
class Api:
    """Answers every request under `/v1/`."""

    engine: Engine
    keys: Keys

    async def handle(self, http: HttpRequest) -> Response:
        """One request, answered as Stripe answers."""
        if http.method == "OPTIONS":
            asked = http.headers.get("access-control-request-headers", "")
            return Response(
                status_code=200, headers={**_CORS, "access-control-allow-headers": asked}
            )
        request_id = self.engine.request_id()
        headers = {"request-id": request_id, "stripe-version": API_VERSION}
        try:
            call = await self._read(http, request_id)
            headers |= _echo(http)
            return await self._answer(http, call, headers)
        except StripeError as problem:
            return _response(refuse(problem), headers)
        except Exception:  # noqa: BLE001  # Stripe answers 500; the log and health tell of it
            _LOG.exception("a request met a mistake of the sandbox's own")
            self.engine.count_failure("requests")
            return _response(refuse(faults.broken()), headers)

    async def _read(self, http: HttpRequest, request_id: str) -> Call:
        body = await http.body()
        form = _parameters(http, body)
        publishable = self._admit(http, form)
        _check_version(http.headers.get("stripe-version"))
        self._check_account(http.headers.get("stripe-account"))
        found = match(http.method, http.url.path)
        if found is None:
            raise _no_such_url(http)
        route, ids = found
        if publishable and not route.publishable:
            raise StripeError(
                "This API call cannot be made with a publishable API key. Please use a secret API "
                "key. You can find a list of your API keys at "
                "https://dashboard.stripe.com/account/apikeys.",
                status=401,
                code="secret_key_required",
            )
        key = http.headers.get("idempotency-key") if http.method == "POST" else None
        if key is not None:
            idempotency.check(key)
        request = Request(request_id, key, publishable)
        return Call(route, ids, form, http.url.path, request)

    async def _answer(self, http: HttpRequest, call: Call, headers: dict[str, str]) -> Response:
        key = call.request.idempotency_key
        fault = mishaps.meet(http, self.engine.faults, key=key)
        place = (self.engine.account, key) if key is not None else None
        if place in self.engine.in_flight:
            raise idempotency.busy(str(key))
        if place is not None:
            self.engine.in_flight.add(place)
        try:
            return await mishaps.play(
                http,
                self.engine.faults,
                fault,
                lambda: _response(self.engine.answer(call, fault=fault), headers),
            )
        finally:
            if place is not None:
                self.engine.in_flight.discard(place)

    def _admit(self, http: HttpRequest, form: dict[str, Raw]) -> bool:
        """Whether the key is the publishable one; raises 401 when it is neither."""
        key = _key_of(http.headers) or _plain(form.pop("key", None))
        if not key:
            raise StripeError(
                "You did not provide an API key. You need to provide your API key in the "
                "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
                "YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or "
                "we can help at https://support.stripe.com/.",
                status=401,
            )
        if key not in (self.keys.secret, self.keys.publishable):
            raise StripeError(f"Invalid API Key provided: {_masked(key)}", status=401)
        return key == self.keys.publishable

    def _check_account(self, account: str | None) -> None:
        if account not in (None, self.engine.account):
            raise StripeError(
                f"The provided key '{_masked(self.keys.secret)}' does not have access to account "
                f"'{account}' (or that account does not exist). Application access may have been "
                "revoked.",
                status=403,
                code="account_invalid",
            )


def _parameters(http: HttpRequest, body: bytes) -> dict[str, Raw]:
    if len(body) > _LONGEST_BODY:
        raise StripeError("Request body is too large.", status=413)
    kind = http.headers.get("content-type", "application/x-www-form-urlencoded")
    if body and not kind.startswith("application/x-www-form-urlencoded"):
        raise StripeError(
            f"Invalid request: we can't accept a request with content-type {kind}; please use "
            "application/x-www-form-urlencoded."
        )
    try:
        form = read_form(body.decode())
    except UnicodeDecodeError as problem:
        raise StripeError("Invalid request body: it must be UTF-8.") from problem
    query = nest(parse_qsl(http.url.query, keep_blank_values=True))
    return {**query, **form}


def _key_of(headers: Mapping[str, str]) -> str | None:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None


def _plain(value: Raw | None) -> str | None:
    return value if isinstance(value, str) else None


def _masked(key: str) -> str:
    start = "_".join(key.split("_")[:2]) + "_" if key.count("_") >= 2 else ""
    return start + "*" * max(0, len(key) - len(start) - 4) + key[-4:]


def _check_version(version: str | None) -> None:
    if version not in (None, API_VERSION):
        raise StripeError(
            f"Invalid Stripe API version: {version}. The sandbox speaks {API_VERSION} only."
        )


def _no_such_url(http: HttpRequest) -> StripeError:
    return StripeError(
        f"Unrecognized request URL ({http.method}: {http.url.path}). If you are trying to list "
        "objects, remove the trailing slash. If you are trying to retrieve an object, make sure "
        "you passed a valid (non-empty) identifier in your code. Please see "
        "https://stripe.com/docs or we can help at https://support.stripe.com/.",
        status=404,
    )


def _echo(http: HttpRequest) -> dict[str, str]:
    names = ("idempotency-key", "stripe-version")
    return {name: http.headers[name] for name in names if name in http.headers}


def _response(answer: Answer, headers: Mapping[str, str]) -> Response:
    return Response(
        answer.body,
        answer.status,
        headers={**_CORS, "cache-control": "no-cache, no-store", **headers, **answer.headers},
        media_type="application/json",
    )


async def defect(_http: HttpRequest, _problem: Exception) -> Response:
    """Stripe's 500, for mistakes of the sandbox itself; the server logs the cause."""
    return _response(refuse(faults.broken()), {})
