"""Runs the jobs and the webhook inbox; `schedule.py` lists everything periodic."""
