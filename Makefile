# Needs make and Python 3.11 or newer with venv; everything else goes into .venv.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The locks are made with Python 3.11, so that one is taken where it is to be had.
PYTHON ?= $(shell for each in python3.11 python3; do \
	$$each -c "" 2>/dev/null && echo $$each && break; done)
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The locks hold everything, so nothing is looked for beyond them (--no-deps).
LOCKED := $(INSTALL) --require-hashes --no-deps
NODE := tests/node/node_modules/.installed
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

.PHONY: help
help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: $(VENV)/run ## A throw-away archive with two real recordings, in your browser
	@$(BIN)/resguardo demo

.PHONY: install
install: $(VENV)/run ## What an archive needs, and nothing more

.PHONY: test
test: lint $(NODE) ## Everything: lint and all tests, with real speech recognition and browser
	$(PYTEST) --durations 10

.PHONY: quick
quick: lint $(NODE) ## Lint, the law, storage, words, the gate: in less than a minute
	$(PYTEST) -q -m "not slow and not browser and not archive"

.PHONY: lint
lint: $(VENV)/dev ## Format, lint, types, import contracts, unused dependencies
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry --no-ansi .

.PHONY: bench
bench: $(VENV)/dev ## The measures in benchmarks/, one after the other (minutes)
	@for each in $$(grep -l '__main__' benchmarks/*.py); do \
		name=$$(basename "$$each" .py); \
		echo "== $$name"; \
		$(BIN)/python -m "benchmarks.$$name"; \
	done

CATALOGUE := archive/translations
BABEL := $(BIN)/pybabel --quiet
.PHONY: assets
assets: $(VENV)/dev ## Make what is built and kept: the translations
	$(BABEL) extract --mapping-file $(CATALOGUE)/babel.cfg --keyword lazy_gettext \
		--project Resguardo --no-location --sort-output --output-file $(VENV)/messages.pot .
	$(BABEL) update --input-file $(VENV)/messages.pot --output-dir $(CATALOGUE) \
		--no-fuzzy-matching --ignore-pot-creation-date --width 88
	$(BABEL) compile --directory $(CATALOGUE)

.PHONY: vendor
vendor: ## Make what tablets load anew, from our modules and from npm
	npm ci --prefix assets --ignore-scripts --no-audit --no-fund --loglevel=error
	node assets/build.mjs

.PHONY: locks
locks: $(VENV)/dev ## Make the lock files anew from pyproject.toml
	$(BIN)/python .ci/locks.py

.PHONY: clean
clean: ## Remove the environment, all caches and the demo; archives are never touched
	rm -rf $(VENV) tests/node/node_modules assets/node_modules .mypy_cache .ruff_cache \
		.pytest_cache .hypothesis .import_linter_cache build dist mutants demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The two steps of the environment; each stamp is newer than what it was made from.
$(VENV)/run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Resguardo needs Python 3.11 or newer: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python has no venv here. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Resguardo needs into $(VENV) (once, a few minutes) …"
	@$(LOCKED) --only-binary :all: -r requirements.lock
	@$(INSTALL) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# openai-whisper comes as source; setuptools, which builds it, is in the first lock.
# torch's CPU build is taken where pip finds it. Elsewhere it is the registry's CUDA
# build, which needs libraries that are gigabytes.
NEEDS_CUDA := import sys; from importlib.metadata import requires; \
	sys.exit(not any(line.startswith("nvidia") for line in requires("torch") or ()))
$(VENV)/dev: $(VENV)/run requirements-dev.lock requirements-cpu.lock requirements-cuda.lock
	@echo "Installing what the tests need into $(VENV) (once, some minutes) …"
	@$(LOCKED) -r requirements-cpu.lock 2>/dev/null || true
	@$(LOCKED) --no-build-isolation -r requirements-dev.lock
	@if $(BIN)/python -c '$(NEEDS_CUDA)'; then $(LOCKED) -r requirements-cuda.lock; fi
	@# Of Resemblyzer only the weights are used: what it asks for beside is left out.
	@! $(BIN)/python -m pip check | grep -v '^\(resemblyzer 0\|No broken\)'
	@touch $@

# The browser's age library. Without npm its tests are skipped; in CI that fails.
$(NODE): tests/node/package.json tests/node/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing what the tests need into tests/node/node_modules (once) …"; \
		npm ci --prefix tests/node --omit=peer --ignore-scripts --no-audit --no-fund \
			--loglevel=error && touch $@; \
	else \
		echo "No npm here: tests of the browser's age library will be skipped." >&2; \
	fi
