"""What the clock does: the table of tasks that come due."""

from collections.abc import Callable

from bookedbarber.sandbox import attempts, balance, charges, payment_intents, refunds
from bookedbarber.sandbox.context import Context

TASKS: dict[str, Callable[[Context, str], None]] = {
    "attempt.finish": attempts.finish,
    "balance.available": balance.announce_available,
    "charge.settle": charges.settle,
    "hold.expire": payment_intents.expire_hold,
    "refund.settle": refunds.settle,
    "refunds.fund": refunds.fund,
}
