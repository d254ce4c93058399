"""A new shop, set up in a few short steps: an account, the shop, and then its settings one by one.

Each step saves, so whoever comes back tomorrow goes on where they were. Nothing here holds a rule:
a step is a change of the settings with proposals filled in.
"""
