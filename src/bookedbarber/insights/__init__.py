"""What the money is doing, for whoever runs a shop: sums, what they compare with, what is open.

Kept true here: a figure is read and never kept, so that it is what the rows say; each says how it
is defined (`definitions.py`); one without data says so and is not zero; every sum of captured
payments ties to the books to the minor unit. Deciding stands apart from reading: `periods.py` and
`usual.py` are pure. Leaves acting to the stories.
"""
