# Two commands matter: `make run` starts Samrum, `make test` proves it. The rest serves whoever changes it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PORT HOST SAMRUM_DATA
# Where it is set, every process would compile all of Python's packages anew, which takes longer than its work.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python

.PHONY: help run test test-fast soak bench lint audit format pictures messages dev

help: ## show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 18

run: ## start Samrum with demo data; PORT=8000, SAMRUM_DATA=var
	@exec python3 deploy/run.py

dev:
	@python3 deploy/environment.py dev

test: dev ## every test, on SQLite and again on PostgreSQL and Redis
	@python3 deploy/environment.py services browser
	$(PYTHON) -m tests.engines

test-fast: dev ## the tests that need no browser, no services, no server processes
	$(PYTHON) -m pytest -n 2 --dist loadfile -m "not browser and not server"

soak: dev ## the threat rows at full count; takes long
	@python3 deploy/environment.py services browser
	SAMRUM_SOAK=1 $(PYTHON) -m pytest -o faulthandler_timeout=0 -m soak
	SAMRUM_SOAK=1 $(PYTHON) -m tests.services $(PYTHON) -m pytest -o faulthandler_timeout=0 -m "soak and (both_engines or postgres)"

bench: dev ## measure; prints numbers, judges nothing
	$(PYTHON) -m bench

lint: dev ## style, types, layers, templates, migrations, settings
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m djlint templates --lint --quiet
	SAMRUM_DEMO=1 $(PYTHON) manage.py makemigrations --check --dry-run
	SAMRUM_DEMO=1 $(PYTHON) manage.py check
	$(PYTHON) -m pytest -q -p no:cacheprovider tests/test_catalogue.py

audit: dev ## known weaknesses of the packages; reports, never blocks
	-$(PYTHON) -m pip_audit --disable-pip --require-hashes -r deploy/requirements.lock

format: dev ## let ruff mend what it can
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

pictures: dev ## take the README's picture from a running demo (make run, in another window)
	@python3 deploy/environment.py browser
	$(PYTHON) deploy/pictures.py http://127.0.0.1:$(or $(PORT),8000)

messages: dev ## collect new strings into the catalogues, and compile them
	$(PYTHON) deploy/messages.py collect
