# Two commands: `make run` and `make test`. Each does all the set-up it needs; only Python 3.11+, make and git
# have to be there. `make check` is what a change must also pass. What they do step by step: CONTRIBUTING.md.

PORT ?= 8000
export PORT

# The newest Python found, at least 3.11.
PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3,$(shell command -v $(name) 2>/dev/null)))
VENV := .venv/bin

.PHONY: run test check install install-dev clean
.DEFAULT_GOAL := run

run: install
	@$(VENV)/python bin/run.py

test: install-dev
	@$(VENV)/python -m tests.run

check: install-dev
	@$(VENV)/python bin/check.py

# --- set-up: installs only when the pinned list changed -------------------------------------------

install: .venv/bin/python
	@bin/install requirements.txt

install-dev: .venv/bin/python
	@bin/install requirements-dev.txt requirements.txt

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Family Hub needs Python 3.11 or later, and found no Python."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Family Hub needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.13"; exit 1; }
	@echo "Making the environment in .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

# Forgets the environment and everything a local site wrote.
clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
