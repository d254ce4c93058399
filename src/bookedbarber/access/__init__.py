"""The people who work with the shops: accounts, roles, passwords, sessions.

Kept true here: a password is never stored and never compared in the clear; a session is opaque, is
kept as a digest, and ends by idleness, by age, with its account or on request; what a role may do
is data (`roles.MAY`), and what is not in it is not allowed. Second factors, step-up and approvals
come here too. Clients have no account: links are theirs (`links.py`).
"""
