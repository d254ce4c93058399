"""The addresses a browser knows: the script, the frames, the pages, and their files.

Every page carries the strictest policy it can live with: own scripts and styles only, calls to its
own origin only, nothing inline. The frames may be framed by anyone, as Stripe's may: what protects
the card is that the frame's parent cannot read it.
"""

import functools
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bookedbarber.sandbox.browser import challenge, checkout, receipts

_HERE = Path(__file__).parent
_SCRIPT_PARTS = ("frame", "element", "elements", "challenge", "stripe")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'"
)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_FRAMED = _HEADERS | {
    "Content-Security-Policy": f"{_POLICY}; frame-ancestors *",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_ALONE = _HEADERS | {"Content-Security-Policy": f"{_POLICY}; frame-ancestors 'none'"}
_SHARED = _HEADERS | {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@functools.cache
def stripe_js() -> str:
    """The script for the merchant's page: its parts in order, inside one function of their own."""
    parts = [(_HERE / "merchant" / f"{part}.js").read_text("utf-8") for part in _SCRIPT_PARTS]
    opening = (
        '(() => {\n"use strict";\nconst SANDBOX = new URL(document.currentScript.src).origin;\n'
    )
    return opening + "\n".join(parts) + "})();\n"


async def script(_request: Request) -> Response:
    """Stripe.js, as a classic script that sets `window.Stripe`."""
    return Response(stripe_js(), media_type="text/javascript", headers=_SHARED)


async def receipt(request: Request) -> Response:
    """What `receipt_url` leads to."""
    return receipts.show(request, _ALONE)


def _page(path: str, name: str, headers: dict[str, str]) -> Route:
    async def page(_request: Request) -> Response:
        return FileResponse(_HERE / "pages" / f"{name}.html", headers=headers)

    return Route(path, page)


routes: list[BaseRoute] = [
    Route("/v3", script),
    Route("/v3/", script),
    Route("/clover/stripe.js", script),
    _page("/browser/card", "card", _FRAMED),
    _page("/browser/controller", "controller", _FRAMED),
    _page("/browser/3ds/{intent}", "challenge", _FRAMED),
    Route("/browser/3ds/{intent}", challenge.finish, methods=["POST"]),
    _page("/browser/checkout/{session}", "checkout", _ALONE),
    Route("/browser/checkout/{session}", checkout.pay, methods=["POST"]),
    Route("/browser/checkout/{session}/state", checkout.state),
    Route("/browser/receipts/{charge}", receipt),
    Mount("/browser/static", StaticFiles(directory=_HERE / "static")),
]
