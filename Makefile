# planlib: `make run` serves the dashboard, `make test` runs everything that must hold. Both need Python 3.11+ and make.

# Another interpreter:      make run PYTHON=python3.12
# Another port or area:     make run PORT=8700 AREA=path/to/area     (or the variable PLANLIB_AREA)
# Some of the tests:        make pytest ARGS="tests/test_area.py -n 0"
PYTHON ?= python3
PORT ?= 8501
AREA ?= $(or $(PLANLIB_AREA),data/areas/demo)
ARGS ?=

PY = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests run test check pytest lint types imports format build bench

help:
	@echo "make run     serve the dashboard on http://localhost:$(PORT) (PORT=$(PORT) AREA=$(AREA))"
	@echo "make test    run all checks and tests"
	@echo
	@echo "make setup   what run needs: .venv and the browser libraries"
	@echo "make check   what test runs before the tests: lint, types, imports"
	@echo "make pytest  the tests alone (ARGS=...)"
	@echo "make lint    format and lint, without changing anything"
	@echo "make format  format and mend what can be mended"
	@echo "make build   make the release of an area (AREA=$(AREA))"
	@echo "make bench   run the benchmarks (ARGS=...)"

setup:
	@$(PYTHON) tools/setup.py

setup-tests:
	@$(PYTHON) tools/setup.py --tests

run: setup
	PLANLIB_AREA="$(AREA)" $(PY) -m streamlit run app.py --server.port $(PORT) --server.headless true

test: check pytest

check: lint types imports

lint: setup-tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

types: setup-tests
	$(PY) -m pyright

imports: setup-tests
	$(PY) .venv/bin/lint-imports

# Two processes: the browser tests share one of them, so that no two pages compete for the machine.
pytest: setup-tests
	$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)

format: setup-tests
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

build: setup
	$(PY) -m planlib build "$(AREA)"

bench: setup-tests
	$(PY) -m benchmarks $(ARGS)
