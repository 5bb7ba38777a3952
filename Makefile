# Everything that is run on a checkout. `make` alone lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
USER_DONE := $(VENV)/.graphsess
DEV_DONE := $(VENV)/.graphsess-dev

# How often `make fuzz` runs each property test, each time with a new seed.
ROUNDS ?= 10
# How many damaged files it has the EVTX reader read.
FILES ?= 10000

.DEFAULT_GOAL := help
.PHONY: help demo test check docs bench fuzz build clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(USER_DONE) ## Build the shipped demo evidence into demo-case and print its sessions
	rm -rf demo-case
	$(BIN)/graphsess demo -o demo-case
	$(BIN)/graphsess sessions demo-case --format table

test: check ## Everything that CI runs: check, then all tests
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(DEV_DONE) ## Lint, types, and the order of the rooms
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

docs: $(DEV_DONE) ## Write the generated pages and tables of docs/ anew
	$(BIN)/python docs/generate.py

bench: $(DEV_DONE) ## Measure: run every script of bench/
	@set -e; for script in $(or $(wildcard bench/*.py),$(error bench/ holds no script)); do \
	  echo "$$script"; $(BIN)/python "$$script"; done

fuzz: $(DEV_DONE) ## Read 10,000 damaged EVTX files, then run the property tests ROUNDS times
	GRAPHSESS_FUZZ=$(FILES) $(BIN)/python -m pytest -n auto -q -m fuzz
	@set -e; for round in $$(seq $(ROUNDS)); do \
	  $(BIN)/python -m pytest -n auto -q -m hypothesis --hypothesis-seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); done

build: $(DEV_DONE) ## Build the wheel into dist/
	$(PIP) wheel . --no-deps --no-build-isolation --wheel-dir dist
	@ls dist

clean: ## Remove what was made, but for the virtual environment
	rm -rf demo-case dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find graphsess tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

# The virtual environment, brought up to date whenever pyproject.toml is newer. It is never
# emptied, so nothing that runs in it breaks; remove .venv to begin anew.
$(USER_DONE): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'graphsess needs Python 3.11 or later; name one: make PYTHON=python3.12' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --editable .
	@touch $@

# hatchling too: with it, build and the test of the wheel need no network.
$(DEV_DONE): $(USER_DONE)
	$(PIP) install --editable '.[dev]' 'hatchling>=1.24'
	@touch $@
