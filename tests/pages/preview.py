"""Serves every sample state as a page: `python -m tests.pages.preview` prints where to look.

A second origin plays the part of Stripe's script and frame, so that the payment page can be seen
whole without a processor; the real thread is driven in `tests/browser/`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bookedbarber.pages import render, static_files
from bookedbarber.pages.render import View
from bookedbarber.pages.security import HeadersMiddleware, Stripe
from bookedbarber.pages.views import (
    BookingPage,
    Details,
    Problem,
)
from tests.pages.samples import BOOKING, LIVES, STATES
from tests.patience import until

HERE: Final = Path(__file__).parent


def answer(view: View, site: render.Site) -> HTMLResponse:
    """The page for a sample, with the status its route would give."""
    wrong = isinstance(view, BookingPage) and view.problems
    return render.page(view, site, status=422 if wrong else 200)


def shop_window(stripe_origin: str) -> Starlette:
    """Our pages, one address per state; the forms answer as the real ones would."""
    site = render.Site(
        stripe=Stripe.sandbox(stripe_origin, f"{stripe_origin}/stripe.js"), test_mode=True
    )

    async def state(request: Request) -> Response:
        name = request.path_params["name"]
        return answer(STATES[name], replace(site, life=lambda: LIVES.get(name)))

    async def book(request: Request) -> Response:
        form = await request.form() if request.method == "POST" else request.query_params
        return answer(chosen({key: str(value) for key, value in form.items()}), site)

    async def status(_request: Request) -> Response:
        return JSONResponse({"state": "processing", "decline": "", "hold_seconds": 572})

    async def index(_request: Request) -> Response:
        return RedirectResponse("/s/booking")

    app = Starlette(
        routes=[
            Route("/", index),
            Route("/s/{name}", state),
            Route("/b/{shop}", book, methods=["GET", "POST"]),
            Route("/pay/{link}/status", status),
            Route("/static/{path:path}", static_files.serve),
        ]
    )
    app.add_middleware(HeadersMiddleware, https=False)
    return app


def stripe_side() -> Starlette:
    """The other origin: a script with Stripe's names and an inert card frame."""

    async def script(_request: Request) -> Response:
        return Response((HERE / "stripe_stand_in.js").read_bytes(), media_type="text/javascript")

    async def frame(_request: Request) -> Response:
        return HTMLResponse((HERE / "stripe_stand_in.html").read_text())

    return Starlette(routes=[Route("/stripe.js", script), Route("/frame", frame)])


def chosen(form: Mapping[str, str]) -> BookingPage:
    """The sample with the form's choices marked and its details kept; a service chosen anew
    takes the time away, as it does in earnest.
    """
    page = BOOKING
    service = form.get("service", page.services[0].value)
    same = service == page.services[0].value
    return replace(
        page,
        services=tuple(replace(it, chosen=it.value == service) for it in page.services),
        slots=tuple(replace(it, chosen=same and it.chosen) for it in page.slots),
        details=Details(form.get("name", ""), form.get("email", ""), form.get("phone", "")),
        problems=(Problem("email", "email_missing"),) if form.get("do") == "book" else (),
    )


class Preview:
    """Both origins on real servers."""

    def __init__(self, *, pages_port: int, stripe_port: int) -> None:
        self.origin = f"http://127.0.0.1:{pages_port}"
        apps = (
            (shop_window(f"http://127.0.0.1:{stripe_port}"), pages_port),
            (stripe_side(), stripe_port),
        )
        self._servers = [
            uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off"))
            for app, port in apps
        ]

    async def run(self) -> None:
        """Serve until stopped."""
        await asyncio.gather(*(server._serve() for server in self._servers))

    async def started(self) -> None:
        """Wait until both answer."""
        await until(self._answer)

    async def _answer(self) -> bool:
        return all(server.started for server in self._servers)

    def stop(self) -> None:
        """Let both finish."""
        for server in self._servers:
            server.should_exit = True


if __name__ == "__main__":
    preview = Preview(pages_port=8931, stripe_port=8932)
    print(*(f"{preview.origin}/s/{name}" for name in STATES), sep="\n")
    asyncio.run(preview.run())
