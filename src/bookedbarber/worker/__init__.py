"""Runs the jobs and the webhook inbox;  lists everything periodic."""
