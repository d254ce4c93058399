"""A fresh sandbox per test, its clock held still unless the test drives it."""

from collections.abc import Iterator

import pytest
import stripe

from tests.sandbox.running import Receiver, Sandbox, receiving, running


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox in memory with a frozen clock."""
    with running() as sandbox:
        sandbox.control("clock", {"mode": "frozen"})
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    """The official SDK with the secret key."""
    return sandbox.client()


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """A sandbox for a whole module, for tests that leave nothing another would see."""
    with running() as sandbox:
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
