"""The trail of acts on money, access and personal data; rows only grow.

An event is written in the transaction of the act it tells of, so that neither exists alone.
"""
