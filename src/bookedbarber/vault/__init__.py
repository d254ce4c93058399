"""Seals names, addresses and other personal fields, one key for each person."""
