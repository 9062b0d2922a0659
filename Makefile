# balk: every command a newcomer needs. `make run` and `make test` set themselves up.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types imports fast slow bench recovery example docs lock clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## make .venv and install everything that is locked

$(STAMP): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

run: $(STAMP) ## the lifeline exam on simulated subjects: no key, no network
	@$(BIN)/balk run --exams 12

test: lint types imports fast ## everything that must hold before a push

lint: $(STAMP)
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .

types: $(STAMP)
	@$(BIN)/mypy

imports: $(STAMP)
	@$(BIN)/lint-imports

fast: $(STAMP)
	@$(BIN)/coverage erase
	@$(BIN)/pytest -q -n 2 --dist loadfile --cov --cov-report=term

slow: $(STAMP) ## the tests that take minutes
	@$(BIN)/pytest -q -m slow

recovery: $(STAMP) ## known truths: 10,000 sloppy exams, then the mechanisms (about an hour)
	@$(BIN)/pytest -q -m slow tests/recovery
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/mechanisms.py estimates one_dose recovery sequential instrument

bench: $(STAMP) ## speed, as ratios measured in one run
	@$(BIN)/python benchmarks/bench.py
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/mechanisms.py speed

docs: $(STAMP) ## build the site of the docs into site/
	@$(BIN)/mkdocs build --strict && echo site/index.html

example: $(STAMP) ## rebuild the figure of the README and the example report
	@$(BIN)/python examples/build.py

lock: ## resolve requirements.lock again (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q -o requirements.lock

clean: ## remove what was built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* dist build site
