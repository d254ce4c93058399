"""What each figure of the overview means, in the words that stand beside it on every door."""

from typing import Final

GROSS_VOLUME: Final = (
    "All payments captured in this range, with tax and tips, before refunds and Stripe's fees. "
    "Compared up to the same time of day."
)
PAYMENTS_PER_HOUR: Final = (
    "Payments captured in the last 60 minutes. Usual is what the same hour of this weekday saw in "
    "the last eight weeks, without the busiest and the quietest; it takes four weeks to tell."
)
FAILURE_RATE: Final = (
    "Attempts that a bank declined, out of all that were declined or captured in that time. The "
    "same decline twice in a row on one payment counts once."
)
USUAL_FAILURES: Final = (
    "Where nine in ten hours with as many attempts lie when each fails as often as in the 28 days "
    "before the last 24 hours; it takes 50 attempts to tell."
)
WHY_PAYMENTS_FAIL: Final = (
    "The reasons that banks gave for declining in the last 7 days, and how many attempts met each."
)
AWAITING_STRIPE: Final = (
    "Captured in the last 7 days, and Stripe has not yet told us of the movement of its balance. "
    "It usually does within the hour."
)
NEXT_AVAILABLE: Final = (
    "What becomes available at Stripe on the next day on which anything does: the movements we "
    "booked, after Stripe's fees. Stripe pays out what is available on its own schedule; refunds "
    "until then lower it."
)
AVAILABLE: Final = (
    "What becomes available at Stripe on that day, which Stripe counts in UTC: what we booked of "
    "its movements, after its fees. It is no promise of a payout, whose day Stripe decides."
)
NEEDS_ATTENTION: Final = (
    "What waits for somebody to do something: refunds that did not arrive or did not leave, "
    "payments that Stripe has not moved for an hour, and visits that ended half an hour ago and "
    "are not completed. What is owed to a client stands first; a row goes when it is done."
)
