# One command for each need: `make help` lists them. Nothing but Python 3.11+ (with venv and pip) and make is expected.
SHELL := /bin/sh
PY := .venv/bin/python
# Tests keep their state beside that of a running sandbox, not in it.
CHECK := VAR_DIR=var/test $(PY)
INSTALL := $(PY) -m pip install -qq --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test unit proofs ask engines lint format chaos bench viewers lesson clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

run: .venv/.run ## Start everything; Ctrl-C stops it. PORT, HOST, REDIS_URL, DATABASE_URL, VAR_DIR change the defaults
	@exec $(PY) -m infra.launcher

test: .venv/.dev $(if $(filter true,$(CI)),.venv/.engines) lint ## Check everything: style, types, imports, migrations, all tests with real workers and a browser
	@$(CHECK) manage.py makemigrations --check --dry-run
	@path=$$(sh scripts/chromium.sh); \
	if [ -n "$$path" ]; then VAR_DIR=var/test CHROMIUM_PATH="$$path" sh scripts/tests.sh; exit $$?; fi; \
	echo "NO CHROMIUM TO BE HAD: THE BROWSER TESTS ARE MISSING FROM THIS RUN. CHROMIUM_PATH=/path/to/chromium names one." >&2; \
	if [ "$$CI" = true ]; then exit 1; fi; \
	VAR_DIR=var/test CHROMIUM_PATH= sh scripts/tests.sh

unit: .venv/.dev ## The fast tests: no workers, no browser, no proofs; one minute
	@VAR_DIR=var/test sh scripts/tests.sh unit

proofs: .venv/.dev ## What make unit leaves out of them: every fault at every place, the engine broken on purpose; three minutes
	@$(CHECK) -m pytest tests -m proof --ignore=tests/browser --ignore=tests/workers

ask: .venv/.ask ## Install what compares questions with lessons by meaning, too (170 MB), and compute what it needs
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py buildask

engines: .venv/.engines ## Install what reads and executes, in the tests, the formats of other engines (350 MB)

lint: .venv/.dev ## Style, types, and who may import whom
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(CHECK) -m mypy
	@.venv/bin/lint-imports --no-logo

format: .venv/.dev ## Bring the code into its one shape
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

chaos: .venv/.dev ## 1,000 sagas under fire, on SQLite and on PostgreSQL: kills every 2 s, broker restarted and emptied
	@status=0; for database in sqlite postgresql; do \
		$(CHECK) -m tests.workers.chaos --sagas 1000 --database $$database || status=1; done; exit $$status

bench: .venv/.bench ## Measure against raw Celery, DBOS and Temporal; five rounds, about half an hour
	@$(PY) -m benchmarks

viewers: .venv/.dev ## Measure the live view: 100 runs at once, 1,000 viewers of one run, what pages weigh, and scrubbing; 2 minutes
	@path=$$(sh scripts/chromium.sh); export CHROMIUM_PATH="$$path"; status=0; \
	for what in viewers page_weight scrub; do $(PY) -m benchmarks.$$what || status=1; done; exit $$status

lesson: .venv/.dev ## Measure how fast a lesson is served beside a view that says "ok", and what pages weigh; 2 minutes
	@path=$$(sh scripts/chromium.sh); export CHROMIUM_PATH="$$path"; status=0; \
	for what in lesson_speed page_weight; do $(PY) -m benchmarks.$$what || status=1; done; exit $$status

clean: ## Remove the environment and all state
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# A stamp older than what it depends on means that there is something to install. The interpreter counts, too: an upgrade of
# the system's Python can leave an environment behind that no longer works.
.venv/.run: requirements.txt .venv/bin/python
	@echo "Installing the requirements"
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/.dev: requirements.txt requirements-dev.txt .venv/bin/python
	@echo "Installing the requirements of the tests"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@ .venv/.run

.venv/.ask: .venv/.run requirements-ask.txt
	@echo "Installing the model"
	@$(INSTALL) -r requirements-ask.txt
	@touch $@

.venv/.engines: .venv/.dev requirements-engines.txt
	@echo "Installing what reads the formats of other engines"
	@$(INSTALL) -r requirements-engines.txt
	@touch $@

.venv/.bench: .venv/.dev benchmarks/requirements.txt
	@echo "Installing what the engine is measured against"
	@$(INSTALL) -r benchmarks/requirements.txt
	@touch $@

.venv/bin/python:
	@sh scripts/venv.sh
