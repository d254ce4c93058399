"""The ASGI application: Stripe's API under `/v1/`, the control routes, and the browser's pages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bookedbarber.sandbox import control
from bookedbarber.sandbox.api import Api, Keys, defect
from bookedbarber.sandbox.delivery import Courier
from bookedbarber.sandbox.engine import Engine
from bookedbarber.sandbox.timekeeper import Timekeeper

FILE = "sandbox.sqlite3"


def create(
    *,
    secret_key: str,
    publishable_key: str,
    data: Path | None = None,
    seed: int = 1,
    begin_at: float | None = None,
    origin: str = "http://127.0.0.1:12111",
    extra_routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """A sandbox over a data folder (or memory); `origin` is where browsers reach it.

    A new one's clock stands still at `begin_at`, when that is given, and runs in real time else.
    """
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    path = data / FILE if data is not None else None
    engine = Engine(path, seed=seed, origin=origin, begin_at=begin_at)
    keepers: list[Timekeeper] = []

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            keeper = Timekeeper(engine, Courier(engine, http))
            keepers[:] = [keeper]
            running = asyncio.create_task(keeper.run())
            try:
                yield
            finally:
                await _end(running, *keeper.courier.travelling.values())
        engine.store.close()

    api = Api(engine, Keys(secret_key, publishable_key))
    keys = {"publishable": publishable_key}
    app = Starlette(
        routes=[
            Route("/v1/{path:path}", api.handle, methods=["GET", "POST", "DELETE", "OPTIONS"]),
            *control.routes(engine, lambda: keepers[0], keys),
            *extra_routes,
        ],
        exception_handlers={Exception: defect},
        lifespan=lifespan,
    )
    app.state.engine = engine
    app.state.keys = Keys(secret_key, publishable_key)
    return app


async def _end(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
