# Every command a developer or an analyst types. Needs Python 3.11 or newer and make; the rest it gets itself.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
UV := .tools/bin/uv
CAPMAP := .venv/bin/capmap
PORT ?= 8000
BENCH_MB ?= 200
# Two processes test on two cores: threads of their own would only wait for each other.
export OPENBLAS_NUM_THREADS ?= 1
BENCH_SITE := benchmarks/speed/generated/site

.PHONY: help setup run test quick check fix coder docs bench clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')" 2>/dev/null || grep -E '^[a-z-]+:.*##' Makefile

$(UV):
	@if [ -z "$(PYTHON)" ]; then \
	  echo "capmap needs Python 3.11 or newer; found: $$(python3 --version 2>&1 || echo none)."; \
	  echo "Install it (Debian: apt install python3 python3-venv; macOS: brew install python), or name it: make PYTHON=/path/to/python3.12"; \
	  exit 1; fi
	@$(PYTHON) -m venv .tools || { \
	  echo "This Python has no venv module. On Debian: apt install python3-venv"; rm -rf .tools; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.5,<1" || { rm -rf .tools; exit 1; }

.venv/.ready: $(UV) pyproject.toml uv.lock
	$(UV) sync --quiet --locked --extra web --python "$(PYTHON)"
	@touch $@

setup: .venv/.ready ## prepare everything; the program is then .venv/bin/capmap

run: setup ## start the site with the sample portfolio; it prints its address
	$(CAPMAP) serve --port $(PORT)

test: setup ## all checks and tests, as CI runs them
	@$(MAKE) --no-print-directory check
	.venv/bin/pytest -n 2
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
	  .venv/bin/pytest -n 2 --postgresql -m "django_db and not slow" tests/records tests/web; \
	else echo "No PostgreSQL on this machine: records and pages were tested on SQLite only."; fi

quick: setup ## the fast tests only
	.venv/bin/pytest -n 2 -m "not slow and not browser"

check: setup ## format, lint, types, layers: what CI checks, changing nothing
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	@CAPMAP_HOME=.tools/check .venv/bin/python -m capmap.web.command makemigrations --check --dry-run
	@CAPMAP_HOME=.tools/check .venv/bin/python -m capmap.web.command check --fail-level WARNING

fix: setup ## mend what can be mended automatically
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

coder: setup ## train the model that ships, after a worked example, a term or a rule has changed
	$(CAPMAP) learn --out capmap/frameworks/ilo_2010_15/model.capmap

docs: setup ## write again what is generated from the code
	.venv/bin/python docs/reference/make_tables.py
	.venv/bin/python docs/reference/make_library.py
	.venv/bin/python docs/reference/make_command_line.py

bench: setup ## speed and accuracy with the peers beside; BENCH_MB=1000 for the full size
	$(UV) sync --quiet --locked --inexact --extra web --group bench
	.venv/bin/python benchmarks/accuracy/run.py
	.venv/bin/python benchmarks/accuracy/run.py benchmarks/accuracy/written
	.venv/bin/python -m benchmarks.learning
	.venv/bin/python -m benchmarks.learning.worked
	.venv/bin/python -m benchmarks.learning.stopping_simulation
	.venv/bin/python -m benchmarks.learning.coverage
	.venv/bin/python benchmarks/speed/matching.py
	.venv/bin/python benchmarks/speed/iati_table.py $(BENCH_MB)
	.venv/bin/python benchmarks/speed/coded_parquet.py $(BENCH_MB)
	.venv/bin/python benchmarks/speed/learned_coder.py
	.venv/bin/python benchmarks/speed/paper.py
	[ -e $(BENCH_SITE)/capmap.sqlite3 ] || CAPMAP_HOME=$(BENCH_SITE) .venv/bin/python benchmarks/speed/site_data.py
	CAPMAP_HOME=$(BENCH_SITE) .venv/bin/python benchmarks/speed/site_speed.py

clean: ## remove what make made
	rm -rf .venv .tools map dist benchmarks/speed/generated
