"""Breakers and limits around what may fail, and idempotency for what may be asked twice."""
