"""Operator commands over the same functions as the other doors."""
