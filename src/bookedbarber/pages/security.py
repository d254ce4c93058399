"""What the browser may do with our pages, and which requests we believe.

**Content Security Policy**, one per page. Ordinary pages run our own scripts only, by nonce and
integrity, with Trusted Types. The payment page stands alone: its one script and Stripe's, no
htmx, no Trusted Types (Stripe.js does not work under them), and frames of Stripe only.

**Cross-site requests.** No cookie identifies a client: a link is the capability, and whoever can
forge a request to it already holds it. Still nothing that changes anything is accepted from
another site, by the browser's own word (`Sec-Fetch-Site`, else `Origin`): nothing to store, to
expire or to forget in a form. Over plain http (development) browsers send neither reliably,
since `Referrer-Policy: no-referrer` turns `Origin` into `null`; only there that is let pass.
"""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_COMMON: Final = (
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)


@dataclass(frozen=True, slots=True)
class Stripe:
    """Where Stripe's browser side lives: `live()` for Stripe's, the sandbox's own origin else."""

    script: str
    frames: tuple[str, ...]
    connect: tuple[str, ...]
    checkout: tuple[str, ...]

    @classmethod
    def live(cls, script: str = "https://js.stripe.com/v3/") -> "Stripe":
        """Stripe's own origins, as its security guide lists them."""
        return cls(
            script=script,
            frames=(
                "https://js.stripe.com",
                "https://*.js.stripe.com",
                "https://hooks.stripe.com",
            ),
            connect=("https://api.stripe.com",),
            checkout=("https://checkout.stripe.com",),
        )

    @classmethod
    def sandbox(cls, origin: str, script: str) -> "Stripe":
        """Our sandbox, which plays all of Stripe's roles from one origin."""
        return cls(script=script, frames=(origin,), connect=(origin,), checkout=(origin,))


def ordinary(nonce: str, *, leads_to: tuple[str, ...] = ()) -> str:
    """The policy of every page but payment.

    `form-action` also stops redirects: where a form of ours may end up elsewhere, `leads_to` says.
    """
    return _policy(
        *_COMMON,
        f"script-src 'nonce-{nonce}' 'strict-dynamic'",
        "connect-src 'self'",
        " ".join(("form-action 'self'", *leads_to)),
        "require-trusted-types-for 'script'",
        "trusted-types htmx",
    )


def payment(nonce: str, stripe: Stripe) -> str:
    """The policy of the payment page.

    `form-action` also covers the redirect that follows a form, hence the hosted checkout there.
    """
    return _policy(
        *_COMMON,
        f"script-src 'nonce-{nonce}' 'strict-dynamic'",
        f"frame-src {' '.join(stripe.frames)}",
        f"connect-src 'self' {' '.join(stripe.connect)}",
        f"form-action 'self' {' '.join(stripe.checkout)}",
    )


def _policy(*directives: str) -> str:
    return "; ".join(directives)


class HeadersMiddleware:
    """Adds to every answer the headers it did not choose itself; the policy of last resort is
    that nothing loads.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._defaults = (
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", NOTHING),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"),
            *([("Strict-Transport-Security", "max-age=63072000; includeSubDomains")] * https),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; complete the headers as its answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._defaults:
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, complete)


def same_site(request: Request) -> bool:
    """Whether a request that changes something comes from our own page, by the browser's word."""
    headers: Headers = request.headers
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is not None and origin != "null":
        return origin == f"{request.url.scheme}://{request.url.netloc}"
    return request.url.scheme == "http"
