"""VS Code with the packaged extension, in a browser."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support.code_server import THEMES, CodeServer, findings
from support.waiting import wait_for

SAMPLE = Path(__file__).parents[1] / "sample"
EXTENSIONS = Path(__file__).parent / "extensions"
CLIENT = Path(__file__).parents[3] / "vscode-client"
# A machine that is busy with other things is slow; nothing waits longer than it has to.
expect.set_options(timeout=30_000)
VSCE = CLIENT / "node_modules" / ".bin" / "vsce"


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The product's .vsix, which `make vsix` builds, and the tests' own two."""
    folder = tmp_path_factory.mktemp("packages")
    found = {"codeorigin": CLIENT / "codeorigin.vsix"}
    for name in ("probe", "python"):
        found[name] = folder / f"{name}.vsix"
        options = ["--no-dependencies", "--skip-license", "--allow-missing-repository", "--out", found[name]]
        subprocess.run([VSCE, "package", *options], cwd=EXTENSIONS / name, check=True, capture_output=True)
    return found


@pytest.fixture(scope="session")
def new_code_server(
    request: pytest.FixtureRequest, packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., CodeServer]]:
    """Starts a VS Code on a fresh copy of ``sources``; ``python`` is the selected interpreter, "" selects none."""
    started: list[CodeServer] = []

    def start(
        settings: dict[str, object],
        *,
        python: str = sys.executable,
        trusted: bool = True,
        sources: Path = SAMPLE,
    ) -> CodeServer:
        folder = tmp_path_factory.mktemp("vscode")
        workspace = folder / "project"
        shutil.copytree(sources, workspace)
        code = CodeServer(
            installation=Path(request.config.getoption("--code-server")).resolve(),
            folder=folder,
            workspace=workspace,
            packages=list(packages.values()),
            settings=settings,
            environment={"CODEORIGIN_TEST_PYTHON": python},
            trusted=trusted,
        )
        started.append(code)
        code.start()
        return code

    yield start
    for code in started:
        code.stop()


@pytest.fixture(scope="session")
def new_page(browser: Browser) -> Callable[[CodeServer], Page]:
    """Opens the window of a VS Code; returns when its extensions run."""

    def open_page(code: CodeServer) -> Page:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(code.url)
        page.wait_for_selector(".monaco-workbench", timeout=120_000)
        wait_for(code.is_probe_up, what="the probe extension", seconds=120)
        return page

    return open_page


@pytest.fixture(scope="session")
def settings(server_settings: dict[str, object]) -> dict[str, object]:
    """The server's settings and the theme of all pictures, as VS Code has them."""
    settings = {f"codeorigin.{name}": value for name, value in server_settings.items()}
    return settings | {"workbench.colorTheme": THEMES["dark"]}


@pytest.fixture(scope="module")
def code(new_code_server: Callable[..., CodeServer], settings: dict[str, object]) -> CodeServer:
    """A VS Code for all tests of a module, which build on each other."""
    return new_code_server(settings)


@pytest.fixture(scope="module")
def page(code: CodeServer, new_page: Callable[[CodeServer], Page]) -> Iterator[Page]:
    """Its window."""
    page = new_page(code)
    yield page
    page.close()


@pytest.fixture(scope="module")
def source(code: CodeServer, page: Page) -> Path:
    """The open Python sample, once it has findings."""
    path = code.workspace / "ledger.py"
    code.ask("open", path=str(path))
    findings(code, path, 2)
    return path
