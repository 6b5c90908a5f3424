# Two commands for a newcomer: `make run` and `make test`. Each sets up what it needs, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
# Where Python keeps no byte code, each start compiles a thousand files anew: a second and a half, and 8 MB.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test postgresql check audit bench eval faults fuzz lock clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

setup: $(VENV)/.runtime ## the environment that the bot needs
	@echo "ready: $(BIN)/alliance-bot --help"

run: $(VENV)/.runtime ## start the bot; without TELEGRAM_BOT_TOKEN against the local sandbox
	@PYTHONOPTIMIZE=2 $(BIN)/alliance-bot run

test: $(VENV)/.dev ## the whole test suite; some tests wait for others, so more workers than cores
	@$(BIN)/python -m pytest -n 4 --dist worksteal

# Journeys about words and screens alone prove nothing of a database that others do not.
SHOWN := ask chat_settings check frequent_messages functions over_edition page score_messages score_scales screens welcome words
postgresql: $(VENV)/.dev ## what `make test` runs on SQLite alone, on PostgreSQL
	@SUITE_DATABASE=postgresql $(BIN)/python -m pytest -n 4 --dist worksteal --chosen-engine \
	  $(SHOWN:%=--ignore=tests/journeys/test_%.py) tests/journeys tests/web tests/faults

check: $(VENV)/.dev ## the gate: ruff, mypy strict, import directions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

audit: $(VENV)/.audit ## known vulnerabilities of the locked packages
	@$(VENV)/audit/bin/python .ci/audit.py requirements.lock requirements-dev.lock

bench: $(VENV)/.dev ## measurements against peers, as ratios
	@$(BIN)/python -m bench

eval: $(VENV)/.runtime ## how well questions are understood, on the part that nothing was tuned on
	@$(BIN)/alliance-bot eval tests/questions/report.jsonl

faults: $(VENV)/.dev ## the fault figures with their full counts, on both engines
	@$(BIN)/python -m tests.faults
	@SUITE_DATABASE=postgresql .ci/with-postgresql $(BIN)/python -m tests.faults

fuzz: $(VENV)/.dev ## what nobody should send, with the full counts
	@FUZZ=full $(BIN)/python -m pytest tests/fuzz -s

# Development tools include the runtime's packages: one resolution, two files.
lock: ## resolve pyproject.toml anew (needs uv)
	uv pip compile --quiet --no-header --generate-hashes --no-annotate --universal --python-version 3.11 \
	  --extra build --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --no-header --generate-hashes --no-annotate --universal --python-version 3.11 \
	  -c requirements-dev.lock --extra build pyproject.toml -o requirements.lock
	echo 'pip-audit>=2.10,<3' | uv pip compile --quiet --no-header --generate-hashes --no-annotate --universal \
	  --python-version 3.11 - -o requirements-audit.lock

clean: ## remove the environment
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3.11 …" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "setting up $(VENV) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "adding the development tools …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# An environment of its own: the audit's packages are none of those that it audits.
$(VENV)/.audit: requirements-audit.lock | $(BIN)/python
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@
