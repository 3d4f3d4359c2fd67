# Headway. Two commands do everything: `make run` and `make test`.
# What is installed once is not installed again: files under .venv/ mark what is done.

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
HEADWAY_HOME ?= $(CURDIR)/.headway
VECTORS ?= ../shared/conformance
NAME ?=
ONLY ?=
export HEADWAY_HOME
unexport PYTHONDONTWRITEBYTECODE # without its bytecode everything starts a second later

# The newest Python that will do; `make PYTHON=/path/to/python` names another.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11, \
  $(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate

# Made beside and then moved, so that a demonstration broken off is begun again, not opened.
RECORD := $(HEADWAY_HOME)/headway.db
MAKING := $(HEADWAY_HOME)/.making
DEMONSTRATE = { rm -rf "$(MAKING)" && HEADWAY_HOME="$(MAKING)" $(BIN)/headway demo \
  && mv "$(MAKING)"/* "$(HEADWAY_HOME)"/ && rmdir "$(MAKING)"; }

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check lint bench conformance migration messages compile clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/run ## Set up everything the dashboard needs, under .venv/

run: $(VENV)/run ## Open the dashboard (PORT, HEADWAY_HOME), with demonstration data the first time
	@[ -n "$$HEADWAY_DATABASE" ] || [ -e "$(RECORD)" ] || $(DEMONSTRATE)
	@exec $(BIN)/headway run --port $(PORT)

demo: $(VENV)/run ## Make the demonstration database without opening it
	@if [ -n "$$HEADWAY_DATABASE" ]; then $(BIN)/headway demo; \
	elif [ -e "$(RECORD)" ]; then echo "There is a record already: $(RECORD)" >&2; exit 1; \
	else $(DEMONSTRATE); fi

test: $(VENV)/dev lint ## Run every test; installs the browser and, as root, PostgreSQL
	@$(BIN)/python -m tests.machine
	@$(BIN)/pytest -n 2 --dist worksteal

check: $(VENV)/dev lint ## Check style, types, imports and the quick tests, in under two minutes
	@$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not browser and not postgres"

lint: $(VENV)/dev
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/dev ## Measure beside a reference in the same run, and print the goals (ONLY=module)
	@$(BIN)/python -m tests.machine
	@$(BIN)/python -m tests.bench $(ONLY)

conformance: $(VENV)/run ## Hold the arithmetic against published results (VECTORS=folder)
	@$(BIN)/python -m dashboard.progress.conformance $(VECTORS)

migration: $(VENV)/dev ## Draft the script for a change of the tables (NAME='what changes')
	@$(BIN)/python -m models.migrations.draft $(if $(NAME),"$(NAME)",--anew)
	@$(BIN)/ruff format --quiet models/migrations

messages: $(VENV)/dev ## Collect the words of the interface for translators
	@mkdir -p dashboard/i18n/locales
	@$(BIN)/pybabel -q extract -F pyproject.toml -k _ -k plural:1,2 --no-location --sort-output \
	  --project Headway -o dashboard/i18n/locales/headway.pot .

compile: $(VENV)/tools ## Pin the newest versions of every dependency, with hashes
	@printf 'setuptools>=80\nuv\n' | $(COMPILE) --upgrade - -o requirements-tools.txt >/dev/null
	@$(COMPILE) --upgrade --extra postgres --extra s3 pyproject.toml -o requirements.txt >/dev/null
	@$(COMPILE) --extra postgres --extra s3 --extra dev -c requirements.txt pyproject.toml \
	  -o requirements-dev.txt >/dev/null

clean: ## Remove everything that was installed or built here, but no data
	rm -rf $(VENV) *.egg-info build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.headway/*' -prune -exec rm -rf {} +

# The environment, made with what the machine has. Debian keeps a part of Python's venv apart.
$(VENV)/tools: requirements-tools.txt
	@if [ -z "$(PYTHON)" ]; then \
	  echo "Headway needs Python 3.11 or newer, and none was found." >&2; exit 1; \
	elif $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	  $(PYTHON) -m venv $(VENV); \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install -y \
	    --no-install-recommends python3-venv >/dev/null && $(PYTHON) -m venv $(VENV); \
	elif command -v uv >/dev/null; then \
	  uv --quiet venv --seed --allow-existing --python $(PYTHON) $(VENV); \
	elif command -v virtualenv >/dev/null; then \
	  virtualenv --quiet --python $(PYTHON) $(VENV); \
	else \
	  echo "$(PYTHON) cannot make environments: install python3-venv, uv or virtualenv." >&2; \
	  exit 1; \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/run: requirements.txt pyproject.toml $(VENV)/tools
	@echo "Installing what the dashboard needs under $(VENV)/"
	@$(UV) --require-hashes -r $<
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	@echo "Installing what the tests need under $(VENV)/"
	@$(UV) --require-hashes -r $<
	@touch $@
