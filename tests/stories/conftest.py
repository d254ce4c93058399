"""What stories about the books share: somebody who gets past PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from bookedbarber.database.embedded import Addresses
from tests.conftest import Databases, named

WITHOUT_GUARDS = "set session_replication_role = replica"


@pytest.fixture
async def tamperer(postgres: Addresses, databases: Databases) -> AsyncIterator[Any]:
    """The superuser with every trigger off: who gets past PostgreSQL is still seen by the books."""
    name = databases.app_url.partition("?")[0].rpartition("/")[2]
    db = await asyncpg.connect(named(postgres.admin_url, name))
    await db.execute(WITHOUT_GUARDS)
    yield db
    await db.close()
