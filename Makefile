# Everything runs in .venv; stamp files there make a second run fast. PYTHON=python3.12 picks another interpreter.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench clean

help:
	@echo "make demo    install CodeOrigin in .venv, score the examples, explain one function"
	@echo "make test    install the training and development tools too, run all tests"
	@echo "make lint    ruff and mypy"
	@echo "make format  let ruff format and mend what it can"
	@echo "make bench   speed and memory: the self test, and a scan of Python's own library"
	@echo "make clean   remove .venv and the caches"

$(VENV)/.created:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "CodeOrigin needs Python 3.11 or newer")'
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# Editable, so that the demo, the tests and the files in the editor are the same code.
$(VENV)/.runtime: pyproject.toml $(VENV)/.created
	$(PIP) --editable .
	@touch $@

# One call, so that the pin of torch also holds for what depends on it (captum).
$(VENV)/.development: pyproject.toml $(VENV)/.created
	$(PIP) --editable '.[training,dev]'
	@touch $@ $(VENV)/.runtime

demo: $(VENV)/.runtime
	$(BIN)/codeorigin check examples || test $$? -eq 1
	$(BIN)/codeorigin explain examples/assistant_style.ts:20

test: $(VENV)/.development
	$(BIN)/python -m pytest

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.runtime
	$(BIN)/codeorigin doctor
	library=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))'); \
	$(BIN)/codeorigin check --show findings --exclude site-packages "$$library" | tail -n 3

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
