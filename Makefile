# `make verify` and `make test` are all a newcomer needs; both make .venv first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: verify test lint bench clean

verify: .venv/.installed
	$(BIN)/symgrad verify

test: .venv/.tested
	$(BIN)/pytest

lint: .venv/.linted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/.tested: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	touch $@

.venv/.linted: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	touch $@
