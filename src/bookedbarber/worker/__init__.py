"""Runs the jobs and the webhook inbox; `schedule.py` lists everything periodic."""

from bookedbarber.worker.loop import Worker

__all__ = ["Worker"]
