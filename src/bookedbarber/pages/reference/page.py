"""The answer at `/api/v2`."""

from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.api.context import READS
from bookedbarber.pages import render
from bookedbarber.pages.context import address, house
from bookedbarber.pages.reference import document

PAGE: Final = "/api/v2"


async def show(request: Request) -> Response:
    """The reference of the API."""
    at, app = house(request), request.app
    await at.context.limiter.take(READS, address(request))
    assert isinstance(app, FastAPI)  # noqa: S101 # pages and API are one application
    view = document.read(app.openapi(), site=at.context.means.site_url)
    return render.page(view, at.site)
