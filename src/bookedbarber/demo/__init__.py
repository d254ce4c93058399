"""The people of the demo: clients and staff who play its history and then its everyday life.

They come in by the front doors only, as a client's browser, a shop's own systems and Stripe's
script do: nothing here writes a row, and nothing here imports what decides about money. What they
will do is drawn from one seed (`plan`), so that the same demo can be lived again.
"""
