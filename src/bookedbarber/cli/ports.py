"""Claims the ports before anything starts, so that a busy one costs a sentence and nothing else."""

import errno
import socket
import time

from bookedbarber.cli.household import CannotRun


def listen(host: str, port: int, *, variable: str, patience: float = 0.0) -> socket.socket:
    """A listening socket; callers queue in it until a process takes them. Raises `CannotRun`.

    `patience` in seconds bears with processes of a killed house that are still on their way out.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            made = socket.create_server((host, port), family=family, backlog=2048)
            # Taken up anew it knows that it is TCP, else asyncio leaves Nagle's delay on: 40 ms.
            return socket.socket(fileno=made.detach())
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            raise CannotRun(_sentence(error, host, port, variable)) from None


def check_free(host: str, port: int, *, variable: str, patience: float = 0.0) -> None:
    """Refuse a port that someone else listens on."""
    listen(host, port, variable=variable, patience=patience).close()


def _sentence(error: OSError, host: str, port: int, variable: str) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: set BOOKEDBARBER_HOST to one that is."
    if error.errno == errno.EADDRINUSE:
        mend = f"stop what listens there, or choose another with {variable}={port + 1}"
        return f"Port {port} is already taken: {mend}."
    if error.errno == errno.EACCES:
        return f"Port {port} needs rights we do not have: choose one above 1023 with {variable}."
    return f"Port {port} on {host} cannot be used ({error.strerror}): set {variable}."
