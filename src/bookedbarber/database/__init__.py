"""Connections to PostgreSQL, each under the role and tenant it may act for.

Kept true here: a request of one shop sees that shop's rows and no others (`Database.tenant`);
work that crosses shops says so (`Database.platform`); every statement passes one place, so that
it carries a name, can be counted, and can be interrupted on purpose in tests. SQL itself lives in
`queries.sql` files beside the code that calls it; `generate.py` turns them into typed functions.
"""

from bookedbarber.database.outages import DatabaseUnavailable, again
from bookedbarber.database.pools import Connection, Database, Json

__all__ = ["Connection", "Database", "DatabaseUnavailable", "Json", "again"]
