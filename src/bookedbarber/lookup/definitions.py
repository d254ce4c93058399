"""What each figure of a payment and of a visit means, in the words that stand beside it on every
door."""

from typing import Final

SERVICE: Final = (
    "The price of the service, or the part of it that this payment is for, without tax."
)
TAX: Final = "The tax within this payment, at the rate of the shop when the visit was booked."
TIP: Final = (
    "What the client gave on top for the barber, as a part of this payment. No tax is on it."
)
AMOUNT: Final = "What the client is asked to pay by this payment: service, tax and tip."
PAID: Final = (
    "What arrived from the client's card: service, tax and tip, before refunds and Stripe's fee."
)
COLLECTED: Final = (
    "What arrived, as Stripe's balance shows it: in its own currency, at Stripe's rate, where that"
    " is not the shop's."
)
FEE: Final = (
    "What Stripe took for this payment, as its balance shows it. Stripe keeps it when the payment "
    "is refunded."
)
RETURNED: Final = (
    "What Stripe's balance sent back to the client for this payment, all refunds together."
)
NET: Final = (
    "What is left of this payment in Stripe's balance: what arrived, less Stripe's fee and what "
    "was sent back."
)
REFUNDS: Final = (
    "Money that goes back to the client, or went, from the moment it is promised. What a bank "
    "returned to us is still owed, and stays here."
)
TIMELINE: Final = "Everything that happened to this payment; an amount is what that step was about."
ENTRIES: Final = (
    "How the books hold this payment. In every entry the debits and the credits come to the same."
)
LISTED: Final = (
    "Amount is what the client paid, or was asked for, with tax and tip; tip is the part of it for"
    " the barber; refunded is what of it goes back, or went."
)

VISIT_MONEY: Final = (
    "What the visit costs and what came of it: then each payment that arrived, and each refund "
    "that goes back or went."
)
PRICE: Final = "The price of the service with tax, as it was when the visit was booked."
VISIT_TIP: Final = "What the client gave on top for the barber when they paid ahead."
TOTAL: Final = "What the whole visit costs: price and tip."
VISIT_PAID: Final = "What has arrived from the client's card for this visit, before refunds."
VISIT_REFUNDED: Final = "What of it goes back to the client, or went."
DUE_AT_SHOP: Final = (
    "What the client still pays in the chair: the total, less what was paid ahead and stays paid. "
    "What was given back out of goodwill is not asked for again. It is taken at the shop, not by "
    "us."
)
LEFT_TO_PAY: Final = (
    "What was still to be paid in the chair when the visit ended. It is taken at the shop, not by "
    "us."
)
KEPT: Final = (
    "What stays with the shop of what was paid ahead: by the terms that the client agreed to, and "
    "nothing when the shop cancels."
)
GOES_BACK: Final = (
    "What is refunded at once to the card that paid; banks take up to 10 days to show it."
)
LEFT_OF_IT: Final = "What of this payment has not gone back yet: the most that can be refunded."
