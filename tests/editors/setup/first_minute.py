"""Measures a stranger's first minute: from a clone of this checkout to the first finding in VS Code.

Follows the README (clone, ``pip install .``, ``make vsix``), installs the .vsix in VS Code (code-server, which
``make test-editors`` installs), opens the walkthrough's sample and waits until it has a finding. Prints the
seconds of every step. Downloads come from pip's and npm's caches, if these are warm.

    PYTHONPATH=tests python tests/editors/setup/first_minute.py build/code-server
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from support.code_server import CodeServer
from support.waiting import wait_for

ROOT = Path(__file__).resolve().parents[3]
PROBE = ROOT / "tests" / "editors" / "vscode" / "extensions" / "probe"
PACKAGE = ("package", "--no-dependencies", "--skip-license", "--allow-missing-repository", "--out")


@contextmanager
def step(name: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:6.1f} s  {name}", flush=True)


def call(*command: str | Path, cwd: Path | None = None) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def first_minute(installation: Path, folder: Path) -> None:
    clone, venv, workspace = folder / "codeorigin", folder / "venv", folder / "project"
    with step("git clone"):
        call("git", "clone", "--quiet", ROOT, clone)
    with step("pip install . in a new environment"):
        call(sys.executable, "-m", "venv", venv)
        call(venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", clone)
    with step("make vsix"):
        call("make", "--silent", "vsix", f"PYTHON={sys.executable}", cwd=clone)
    client = clone / "vscode-client"
    probe = folder / "probe.vsix"
    call(client / "node_modules" / ".bin" / "vsce", *PACKAGE, probe, cwd=PROBE)
    workspace.mkdir()
    settings: dict[str, object] = {"codeorigin.server.path": str(venv / "bin" / "codeorigin")}
    code = CodeServer(installation, folder, workspace, [client / "codeorigin.vsix", probe], settings)
    executable = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            with step("install the extension and start VS Code"):
                code.start()
            with step("open its window"):
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.goto(code.url)
                wait_for(code.is_probe_up, what="the window's extensions", seconds=120)
            with step("open the walkthrough's sample, until it has a finding"):
                code.ask("run", command="codeorigin.openSample")
                uri = wait_for(lambda: code.ask("selection"), what="the sample")["uri"]
                wait_for(lambda: code.ask("diagnostics", uri=uri), what="a finding", seconds=120)
        finally:
            code.stop()
            browser.close()


if __name__ == "__main__":
    # A stranger has none, and pip would take what it finds there for installed.
    os.environ.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory() as temporary, step("all of it"):
        first_minute(Path(sys.argv[1]).resolve(), Path(temporary))
