# Everything runs in .venv; stamp files there make a second run fast. PYTHON=python3.12 picks another interpreter.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CLIENT := vscode-client
# VS Code as code-server for the tests in editors: 600 MB and minutes to install, so it may stand anywhere.
CODE_SERVER ?= build/code-server
# Options of pytest: make test PYTEST=tests/server
PYTEST ?=
# Processes that share the test files: one more than two cores, as some tests wait. Each makes tiny models of its own. WORKERS=0 runs all tests in one.
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo test test-editors errors vsix images docs release lint format bench clean

help:
	@echo "make demo    install CodeOrigin in .venv, score the examples, explain one function"
	@echo "make test    install the training and development tools too, run all tests but those in VS Code and Emacs"
	@echo "make test-editors  install VS Code (code-server), Chromium and Emacs, run the tests in them"
	@echo "make vsix    package the VS Code extension with the server inside"
	@echo "make images  take the screenshots of the HTML pages in docs/images again"
	@echo "make docs    build the documentation site in build/site/html, check its links"
	@echo "make release  build the wheel and the source archive in dist, check them, install them with uv, pipx and pip"
	@echo "make errors  put errors into the statistics of training, one by one, and see that a test finds each"
	@echo "make lint    ruff, mypy, import-linter, zizmor, eslint and tsc"
	@echo "make format  let ruff format, and fix what it can"
	@echo "make bench   speed and memory: the self test, the language server, a scan of Python's own library"
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
	$(PIP) 'pip>=25.1' # the first that knows groups
	$(PIP) --editable . --group training --group dev
	@touch $@ $(VENV)/.runtime

$(VENV)/.docs: pyproject.toml $(VENV)/.runtime
	$(PIP) --group docs
	@touch $@

$(VENV)/.release: pyproject.toml $(VENV)/.development
	$(PIP) --group release
	@touch $@

$(VENV)/.editors: pyproject.toml $(VENV)/.development
	$(PIP) --editable . --group training --group dev --group editors
	@touch $@

$(CLIENT)/node_modules/.installed: $(CLIENT)/package-lock.json
	cd $(CLIENT) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

demo: $(VENV)/.runtime
	$(BIN)/codeorigin check examples --exit-zero
	$(BIN)/codeorigin explain examples/assistant_style.go:40

# What a process compiles is kept for the next one, whatever the environment says: the tests start hundreds.
test: $(VENV)/.development $(CLIENT)/node_modules/.installed
	cd $(CLIENT) && npm test --silent
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 25 $(PYTEST)

# Emacs, and VS Code with the packaged extension; Neovim is in `make test`. Screenshots go to build/editors; docs/images has copies of vscode-*.png.
test-editors: $(VENV)/.editors vsix
	tests/editors/setup/system_packages.sh
	tests/editors/setup/code_server.sh $(BIN)/python $(CODE_SERVER)
	$(BIN)/python -m pytest tests/editors --ignore tests/editors/nvim --editors --code-server $(CODE_SERVER)

vsix: $(VENV)/.created $(CLIENT)/node_modules/.installed
	rm -rf $(CLIENT)/bundled
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $(CLIENT)/bundled .
	cd $(CLIENT) && npm run --silent package

docs: $(VENV)/.docs
	$(BIN)/python docs/site.py
	$(BIN)/zensical build --strict

# Everything but the publishing of a release.
release: $(VENV)/.release
	rm -rf dist
	$(BIN)/uv build --quiet
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(BIN)/python -m pytest tests/release --built dist

images: $(VENV)/.editors
	tests/editors/setup/system_packages.sh
	PYTHONPATH=tests $(BIN)/python tests/editors/setup/page_images.py docs/images

errors: $(VENV)/.development
	$(BIN)/python tests/support/errors_put_in.py

lint: $(VENV)/.development $(CLIENT)/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict action
	$(BIN)/lint-imports --no-cache
	$(BIN)/zizmor --quiet --offline --no-progress .github/workflows action.yml
	cd $(CLIENT) && npm run --silent lint && npm run --silent check

format: $(VENV)/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.runtime
	$(BIN)/codeorigin doctor
	$(BIN)/python benchmarks/server.py
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/check.py --scaling

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	rm -rf $(CLIENT)/node_modules $(CLIENT)/bundled $(CLIENT)/dist $(CLIENT)/out $(CLIENT)/*.vsix
