# `make` alone lists the targets; each one sets up .venv first where that has not been done.

# The first interpreter that is new enough and can make an environment.
USABLE := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell $(name) -c '$(USABLE)' 2>/dev/null && echo $(name))))
VENV := .venv
STAMP := $(VENV)/.condenset-installed
PYTEST := OMP_NUM_THREADS=1 $(VENV)/bin/pytest -n 2 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow lint types docs site bench profile fuzz kills

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv and install condenset with its development tools

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "no usable Python: install Python 3.11 or newer with its venv module, or run make PYTHON=/path/to/python" >&2; exit 1; }
	@test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -e '.[dev]'
	@touch $@

demo: setup ## Distil a small set, score it beside baselines, write the page
	$(VENV)/bin/condenset demo

test: setup ## Run the tests (about a quarter of an hour on two cores)
	$(PYTEST)

test-slow: setup ## Run the tests that need longer
	$(PYTEST) -m slow

fuzz: setup ## Damage everything that is read and try every command on it; INPUTS=10000 SEED=0
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m tests.fuzz --inputs $(or $(INPUTS),10000) --seed $(or $(SEED),0)

kills: setup ## Kill runs at random and resume them; KILLS=100 SEED=0
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m tests.end_to_end.kills --kills $(or $(KILLS),100) --seed $(or $(SEED),0)

lint: setup ## Check style
	$(VENV)/bin/ruff check

types: setup ## Check types
	$(VENV)/bin/mypy

docs: setup ## Write the generated pages
	$(VENV)/bin/python -m condenset.report.docs

site: setup ## Build the documentation into site/; link by link, a broken one fails
	$(VENV)/bin/sphinx-build -q -W --keep-going docs site

bench: setup ## Measure speed and memory against the plain algorithms, on an idle machine
	$(VENV)/bin/condenset bench --into bench/results/speed

profile: setup ## Where the time of a step goes; METHOD=dm DATA=digits PER_CLASS=1
	$(VENV)/bin/python bench/profile_steps.py $(or $(METHOD),dm) $(or $(DATA),digits) $(or $(PER_CLASS),1)
