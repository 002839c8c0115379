"""Options and fixtures for the tests in real editors.

`pytest` alone runs the Neovim tests; `--editors` also those that need what `make test-editors` installs.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HERE = Path(__file__).parent
HEAVY = ("vscode", "emacs", "pages")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--editors", action="store_true", help="also test in VS Code and Emacs")
    parser.addoption("--model", type=Path, help="model folder to test with, in place of the one that ships")
    parser.addoption("--artefacts", type=Path, default=Path("build/editors"), help="folder for screenshots")
    parser.addoption("--code-server", type=Path, default=Path("build/code-server"), help="its installation")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    # Unless its folder is named, pytest reads this file too late for the options: hence the defaults.
    heavy = any(collection_path.is_relative_to(HERE / name) for name in HEAVY)
    return True if heavy and not config.getoption("--editors", default=False) else None


@pytest.fixture(scope="session")
def server_settings(request: pytest.FixtureRequest) -> dict[str, object]:
    """Server settings in every editor: all verdicts are reported, so no test depends on the model's opinion."""
    model: Path | None = request.config.getoption("--model", default=None)
    settings: dict[str, object] = {"threshold": 0.0, "debounce": 100}
    return settings | ({"modelPath": str(model.resolve())} if model else {})


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, without a window."""
    # It is only installed for the tests that `make test-editors` runs.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    executable = shutil.which("chromium")
    assert executable is not None, "chromium is not installed; `make test-editors` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def artefacts(request: pytest.FixtureRequest) -> Path:
    """Folder for screenshots."""
    folder: Path = request.config.getoption("--artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample sources, which the tests of a module may change."""
    folder = tmp_path_factory.mktemp("editor") / "project"
    shutil.copytree(HERE / "sample", folder)
    (folder / ".git").mkdir()
    return folder


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which an editor finds no user's settings."""
    home = tmp_path_factory.mktemp("home")
    names = {"CONFIG": "config", "DATA": "data", "STATE": "state", "CACHE": "cache"}
    places = {f"XDG_{name}_HOME": str(home / place) for name, place in names.items()}
    return {**os.environ, "HOME": str(home), **places}
