"""What the routes act with."""

import ipaddress
from dataclasses import dataclass, field

from bookedbarber.checkout.means import Means
from bookedbarber.clock import Clock, SystemClock
from bookedbarber.history import History, Life
from bookedbarber.resilience.limiter import Limiter, Rule

# A person books a few times a minute at most.
BOOKINGS = Rule("bookings", limit=30, period=60, burst=30)
READS = Rule("reads", limit=600, period=60, burst=300)
# Requests that bring a key, right or wrong; several shops' systems may share an address.
KEYED = Rule("keyed", limit=1200, period=60, burst=400)
WRITES = Rule("writes", limit=300, period=60, burst=100)
# Links to one's bookings: asked for from one address, and for one client.
ASKS = Rule("asks", limit=10, period=3600, burst=10)
ASKS_FOR = Rule("asks_for", limit=3, period=3600, burst=3)
# Somebody at the desk, whose live pages look again by themselves.
DESK = Rule("desk", limit=1200, period=60, burst=300)
# Tries to sign in: from one address, and to one account (PCI DSS 8.3.4: ten at once, then one every
# three minutes). Without Redis each web process counts for itself.
SIGN_INS = Rule("sign_ins", limit=60, period=600, burst=30)
ACCOUNT = Rule("account", limit=10, period=1800, burst=10)


def network(key: str) -> str:
    """What counts as one address: the /64 of an IPv6 address, which one household has whole, and
    the IPv4 address within a mapped one. Any other key stays as it is."""
    try:
        found = ipaddress.ip_address(key)
    except ValueError:
        return key
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False))


@dataclass(frozen=True, slots=True)
class ByNetwork:
    """A limiter before which no address of a network is another than its neighbours."""

    inner: Limiter

    async def take(self, rule: Rule, key: str, cost: int = 1) -> None:
        """Count a request, or raise RateLimited and count nothing."""
        await self.inner.take(rule, network(key), cost)


@dataclass(frozen=True, slots=True)
class Context:
    """Put together once for each process by the web command.

    `clock` is the house's, which a demo may bend; by `wall`, the people's own, sessions end.
    Its limiter counts addresses by their network: evidence of a booking keeps the whole address.
    """

    means: Means
    clock: Clock
    limiter: Limiter
    demo: bool
    wall: Clock = field(default_factory=SystemClock)
    history: History | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "limiter", ByNetwork(self.limiter))

    def demo_life(self) -> Life | None:
        """What the players of a demo are at; None where none play.

        Until a racing history has caught up, a held time would lapse in a blink: nobody can book by
        the pages.
        """
        if self.history is None:
            return None
        return self.history.life(now=self.clock.now(), machine=self.wall.now())
