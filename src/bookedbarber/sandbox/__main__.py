"""`python -m bookedbarber.sandbox`: the sandbox as a process of its own."""

import argparse
import asyncio
import logging
import os
import sqlite3
import sys
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette

from bookedbarber.sandbox.app import create
from bookedbarber.sandbox.browser import routes
from bookedbarber.sandbox.mishaps import DroppedError

_IDLE: Final = 75  # seconds in which a client may use its connection again


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; stops within a second."""
    asked = _parser().parse_args(arguments)
    if not asked.secret_key.startswith("sk_test_"):
        print("The sandbox takes test keys only: --secret-key must begin with sk_test_.")
        return 2
    try:
        app = _app(asked)
    except (sqlite3.DatabaseError, OSError) as error:
        mend = "move it away, or start over with --fresh"
        print(f"The sandbox cannot use {asked.data} ({error}): {mend}.", file=sys.stderr)
        return 2
    config = uvicorn.Config(
        app,
        host=asked.host,
        port=asked.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=0,
        timeout_keep_alive=_IDLE,
    )
    logging.getLogger("uvicorn.error").addFilter(_not_on_purpose)
    asyncio.run(uvicorn.Server(config).serve())
    return 0


def _app(asked: argparse.Namespace) -> Starlette:
    return create(
        secret_key=asked.secret_key,
        publishable_key=asked.publishable_key,
        data=asked.data,
        seed=asked.seed,
        begin_at=asked.begin_at,
        origin=asked.origin or f"http://{asked.host}:{asked.port}",
        extra_routes=routes,
    )


def _not_on_purpose(record: logging.LogRecord) -> bool:
    """Connections broken on request, and sockets left behind at the end, are no news."""
    if record.msg.startswith("Cancel %s running task(s)"):
        return False
    return not (record.exc_info and isinstance(record.exc_info[1], DroppedError))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bookedbarber.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--data", type=Path, help="folder for its state; memory when left out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--begin-at", type=float, help="Unix seconds at which a new sandbox's clock stands still"
    )
    parser.add_argument("--origin", help="where browsers reach it; http://HOST:PORT when left out")
    # A command line is seen by everyone on the machine, an environment by its owner.
    secret = os.environ.get("SANDBOX_SECRET_KEY", "sk_test_sandbox")
    publishable = os.environ.get("SANDBOX_PUBLISHABLE_KEY", "pk_test_sandbox")
    parser.add_argument("--secret-key", default=secret, help="or SANDBOX_SECRET_KEY")
    parser.add_argument("--publishable-key", default=publishable, help="or SANDBOX_PUBLISHABLE_KEY")
    return parser


if __name__ == "__main__":
    sys.exit(main())
