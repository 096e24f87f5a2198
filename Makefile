# The whole vocabulary; `make` alone prints it.

PYTHON ?= python3.11
VENV := .venv/bin
T ?= guichet tests
SUITE := $(VENV)/pytest -q -n 2

.DEFAULT_GOAL := help
.PHONY: help run test check fix words lock bench soak environment \
        test-sqlite test-postgresql journeys-sqlite journeys-postgresql

help: ## this list
	@echo "make …"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

run: ## the portal with its worker and its demonstration, on http://127.0.0.1:8000/ (PORT, GUICHET_DATA)
	@$(PYTHON) -m tools.environment run
	@$(PYTHON) -m tools.system_packages run
	@exec env GUICHET_DEMO=1 $(VENV)/python -m guichet.config.serve

test: environment ## the whole suite on SQLite and PostgreSQL, browser journeys included (T=path for one)
ifeq ($(origin T), file)
	@$(PYTHON) -m tools.timed test-sqlite test-postgresql journeys-sqlite journeys-postgresql
else
	@$(VENV)/pytest -q $(T)
endif

check: environment ## what needs no test: style, types, floors, templates, migrations, words, procedures
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports --no-logo
	$(VENV)/djlint --lint --quiet guichet
	GUICHET_DATA=build/check $(VENV)/python manage.py makemigrations --check --dry-run
	$(VENV)/python -m tools.catalogues check
	GUICHET_DATA=build/check $(VENV)/python -m guichet procedures check

fix: environment ## sort, format and correct what can be corrected by itself
	$(VENV)/ruff check --fix
	$(VENV)/ruff format

words: environment ## gather new messages into the catalogues, then say what is left to translate
	$(VENV)/python -m tools.catalogues update
	$(VENV)/python -m tools.catalogues check

lock: environment ## compute the hash-locked lists of packages again from requirements/*.in
	$(VENV)/python -m tools.lock

bench: environment ## measure the portal as in production; prints the table of PERFORMANCE.md
	$(VENV)/python -m tools.bench

soak: environment ## kill server and worker under load, then count acknowledged against stored
	$(VENV)/python -m tools.soak

# --- Parts of the above

environment:
	@$(PYTHON) -m tools.environment dev
	@$(PYTHON) -m tools.system_packages test
	@$(PYTHON) -m tools.node_packages

test-sqlite:
	$(SUITE) --cov --cov-report=term:skip-covered --cov-report=html:build/coverage

# What asks nothing of the database is the same on either engine: it runs once.
test-postgresql:
	$(PYTHON) -m tools.with_postgres $(SUITE) --database-only

journeys-sqlite:
	$(SUITE) tests/journeys

# What asks nothing of the database, and whether a browser runs scripts, is the same on either: the
# walks go through both databases, their variants without scripts through one.
journeys-postgresql:
	$(PYTHON) -m tools.with_postgres $(SUITE) tests/journeys -k "not no-scripts" \
		--ignore=tests/journeys/test_pages.py --ignore=tests/journeys/test_design.py \
		--ignore=tests/journeys/test_author.py
