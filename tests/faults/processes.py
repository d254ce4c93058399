"""The house as separate processes on real time: sandbox, web and worker, to be killed at will."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx

from tests.conftest import Databases
from tests.faults.house import Joint
from tests.house.processes import QUIET, free_port
from tests.world import PUBLISHABLE_KEY, SECRET_KEY

READY: Final = 60  # seconds that a process may take to answer on a busy machine


@dataclass
class Processes:
    """What runs, and how to start it again."""

    folder: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        """Start one process of the house."""
        with (self.folder / f"{name}.log").open("ab") as said:
            self.running[name] = subprocess.Popen(  # noqa: S603 # our own interpreter
                [sys.executable, "-m", *arguments],
                env={**QUIET, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def kill(self, name: str) -> None:
        """`kill -9`, as a machine that stops would."""
        process = self.running.pop(name)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def said(self, name: str) -> str:
        """What a process has said so far."""
        return (self.folder / f"{name}.log").read_text()

    def end(self) -> None:
        """End what still runs."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@asynccontextmanager
async def house_of_processes(
    databases: Databases, folder: Path
) -> AsyncIterator[tuple[Processes, Joint]]:
    """A sandbox and the web pages as processes; the worker is for the test to start and kill."""
    back, door = free_port(), free_port()
    sandbox_url = f"http://127.0.0.1:{back}"
    async with AsyncExitStack() as ending:
        parts = Processes(folder, {})
        ending.callback(parts.end)
        parts.start(
            "sandbox", "bookedbarber.sandbox", "--port", str(back), "--data", str(folder / "s"),
            "--secret-key", SECRET_KEY, "--publishable-key", PUBLISHABLE_KEY,
        )  # fmt: skip
        await _answers(f"{sandbox_url}/_sandbox/health")
        secret = await _endpoint(sandbox_url, door)
        parts.environment = {
            "BOOKEDBARBER_DATA_DIR": str(folder),
            "DATABASE_URL": databases.owner_url,
            "BOOKEDBARBER_DATABASE_APP_URL": databases.app_url,
            "BOOKEDBARBER_DATABASE_PLATFORM_URL": databases.platform_url,
            "BOOKEDBARBER_STRIPE_API_BASE": sandbox_url,
            "BOOKEDBARBER_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
            "BOOKEDBARBER_PORT": str(door),
            "STRIPE_API_KEY": SECRET_KEY,
            "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
            "STRIPE_WEBHOOK_SECRETS": secret,
        }
        parts.start("web", "bookedbarber.cli", "web", "--workers", "1")
        await _answers(f"http://127.0.0.1:{door}/api/v2/openapi.json")
        yield parts, Joint(sandbox_url, door, secret, databases.app_url, databases.platform_url)


async def _answers(url: str) -> None:
    async with httpx.AsyncClient(timeout=5) as http, asyncio.timeout(READY):
        while True:
            try:
                (await http.get(url)).raise_for_status()
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
            else:
                return


async def _endpoint(sandbox_url: str, door: int) -> str:
    async with httpx.AsyncClient(base_url=sandbox_url, timeout=30) as http:
        answer: Any = await http.post(
            "/v1/webhook_endpoints",
            content=f"url=http://127.0.0.1:{door}/webhooks/stripe&enabled_events[]=*",
            headers={
                "Authorization": f"Bearer {SECRET_KEY}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        return str(answer.raise_for_status().json()["secret"])
