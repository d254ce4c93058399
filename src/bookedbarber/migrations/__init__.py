"""The schema and its history. Each version is plain SQL beside a small Alembic file.

Run as the owner role, which nothing else uses. The only place that knows every table.
"""

from bookedbarber.migrations.upgrade import RolesMissing, SchemaUnknown, pending, upgrade

__all__ = ["RolesMissing", "SchemaUnknown", "pending", "upgrade"]
