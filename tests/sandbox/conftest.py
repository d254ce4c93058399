"""A fresh sandbox per test, its clock held still unless the test drives it."""

from collections.abc import Iterator

import pytest
import stripe

from tests.sandbox.running import Receiver, Sandbox, Stages, receiving


@pytest.fixture(scope="session")
def stages() -> Iterator[Stages]:
    """Servers that are used again from test to test."""
    stages = Stages()
    try:
        yield stages
    finally:
        stages.close()


@pytest.fixture
def sandbox(stages: Stages) -> Iterator[Sandbox]:
    """A sandbox in memory with a frozen clock."""
    with stages.running() as sandbox:
        sandbox.control("clock", {"mode": "frozen"})
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    """The official SDK with the secret key."""
    return sandbox.client()


@pytest.fixture(scope="module")
def shared(stages: Stages) -> Iterator[Sandbox]:
    """A sandbox for a whole module, for tests that leave nothing another would see."""
    with stages.running() as sandbox:
        sandbox.control("clock", {"mode": "frozen"})
        yield sandbox


@pytest.fixture(scope="module")
def shared_client(shared: Sandbox) -> stripe.StripeClient:
    """The official SDK against the shared sandbox."""
    return shared.client()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook endpoint."""
    with receiving() as receiver:
        yield receiver
