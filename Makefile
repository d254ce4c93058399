# Everything a newcomer or CI needs, on a machine with Python >= 3.11 and make, nothing else.
# Environments are made once and again only when a lock changes: the stamps in .venv tell.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header
# uv does not read pip's configuration; a machine behind a mirror says it there.
INSTALL = mirror=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true); \
	$${mirror:+env UV_DEFAULT_INDEX=$$mirror} $(BIN)/uv pip install --quiet --compile-bytecode \
	--python $(BIN)/python
UP ?=
# A run of all tests must pass through nearly all branches; a part of them need not.
COVERED = $(if $(strip $(PYTEST)),,--cov-fail-under=95)

.PHONY: help run test check queries bench prove requirements lock clean chromium

help:
	@echo "make run           start the house (make run UP=--fresh starts over)"
	@echo "make test          run every test, with branch coverage of at least 95 %"
	@echo "make check         format, lint, types, layers, generated files"
	@echo "make queries       write the typed functions of every queries.sql anew"
	@echo "make bench         measure what has a limit: write paths, lists, the live overview"
	@echo "make prove         run the whole of every long proof, in about an hour"
	@echo "make requirements  print each promise with the tests that prove it"
	@echo "make lock          compile the locks anew"
	@echo "make clean         remove the environment and caches; data stays"

run: .venv/assets.stamp
	@exec $(BIN)/bookedbarber up $(UP)

test: .venv/dev.stamp chromium
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m pytest -n 3 --dist loadgroup --cov --cov-report=term $(COVERED) $(PYTEST)

check: .venv/dev.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports > .venv/layers.log || { cat .venv/layers.log; exit 1; }
	@$(BIN)/bookedbarber docs settings | diff -u docs/settings.md - \
		|| { echo "docs/settings.md is behind: $(BIN)/bookedbarber docs settings > docs/settings.md"; exit 1; }
	@$(BIN)/bookedbarber docs errors | diff -u docs/errors.md - \
		|| { echo "docs/errors.md is behind: $(BIN)/bookedbarber docs errors > docs/errors.md"; exit 1; }

queries: .venv/dev.stamp
	@$(BIN)/python -m tests.write_queries

bench: .venv/dev.stamp chromium
	@$(BIN)/python -m benchmarks --rows

prove: .venv/dev.stamp
	@PROVE=1 $(BIN)/python -m pytest -m whole -n 2 --dist loadgroup -o faulthandler_timeout=3600 \
		--durations=0 --durations-min=5 $(PYTEST)

requirements: .venv/dev.stamp
	@$(BIN)/python -m tests.requirements_table

lock: .venv/uv.stamp
	@cd requirements && ../$(BIN)/$(LOCK) uv.in -o uv.txt && ../$(BIN)/$(LOCK) node.in -o node.txt
	@$(BIN)/$(LOCK) pyproject.toml requirements/build.in -c requirements/constraints.in \
		-o requirements/runtime.txt
	@$(BIN)/$(LOCK) pyproject.toml requirements/build.in --extra dev -c requirements/runtime.txt \
		-o requirements/dev.txt
	@! grep -n '^--\|://' requirements/*.txt || { echo "A lock names an index: remove it."; exit 1; }

clean:
	rm -rf .venv .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
		.hypothesis

# --- the environment ------------------------------------------------------------------------------

.venv/uv.stamp: requirements/uv.txt
	@[ -n "$(PYTHON)" ] || { echo "BookedBarber needs Python 3.11 or newer: install it, or name it," \
		"as in make run PYTHON=/path/to/python3.12."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual" \
		"environments: install its venv package (Debian: apt-get install python3-venv)."; exit 1; }
	@echo "Making the environment in .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/runtime.stamp: .venv/uv.stamp requirements/runtime.txt pyproject.toml
	@echo "Installing what BookedBarber runs on ..."
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/assets.stamp: .venv/runtime.stamp package-lock.json src/bookedbarber/pages/vendor.json
	@command -v npm > /dev/null || { $(INSTALL) --require-hashes -r requirements/node.txt; }
	@$(BIN)/python -m bookedbarber.pages.assets
	@touch $@

.venv/dev.stamp: .venv/assets.stamp requirements/dev.txt
	@echo "Installing what its tests need ..."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

chromium: .venv/dev.stamp
	@if $(BIN)/python -m tests.chromium; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium; \
	else echo "The browser tests need Chromium on the path: install chromium or google-chrome." >&2; exit 1; \
	fi > /dev/null
