# `make` alone lists the targets. Variables: PYTHON (the interpreter of .venv), PIP_FLAGS (more arguments for pip, as an index of
# CPU builds of torch), LEGS and ARGS (which legs of the tests, and arguments for pytest: `make test LEGS=main ARGS="-k wordle"`).
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo start evidence test test-all lint format bench system constraints clean

PYTHON ?= $(shell .ci/python 3.11 3.12 3.13)
PIP_FLAGS ?=
LEGS ?=
ARGS ?=
SLOW ?= no
export PIP_FLAGS ARGS SLOW

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/installed ## a virtual environment in .venv with the tested versions
	@:

.venv/installed: pyproject.toml setup.py constraints.txt
	@[[ -n "$(PYTHON)" ]] || { echo "setup: no Python 3.11, 3.12 or 3.13 with venv found; install one or say make PYTHON=…" >&2; exit 1; }
	@[[ -x .venv/bin/python ]] || { echo "== setup: a virtual environment in .venv ($$($(PYTHON) --version))"; $(PYTHON) -m venv .venv; }
	@echo "== setup: installing scoutgym and the tested versions (the first time: a few minutes)"
	@.venv/bin/pip -qq install $(PIP_FLAGS) -c constraints.txt -e '.[llm,dev]'
	@.venv/bin/pip -qq install $(PIP_FLAGS) -c constraints.txt --no-deps nle minihack # nle names another gymnasium than miniwob
	@touch $@

demo: setup ## train a small language model on exploration games; the report is runs/demo/report.html
	@echo "== demo: scoutgym train examples/demo.yaml"
	@.venv/bin/scoutgym train examples/demo.yaml

test: setup ## the tests: this Python whole; the core on the lowest versions, gymnasium 1.2.0, Python 3.12 and 3.13
	@.ci/test $(LEGS)

test-all: SLOW = all
test-all: setup ## the tests and the slow tests
	@.ci/test $(LEGS)

lint: setup ## style, types, floors
	@.ci/lint

format: setup ## let ruff format and fix what it can
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --quiet --fix .

start: setup ## make the demo's start anew: a quarter of an hour on one core
	@.venv/bin/python benchmarks/start.py

evidence: setup ## what reinforcement learning adds, over seeds and against controls: hours; writes docs/evidence.md
	@.venv/bin/python benchmarks/evidence.py

bench: setup ## the speed of the worlds
	@.venv/bin/python benchmarks/worlds.py

system: ## install what pip cannot (Chromium), with apt
	@.ci/system

constraints: setup ## write constraints.txt from what .venv holds now
	@{ sed '/^#/!d' constraints.txt; .venv/bin/pip freeze --exclude-editable | sed 's/+cpu$$//'; } > build/constraints.txt
	@mv build/constraints.txt constraints.txt

clean: ## remove what building and testing left (not .venv and not runs)
	@rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .venv-*
	@find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
