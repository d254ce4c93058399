"""Times and who has them: what a shop offers, holds, and the life of an appointment.

Keeps true that two clients never have one slot (an exclusion constraint says so, not this code),
that a hold ends when it said it would, that local hours are right across daylight saving, and that
an appointment moves by the one table in `states.py`. Leans on `shops` for hours and people. Leaves
money to others: it knows what cancelling keeps, as a sum, and nothing of payments.
"""
