"""The double-entry books: chart of accounts, posting rules, journal, balances.

Kept true here: an entry balances in its one currency, is booked once for what happened, and never
changes; a mistake is undone by a linked reversal. PostgreSQL guards all three. `rules.py` is the
one readable place that says which event debits and credits what.
"""
