# Kinward. `make help` lists what there is. Everything happens in a project-local virtual environment.
PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
BENCHMARKS := figures import deployment events

.DEFAULT_GOAL := help
.PHONY: help setup demo check test faults bench lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## make the virtual environment from the lock

$(READY): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "CPython 3.11 is needed: no $(PYTHON) on the path"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## two countries and UNICEF's hub on this machine (ONCE=1: print the results and end)
	$(BIN)/kinward demo $(if $(ONCE),--once)

check: $(READY)  ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.lock

test: $(READY)  ## all tests, on servers that it provides by itself
	$(BIN)/pytest -n 2 --dist loadfile

faults: $(READY)  ## faults made on purpose, all of them, repeated; prints and keeps the table of docs/operations.md
	$(BIN)/pytest tests/faults -m "faults or not faults" --faults-keep docs/operations.md $(if $(SEED),--faults-seed $(SEED)) $(if $(ATTEMPTS),--faults-attempts $(ATTEMPTS))

bench: $(READY)  ## the benchmarks; each ends with one line of JSON
	@for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python -W ignore -m benchmarks.$$name || exit 1; done

lock: $(READY)  ## compile the locks anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header -q -o requirements-dev.lock

clean:  ## remove what setup, tests and the demo made here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-out build *.egg-info
