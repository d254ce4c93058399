"""The web application of one process: pages, API and webhook door."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from bookedbarber import api, config, failpoints
from bookedbarber.api.context import Context
from bookedbarber.checkout.means import clock_of, means_of
from bookedbarber.clock import seconds_of
from bookedbarber.resilience.limiter import limiter_for

CONNECTIONS = 3  # for each role and process; see docs/decisions on the size of pools


def build() -> Starlette:
    """The factory that uvicorn calls in each web process."""
    settings = config.load()
    failpoints.arm(os.environ)
    secrets = [secret.get_secret_value() for secret in settings.stripe_webhook_secrets]
    clock = clock_of(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with means_of(settings, connections=CONNECTIONS) as means:
            context = Context(
                means=means,
                clock=clock,
                limiter=limiter_for(settings.redis_url, seconds_of(clock)),
                demo=settings.demo,
            )
            app.router.routes.append(Mount("/", api.build(context, webhook_secrets=secrets)))
            yield

    return Starlette(lifespan=lifespan)
