"""The web application of one process: pages, API and webhook door."""

import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from bookedbarber import api, config, failpoints
from bookedbarber.api.context import Context
from bookedbarber.checkout.means import AT_A_DOOR, clock_of, means_of
from bookedbarber.clock import seconds_of
from bookedbarber.config import Settings
from bookedbarber.errors import Unavailable
from bookedbarber.history import History
from bookedbarber.pages import routes
from bookedbarber.pages.context import House
from bookedbarber.pages.demo import Demo
from bookedbarber.pages.live import Hub
from bookedbarber.pages.render import Site
from bookedbarber.pages.security import HeadersMiddleware, Stripe
from bookedbarber.resilience.limiter import limiter_for


def build() -> Starlette:
    """The factory that uvicorn calls in each web process."""
    settings = config.load()
    failpoints.arm(os.environ)
    secrets = [secret.get_secret_value() for secret in settings.stripe_webhook_secrets]
    clock = clock_of(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as ending:
            means = await ending.enter_async_context(
                means_of(settings, connections=config.WEB_CONNECTIONS, patience=AT_A_DOOR)
            )
            limiter = await ending.enter_async_context(
                limiter_for(settings.redis_url, seconds_of(clock), breakers=means.breakers)
            )
            context = Context(
                means=means,
                clock=clock,
                limiter=limiter,
                demo=settings.demo,
                history=History(settings.data_dir) if settings.demo else None,
            )
            # Asked once here, so that storing an event later depends on nobody but PostgreSQL.
            with contextlib.suppress(Unavailable):
                await means.processor.account_id()
            house = House(
                context,
                replace(site(settings), life=context.demo_life),
                settings.stripe_publishable_key or "",
                Demo(settings.data_dir) if settings.demo else None,
            )
            served = assemble(house, secrets)
            app.state.live = served.state.live
            app.router.routes.append(Mount("/", served))
            yield

    return Starlette(lifespan=lifespan)


def assemble(house: House, webhook_secrets: Sequence[str]) -> FastAPI:
    """Pages, API and webhook door over one set of means."""
    app = api.build(house.context, webhook_secrets=webhook_secrets)
    app.state.house = house
    app.state.live = Hub(house.context.means.database)
    app.router.routes.extend(routes.routes())
    app.add_exception_handler(HTTPException, routes.missing)
    https = house.context.means.site_url.startswith("https://")
    app.add_middleware(HeadersMiddleware, https=https)
    return app


def site(settings: Settings) -> Site:
    """Where the browser finds Stripe: the sandbox's own origin where one stands in."""
    if settings.sandbox_url:
        script = f"{settings.sandbox_url}/v3/"
        return Site(stripe=Stripe.sandbox(settings.sandbox_url, script), test_mode=True)
    key = settings.stripe_publishable_key or ""
    return Site(stripe=Stripe.live(settings.stripe_js_url), test_mode="_test_" in key)
