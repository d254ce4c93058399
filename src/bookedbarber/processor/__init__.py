"""Stripe, for the rest of the house: calls, its errors in our words, and what it says as values.

Keeps true that nobody else imports `stripe`, that whatever must not be made twice is asked for
under one key, that a lost answer is `OutcomeUnknown` and never taken for a no, and that Stripe is
asked no faster than it takes and not at all while it fails. Leans on `resilience` for breakers and
pace. Leaves to the stories when to call, and to write down beforehand that they will.
"""
