SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8080
SECONDS ?= 20
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FRONT := app/static/npm/.installed

SERVERS := elasticsearch or sparql_server or postgresql or oidc
# On both cores; then, one at a time, the tests that measure real time.
pytest = $(BIN)/python -m pytest -n 2 -m "not alone and $(1)" && $(BIN)/python -m pytest -m "alone and $(1)"

.DEFAULT_GOAL := help
.PHONY: help run demo test test-all test-servers lint types imports golden relevance fuzz bench check clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Suishu needs Python 3.11 or later; name one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

# The editor of the query page, and what checks pages. Without it the page has a plain text field, and says nothing wrong.
$(FRONT): package.json package-lock.json
	@if ! command -v npm >/dev/null; then echo "npm is not installed: the query page keeps its plain text field." >&2; \
	elif npm ci --loglevel=error && npm run --silent build; then touch $@; \
	else echo "npm could not fetch the query editor: the query page keeps its plain text field." >&2; fi

run: $(STAMP) $(FRONT) ## Serve the portal with the settings of the environment
	$(BIN)/suishu serve --port $(PORT)

demo: $(STAMP) $(FRONT) ## Install, harvest the demonstration catalogue and serve it on 127.0.0.1 (PORT=8080)
	$(BIN)/suishu demo --port $(PORT)

test: $(STAMP) $(FRONT) ## Install and run the tests
	$(call pytest,not slow and not ($(SERVERS)))

test-servers: $(STAMP) $(FRONT) ## Against real servers, fetched and started by the tests (Maven, Java 21, PostgreSQL, Virtuoso, Node.js)
	$(BIN)/python -m pytest -n 2 -m "($(SERVERS)) and not slow"

test-all: $(STAMP) $(FRONT) ## The slow tests too: kills at random points, whole catalogues, a cluster that loses a node
	$(call pytest,not ($(SERVERS)))
	$(BIN)/python -m pytest -m "$(SERVERS)"

lint: $(STAMP) ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## Types, strict in the four libraries
	$(BIN)/mypy

imports: $(STAMP) ## One direction of imports
	$(BIN)/lint-imports

fuzz: $(STAMP) ## Hostile input for every parser and mapping of the harvest, by atheris (SECONDS=20 each)
	$(BIN)/python -m pip install --quiet --group fuzz
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

relevance: $(STAMP) ## How well judged queries are answered, by kind, beside plain rankers
	$(BIN)/python -m benchmarks.relevance --start-elasticsearch

golden: $(STAMP) ## Rewrite the golden files after a change that was meant
	SUISHU_UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/unit/indexer/test_elastic_request.py

bench: $(STAMP) ## Measure, each figure beside its floor (SIZES="1000 10000 100000")
	$(BIN)/python -m benchmarks $(SIZES)

check: lint types imports test ## Exactly what CI runs

clean: ## Remove what was installed and built; never the data under var/
	rm -rf $(VENV) node_modules app/static/npm build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
