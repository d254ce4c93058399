"""What stands between us and parts that fail, and between callers and what must not happen twice.

Keeps true that a dependency which keeps failing is left alone for a while and then tried with care,
that nobody takes more than their share, and that a request repeated under its key has its first
effect only. Leans on PostgreSQL for keys, on Redis where limits are shared by several processes,
and on memory where each may judge for itself. Leaves to callers what is worth repeating.
"""
