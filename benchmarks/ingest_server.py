"""`python -m benchmarks.ingest_server KIND PORT`: the webhook door under uvicorn, whole (`door`),
with its batches cut to one event (`single`), or without its insert (`nothing`)."""

import hmac
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, Final, cast

import uvicorn
from starlette.applications import Starlette

from bookedbarber.api import webhook
from bookedbarber.clock import SystemClock
from bookedbarber.database import Database
from bookedbarber.processor.client import Processor
from bookedbarber.vault import Vault, master_key_of
from bookedbarber.webhooks.inbox import Intake, Received

KINDS: Final = ("door", "single", "nothing")
SECRET: Final = "whsec_bench"  # noqa: S105 # signs nothing but this benchmark
ADDRESSES: Final = ("BENCH_APP_URL", "BENCH_PLATFORM_URL")


class Single(Intake):
    """Commits each event by itself, as a door without grouping would."""

    async def store(self, event: Received) -> None:
        """Insert this one."""
        await self._insert([event])


class Nothing(Intake):
    """Stores nothing: what is left is the server, the signature and the reading."""

    async def store(self, event: Received) -> None:
        """Let it go."""


class OwnAccount:
    """Knows whose account it is without asking Stripe."""

    async def account_id(self) -> str:
        """Ours."""
        return "acct_bench"


def signed(body: bytes, moment: int) -> bytes:
    """The header that Stripe would send with this body."""
    mark = hmac.digest(SECRET.encode(), b"%d." % moment + body, sha256).hex()
    return f"t={moment},v1={mark}".encode()


def build(kind: str) -> Starlette:
    """The door over a real database."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app_url, platform_url = (os.environ[name] for name in ADDRESSES)
        database = await Database.open(app_url, platform_url, size=3)
        kinds = {"door": Intake, "single": Single, "nothing": Nothing}
        intake = kinds[kind](database, Vault(master_key_of("A" * 43 + "=")))
        processor: Any = OwnAccount()
        app.router.routes.append(
            webhook.route(
                intake=intake,
                processor=cast("Processor", processor),
                secrets=[SECRET],
                clock=SystemClock(),
            )
        )
        yield
        await database.close()

    return Starlette(lifespan=lifespan)


if __name__ == "__main__":
    uvicorn.run(build(sys.argv[1]), port=int(sys.argv[2]), log_level="warning", access_log=False)
