# Kinward. `make help` lists what there is. Everything happens in a project-local virtual environment.
PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
BENCHMARKS := figures import deployment events matching matching_quality matching_runs placements placements_simulate placements_vacancy storage portal

.DEFAULT_GOAL := help
.PHONY: help setup assets demo check test faults bench screenshots manifests lock licences dist clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## make the virtual environment from the lock

$(READY): requirements-dev.lock pyproject.toml services/portal/assets/package-lock.json
	@command -v $(PYTHON) >/dev/null || { echo "CPython 3.11 is needed: no $(PYTHON) on the path"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(MAKE) --no-print-directory assets
	@touch $@

assets:  ## bring the pages' style sheets, fonts and icons from npm, by the lock
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-npm.lock
	@mkdir -p build/assets && cp services/portal/assets/package.json services/portal/assets/package-lock.json services/portal/assets/.npmrc build/assets/
	cd build/assets && PATH="$$PATH:$(abspath $(BIN))" npm ci --silent
	$(BIN)/kinward portal assets build/assets/node_modules >/dev/null

demo: $(READY)  ## two countries and UNICEF's hub on this machine (ONCE=1: print the results and end)
	$(BIN)/kinward demo $(if $(ONCE),--once)

check: $(READY)  ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.lock

test: $(READY)  ## all tests, on servers that it provides by itself
	$(BIN)/pytest -n 3 --dist loadfile

faults: $(READY)  ## faults made on purpose, all of them, repeated; prints and keeps the table of docs/operations.md
	$(BIN)/pytest tests/faults -m "faults or not faults" --faults-keep docs/operations.md $(if $(SEED),--faults-seed $(SEED)) $(if $(ATTEMPTS),--faults-attempts $(ATTEMPTS))

bench: $(READY)  ## the benchmarks; each ends with one line of JSON
	@for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python -W ignore -m benchmarks.$$name || exit 1; done

screenshots: $(READY)  ## the pictures of docs/portal.md, taken anew
	$(BIN)/python -W ignore -m tests.e2e.portal.screenshots docs/portal

manifests: $(READY)  ## what is made of other files: the alert rules of deploy/k8s, docs/scale.md
	$(BIN)/python -m tests.kubernetes.rules
	$(BIN)/python -m benchmarks.scale

lock: $(READY)  ## compile the locks anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --extra telemetry --universal --generate-hashes --no-header -q -o requirements-image.lock
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header -q -o requirements-dev.lock
	uv pip compile pyproject.toml --group bench --universal --generate-hashes --no-header -q -o requirements-bench.lock
	uv pip compile --group npm --universal --generate-hashes --no-header -q -o requirements-npm.lock

licences: $(READY)  ## docs/licences.md anew, from what is installed; refuses what may not be shipped
	$(BIN)/python -m release licences

dist: $(READY)  ## a release of the last commit in dist/: wheel, source archive, bill of materials, provenance, sums
	$(BIN)/python -m release dist

clean:  ## remove what setup, tests and the demo made here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-out build dist services/portal/static/vendor *.egg-info
