# Two commands: `make run` and `make test`. Each does all the set-up it needs; only Python 3.11+, make and git
# have to be there. `make check` is what a change must also pass. What they do step by step: CONTRIBUTING.md.

PORT ?= 8000
export PORT

# The first Python on the path that runs and is new enough; `make PYTHON=...` names another.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$name; break; }; done)
VENV := .venv/bin

.PHONY: run test check faults bench install install-dev clean
.DEFAULT_GOAL := run

run: install
	@$(VENV)/python bin/run.py

test: install-dev
	@$(VENV)/python -m tests.run

check: install-dev
	@$(VENV)/python bin/check.py

# Kills workers and takes mail servers away, with real processes; about a minute.
faults: install-dev
	@$(VENV)/python -m tests.faults.run

# What pages cost, on a filled site of its own; some ten minutes. `make bench TIMES=10` also measures a site ten
# times as large (an hour or so), WRITE=1 puts the tables into docs/benchmarks.md.
TIMES ?= 1
bench: install-dev
	@$(VENV)/python -m tests.benchmarks.run --times $(TIMES) $(if $(WRITE),--write)

# --- set-up: installs only when the pinned list changed -------------------------------------------

install: .venv/bin/python
	@bin/install requirements.txt

install-dev: .venv/bin/python
	@bin/install requirements-dev.txt requirements.txt

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Family Hub needs Python 3.11 or later, and found none. Try: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Making the environment in .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

# Forgets the environment and everything a local site wrote.
clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
