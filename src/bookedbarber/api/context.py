"""What the routes act with."""

from dataclasses import dataclass

from bookedbarber.checkout.means import Means
from bookedbarber.clock import Clock
from bookedbarber.resilience.limiter import Limiter, Rule

# A person books a few times a minute at most.
BOOKINGS = Rule("bookings", limit=30, period=60, burst=30)
READS = Rule("reads", limit=600, period=60, burst=300)
# Requests that bring a key, right or wrong; several shops' systems may share an address.
KEYED = Rule("keyed", limit=1200, period=60, burst=400)
WRITES = Rule("writes", limit=300, period=60, burst=100)


@dataclass(frozen=True, slots=True)
class Context:
    """Put together once for each process by the web command."""

    means: Means
    clock: Clock
    limiter: Limiter
    demo: bool
