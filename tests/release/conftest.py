"""What `make release` built, for the tests that install it."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--built", type=Path, help="folder of the built wheel and source archive to install")


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    # They need package indexes. Unless this folder is named, pytest reads this file too late for the option.
    return None if config.getoption("--built", default=None) else True


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.config.getoption("--built")
    return folder.resolve()
