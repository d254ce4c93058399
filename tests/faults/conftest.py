"""Fault proofs come in two sizes: a slice in `make test`, the whole under `make prove`."""
