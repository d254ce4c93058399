"""Races, kills and faults. Each proof has a slice, which `make test` runs, and the whole, which
`make prove` runs (`PROVE=1`)."""
