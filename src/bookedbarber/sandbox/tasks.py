"""What the clock does: the table of tasks that come due."""

from collections.abc import Callable

from bookedbarber.sandbox import (
    attempts,
    balance,
    charges,
    checkout_payment,
    payment_intents,
    payouts,
    refunds,
)
from bookedbarber.sandbox.context import Context

TASKS: dict[str, Callable[[Context, str], None]] = {
    "attempt.finish": attempts.finish,
    "balance.available": balance.announce_available,
    "charge.settle": charges.settle,
    "checkout.expire": checkout_payment.expire_in_time,
    "checkout.settle": checkout_payment.settle_later,
    "hold.expire": payment_intents.expire_hold,
    "payout.arrive": payouts.arrive,
    "refund.settle": refunds.settle,
    "refunds.fund": refunds.fund,
}
