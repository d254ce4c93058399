"""The answer at `/api/v2`."""

from functools import cache
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.api.context import READS
from bookedbarber.pages import render
from bookedbarber.pages.context import address, house
from bookedbarber.pages.reference import document
from bookedbarber.pages.reference.document import ReferencePage

PAGE: Final = "/api/v2"


async def show(request: Request) -> Response:
    """The reference of the API."""
    at, app = house(request), request.app
    await at.context.limiter.take(READS, address(request))
    assert isinstance(app, FastAPI)  # noqa: S101 # pages and API are one application
    return render.page(_view(app, at.context.means.site_url), at.site)


@cache
def _view(app: FastAPI, site: str) -> ReferencePage:
    """What stands on it, which stays the same as long as the process does."""
    return document.read(app.openapi(), site=site)
