"""Stripe's error bodies, as exceptions: status, type, code, parameter and message as Stripe sends
them.

Source: docs.stripe.com/api/errors and docs.stripe.com/error-codes. Messages are Stripe's own where
recorded traffic shows them.
"""

from collections.abc import Mapping
from typing import Any


class StripeError(Exception):
    """An answer that is not 200; what was done before it is undone, but for an `AttemptError`."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The JSON body Stripe would send."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind}
        if self.code:
            error |= {"code": self.code, "doc_url": doc_url(self.code)}
        if self.param is not None:
            error["param"] = self.param
        return {"error": error | self.extra}


class ParameterError(StripeError):
    """The parameters fail validation, so nothing began and no idempotency key is spent."""


class CardError(StripeError):
    """The card is refused."""

    def __init__(
        self, message: str, *, code: str, extra: Mapping[str, Any], param: str | None = None
    ) -> None:
        super().__init__(
            message, status=402, kind="card_error", code=code, extra=extra, param=param
        )


class AttemptError(CardError):
    """An attempt of an intent failed; the attempt and what it left stay on record."""


def doc_url(code: str) -> str:
    """Where Stripe explains the code."""
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def missing(what: str, object_id: str, *, param: str = "id", status: int = 400) -> StripeError:
    """`No such customer: 'cus_1'`; 404 when the id stands in the path."""
    return StripeError(
        f"No such {what}: '{object_id}'", status=status, code="resource_missing", param=param
    )


def unsupported(param: str) -> ParameterError:
    """A parameter Stripe knows and the sandbox does not play: refused aloud rather than ignored."""
    return ParameterError(
        f"The sandbox does not support the parameter `{param}`; Stripe does.",
        code="sandbox_unsupported_parameter",
        param=param,
    )


def unsupported_value(value: str, param: str) -> ParameterError:
    """A value Stripe knows and the sandbox does not play."""
    return ParameterError(
        f"The sandbox does not play `{value}` as `{param}`; Stripe does.",
        code="sandbox_unsupported_parameter",
        param=param,
    )
