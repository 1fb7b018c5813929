# make run   – install Guyub and open the local messenger        make help – everything else
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install dev run demo doctor test lint format types contracts bench quality gallery soak check clean

help:  ## This list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Guyub memerlukan Python 3.11 atau lebih baru · needs Python 3.11 or newer: make PYTHON=python3.11 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) -e '.[dev,models]'
	@touch $@ $(VENV)/.runtime

install: $(VENV)/.runtime  ## .venv with what Guyub needs to run
dev: $(VENV)/.dev  ## … and what its tests and checks need

run: install  ## Start Guyub; the local messenger opens at http://127.0.0.1:8765
	@$(BIN)/guyub run

demo: install  ## Start it on a believable bilingual month, in a folder of its own
	@$(BIN)/guyub demo

doctor: install  ## What is wrong, and how to mend it
	@$(BIN)/guyub doctor

test: dev  ## All tests (real Chromium included)
	@.ci/chromium
	@.ci/node
	@$(BIN)/python -m pytest -n 3 --dist worksteal

lint: dev  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: dev  ## ruff: mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: dev  ## mypy --strict
	$(BIN)/mypy bot adapters storage

contracts: dev  ## Who may import whom
	$(BIN)/lint-imports --no-cache

soak: $(VENV)/.bench  ## Ten times the kills, a year, a thousand simulated weeks, an hour at 50 events a second, before a release
	GUYUB_TEST_KILLS=500 $(BIN)/python -m pytest -s tests/durability/test_sigkill.py tests/durability/test_acknowledged.py
	GUYUB_TEST_WEEKS=53 GUYUB_TEST_PLACES=50 $(BIN)/python -m pytest -s tests/year
	GUYUB_TEST_SEEDS=1000 GUYUB_TEST_ACTS=60 GUYUB_TEST_TWICE=20 $(BIN)/python -m pytest -s tests/simulation
	BENCH_SOAK=3600 $(BIN)/python -m tests.bench soak

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) -e '.[dev,models,bench]'
	@touch $@ $(VENV)/.runtime $(VENV)/.dev

bench: $(VENV)/.bench  ## Speed, beside a peer or a limit in the same run, onto docs/benchmarks.md (BENCH_SOAK=3600: the whole hour)
	@$(BIN)/python -m tests.bench

quality: dev  ## How well questions are routed, beside BM25 and embeddings alone
	$(BIN)/python -m tests.quality.route_report

gallery: dev  ## Everything Guyub says, as Slack and Telegram show it: docs/gallery
	@.ci/chromium
	@$(BIN)/python -m tests.gallery

check: lint types contracts test  ## What .ci/run does

clean:  ## Remove the environment and the caches (never data/)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
