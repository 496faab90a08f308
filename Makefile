# Everything from a bare machine with Python 3.11, make and git. Each target sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
Q ?= What is a cluster organisation?
export HF_HUB_OFFLINE := 1

BASE ?= base
WORK ?= .training

.PHONY: setup ask serve test lint check bench train

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) --version >/dev/null 2>&1 || { echo "make: $(PYTHON) is not here; install Python 3.11 or run: make PYTHON=python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV); the first time this takes some minutes." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

ask: setup
	@$(BIN)/clusterqa ask "$(Q)"

serve: setup
	@$(BIN)/clusterqa serve

test: setup
	@$(BIN)/python -m pytest

check: lint test

lint: setup
	@$(BIN)/ruff format --check src tests benchmarks training
	@$(BIN)/ruff check src tests benchmarks training
	@$(BIN)/mypy

bench: setup
	@$(BIN)/python benchmarks/cold_start.py

# Hours on two cores. BASE is a folder of multilingual-e5-small; CLUSTERQA_MIRROR and CLUSTERQA_ACTS
# name the official texts. A step that was interrupted goes on from its last checkpoint.
train: setup
	@$(BIN)/python -m training.vocabulary --base $(BASE) --out $(WORK)/vocabulary
	@$(BIN)/python -m training.encoder --base $(WORK)/vocabulary --out $(WORK)/encoder --hold-out
	@$(BIN)/python -m training.export --model $(WORK)/encoder --vocabulary $(WORK)/vocabulary --out src/clusterqa/encoder
	@$(BIN)/clusterqa ingest --index $(WORK)/index
	@$(BIN)/python -m training.reader --index $(WORK)/index --work $(WORK)/found --write
