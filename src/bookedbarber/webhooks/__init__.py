"""Events from Stripe: verified over the raw body, stored before they are understood, handled once.

Leans on `processor` to fetch what an event is about as it stands now, so that order and repeats do
not matter, and on the stories to act; leaves HTTP to the door.
"""
