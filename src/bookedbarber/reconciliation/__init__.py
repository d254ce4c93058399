"""Our books against Stripe's: whether both say the same, to the cent, and where they do not.

Keeps true that a comparison changes nothing and takes Stripe's own figures for what Stripe has: no
fee is computed here. Leans on `processor` for the balance and its movements, and on `ledger` for
ours. Leaves mending to people and to the stories that book.
"""
