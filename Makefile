# Resguardo. Needs Python 3.11 or newer with venv, and make; nothing else.
PYTHON ?= python3
BIN := .venv/bin
MESSAGES := archive/translations/es/LC_MESSAGES

.DEFAULT_GOAL := help
.PHONY: help run test quick lint bench assets clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

run: .venv/run ## Make a throw-away archive with two real recordings, and serve it
	$(BIN)/resguardo demo

test: .venv/dev lint ## Run every check and every test
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations 10

quick: .venv/dev lint ## Format, lint, types, contracts, dependencies, fast tests (under 60 s)
	$(BIN)/python -m pytest -q -n 2 -m "not slow and not browser"

lint: .venv/dev ## Format check, lint, types, import contracts, unused dependencies
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry --no-ansi . 

bench: .venv/dev ## Measure, side by side with peers
	$(BIN)/python -m benchmarks.web
	$(BIN)/python -m benchmarks.listening
	$(BIN)/python -m benchmarks.transcription

assets: .venv/dev ## Rebuild what is committed built: the compiled translations
	$(BIN)/pybabel -q compile -i $(MESSAGES)/messages.po -o $(MESSAGES)/messages.mo -l es

clean: ## Remove the environment, caches and the demo
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf build dist mutants demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Resguardo needs Python 3.11 or newer: make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/run: requirements.lock pyproject.toml .venv/made
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@
