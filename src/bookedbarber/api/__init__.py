"""The JSON API: translates requests into calls of the stories below and their refusals into
problem answers."""

from bookedbarber.api.app import build
from bookedbarber.api.context import Context

__all__ = ["Context", "build"]
