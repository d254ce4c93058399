"""The worker as a process: its means, and a stop that finishes what was begun."""

import asyncio
import os
import signal

from bookedbarber import config, failpoints
from bookedbarber.checkout.means import clock_of, means_of
from bookedbarber.config import Settings
from bookedbarber.worker.loop import Worker


async def run(settings: Settings) -> None:
    """Work until cancelled or told to end; what is begun is finished first."""
    failpoints.arm(os.environ)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with means_of(settings, connections=config.WORKER_CONNECTIONS) as means:
        await Worker(means, clock_of(settings)).run(stop)
