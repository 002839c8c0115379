"""Options and fixtures of the tests in real editors.

`pytest` alone runs the Neovim tests; `--editors` also those that need what `make test-editors` installs.
"""

import os
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--editors", action="store_true", help="also test in VS Code and Emacs")
    parser.addoption("--model", type=Path, help="model folder to test with, in place of the one that ships")
    parser.addoption("--artefacts", type=Path, default=Path("build/editors"), help="folder for screenshots")
    parser.addoption("--code-server", type=Path, default=Path("build/code-server"), help="its installation")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    # Without its folder named, pytest reads this file too late for the options: hence the defaults.
    heavy = collection_path.is_relative_to(HERE / "vscode") or collection_path.is_relative_to(HERE / "emacs")
    return True if heavy and not config.getoption("--editors", default=False) else None


@pytest.fixture(scope="session")
def server_settings(request: pytest.FixtureRequest) -> dict[str, object]:
    """The server's settings of every editor: all verdicts are reported, so that no test asks for the model's opinion."""
    model: Path | None = request.config.getoption("--model", default=None)
    settings: dict[str, object] = {"threshold": 0.0, "caretQuiet": 0, "debounce": 100}
    return settings | ({"modelPath": str(model.resolve())} if model else {})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the sample sources, to be changed at will."""
    folder = tmp_path / "project"
    shutil.copytree(HERE / "sample", folder)
    (folder / ".git").mkdir()
    return folder


@pytest.fixture
def quiet_home(tmp_path: Path) -> dict[str, str]:
    """An environment in which an editor finds nobody's settings."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
    }
