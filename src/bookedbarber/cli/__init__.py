"""Operator commands over the same functions as the other doors.

What an operator got wrong is answered with one sentence on standard error and exit code 2, never
with a traceback; a traceback means a defect of ours.
"""

from bookedbarber.cli.commands import app

__all__ = ["app"]
