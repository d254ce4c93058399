"""A durable queue in PostgreSQL: asked for inside the caller's transaction, driven by our clock.

Kept true here: a job asked for in a transaction exists exactly when that commits; the same name is
the same work; a claim runs out, so a dead worker's jobs go on. Nothing here reads a clock.
"""
