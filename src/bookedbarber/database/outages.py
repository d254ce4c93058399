"""What counts as PostgreSQL not answering: told apart from defects of ours where it happens."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import ClassVar, Final, Self, TypeVar

import asyncpg

from bookedbarber.errors import Unavailable

T = TypeVar("T")
OUTAGE: Final = (
    OSError,
    TimeoutError,
    asyncio.IncompleteReadError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,  # the connection is closed, say
    asyncpg.OperatorInterventionError,  # shut down, starting up, or the statement was cancelled
    asyncpg.InsufficientResourcesError,  # the disk or the memory is full, or too many connections
    asyncpg.PostgresSystemError,  # its disk does not answer
    asyncpg.ReadOnlySQLTransactionError,  # this server is a standby since the last failover
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
)

OF_NO_USE: Final = (OSError, TimeoutError, asyncpg.ReadOnlySQLTransactionError)


class DatabaseUnavailable(Unavailable):
    """PostgreSQL did not answer. Nothing was acknowledged, so the caller may ask again."""

    code: ClassVar[str] = "database_unavailable"


async def again(work: Callable[[], Awaitable[T]]) -> T:
    """Do what may be done twice; a second time when PostgreSQL undid the first as a whole, in a
    deadlock say."""
    try:
        return await work()
    except DatabaseUnavailable as outage:
        if not isinstance(outage.__cause__, asyncpg.TransactionRollbackError):
            raise
    return await work()


def _is_torn(error: BaseException | None) -> bool:
    """Whether a connection failed in the moment in which it was used: the server has said that it
    closes it, and has not yet. Any other error of this class is a defect."""
    return type(error) is asyncpg.InternalClientError and "cannot switch to" in str(error)


class asking:  # noqa: N801 -- reads as the act it is at every call: `async with asking()`
    """Around one question to PostgreSQL: DatabaseUnavailable when it does not answer.

    Only there: what else a transaction's body raises is the body's own. A connection to a server
    that is of no use is cut, so that the next one may lead to another server.
    """

    __slots__ = ("_connection",)

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record] | None" = None) -> None:
        self._connection = connection

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        torn = _is_torn(error)
        if torn or isinstance(error, OUTAGE):
            if self._connection is not None and (torn or isinstance(error, OF_NO_USE)):
                self._connection.terminate()
            raise DatabaseUnavailable("The database did not answer.") from error
