"""Runs the jobs and the webhook inbox; `schedule.py` lists everything periodic."""

from bookedbarber.worker.loop import Worker
from bookedbarber.worker.process import run

__all__ = ["Worker", "run"]
