"""What is to be collected and given back, and how far it has come: our records of Stripe's objects.

Keeps true that a payment is captured once and never refunded beyond itself, that payments and
refunds move by the tables in `states.py`, and that an intent which was given up is remembered until
it is cancelled. Leans on PostgreSQL for all of it. Leaves to the stories in `checkout` when to
collect and why, to `processor` how Stripe is asked, to `ledger` what it means in the books.
"""
