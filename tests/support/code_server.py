"""VS Code running as code-server, with extensions, settings and the probe that tests query it through."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator, Page

from support.waiting import PATIENCE, wait_for

THEMES = {"light": "Default Light Modern", "dark": "Default Dark Modern"}

USER_SETTINGS: dict[str, object] = {
    # In a browser, files are saved a second after an edit: what a test reverts would be saved on a busy machine.
    "files.autoSave": "off",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": True,
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "telemetry.telemetryLevel": "off",
    "typescript.validate.enable": False,
    "editor.minimap.enabled": False,
    "editor.hover.delay": 100,
    "files.simpleDialog.enable": True,
}


@dataclass
class CodeServer:
    """One running VS Code.

    ``installation`` is the folder that setup/code_server.sh filled, ``folder`` holds its data, ``environment``
    is added to the extension host's.
    """

    installation: Path
    folder: Path
    workspace: Path
    packages: list[Path]
    settings: dict[str, object]
    environment: dict[str, str] = field(default_factory=dict)
    trusted: bool = True

    def __post_init__(self) -> None:
        self.port, self.probe_port = free_port(), free_port()
        self.log = self.folder / "code-server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/?folder={self.workspace}"

    def start(self) -> None:
        """Install the extensions and start; returns when the window can be opened."""
        user = self.folder / "user"
        # A browser window is a remote one: paths on the machine are only read from the machine's own settings.
        for name, settings in (("User", USER_SETTINGS | self.settings), ("Machine", self.settings)):
            (user / name).mkdir(parents=True)
            (user / name / "settings.json").write_text(json.dumps(settings))
        folders = ["--user-data-dir", str(user), "--extensions-dir", str(self.folder / "extensions")]
        installs = [part for package in self.packages for part in ("--install-extension", str(package))]
        with self.log.open("wb") as log:
            self._run([*folders, *installs], log).wait(120)
        options = ["--auth", "none", "--bind-addr", f"127.0.0.1:{self.port}"]
        options += ["--disable-telemetry", "--disable-update-check"]
        if self.trusted:
            options.append("--disable-workspace-trust")
        with self.log.open("ab") as log:
            self._process = self._run([*options, *folders, str(self.workspace)], log)
        self._wait_for_port()

    def stop(self) -> None:
        """Stop it and everything that it started."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def ask(self, question: str, **details: object) -> Any:
        """Ask the probe extension (extensions/probe/main.js); raises AssertionError with the editor's error."""
        body = json.dumps({"question": question, **details}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.probe_port}", body)
        with urllib.request.urlopen(request, timeout=120) as response:
            answer = json.load(response)
        assert "error" not in answer, f"{question}: {answer['error']}"
        return answer["value"]

    def is_probe_up(self) -> bool:
        """Whether the extension host is running and the probe answers."""
        try:
            socket.create_connection(("127.0.0.1", self.probe_port), 1).close()
        except OSError:
            return False
        return True

    def _run(self, arguments: list[str], log: Any) -> subprocess.Popen[bytes]:
        binaries = self.installation / "bin"
        environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(binaries), *_path_without("codeorigin")]),
            "CODE_SERVER_CONFIG": str(self.folder / "config.yaml"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "CODEORIGIN_PROBE_PORT": str(self.probe_port),
            **self.environment,
        }
        command = [str(self.installation / "node_modules" / ".bin" / "code-server"), *arguments]
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def _wait_for_port(self) -> None:
        for _ in range(600):
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text(errors="replace")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"code-server does not listen:\n{self.log.read_text(errors='replace')}")


def _path_without(command: str) -> list[str]:
    """The folders of PATH that do not contain ``command``: what a user has installed must not affect a test."""
    return [
        folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / command).exists()
    ]


def free_port() -> int:
    """A port on this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _of(document: Path | str) -> dict[str, str]:
    """A file or the URI of a document, as the probe expects it."""
    return {"path": str(document)} if isinstance(document, Path) else {"uri": document}


def reported(code: CodeServer, document: Path | str) -> list[Any]:
    """The findings on functions, without the one on a selection."""
    return [each for each in code.ask("diagnostics", **_of(document)) if each["code"] == "likely-llm"]


def findings(code: CodeServer, document: Path | str, count: int, *, seconds: float = PATIENCE) -> list[Any]:
    """The findings of a document, once there are ``count``."""
    found: list[Any] = wait_for(
        lambda: reported(code, document),
        done=lambda answer: len(answer) == count,
        what=f"{count} findings in {document}",
        seconds=seconds,
    )
    return found


def hover_text(code: CodeServer, document: Path | str, place: dict[str, int], part: str = "▰") -> str:
    """All hovers at a place, once they contain ``part``, by default the explanation."""
    return wait_for(
        lambda: "\n".join(code.ask("hover", **_of(document), at=place)),
        done=lambda text: part in text,
        what=f"a hover with {part}",
    )


def wait_for_state(code: CodeServer, state: str) -> None:
    """Wait until the server has this status."""
    wait_for(
        lambda: code.ask("status")["state"], done=lambda found: found == state, what=f"the state {state}"
    )


def wait_for_selection(code: CodeServer, line: int, *, at_least: bool = False) -> None:
    """Wait until the caret is on a line, or on or below it."""
    wait_for(
        lambda: code.ask("selection"),
        done=lambda seen: seen is not None and (seen["line"] == line or (at_least and seen["line"] > line)),
        what=f"the caret on line {line}",
    )


def webview(page: Page) -> FrameLocator:
    """The page inside the only panel that shows one."""
    return page.frame_locator("iframe.webview").frame_locator("iframe")


def take_pictures(
    code: CodeServer, page: Page, folder: Path, name: str, themes: Mapping[str, str] = THEMES
) -> None:
    """Write NAME-THEME.png for every theme."""
    for theme, title in themes.items():
        code.ask("set", name="workbench.colorTheme", value=title)
        page.wait_for_timeout(1000)
        page.screenshot(path=folder / f"{name}-{theme}.png")


def line_of(path: Path, text: str) -> int:
    """The number, from 0, of the first line of a file that contains ``text``."""
    return next(number for number, line in enumerate(path.read_text().splitlines()) if text in line)


def at(line: int, character: int = 5) -> dict[str, int]:
    """A position, as the probe expects it."""
    return {"line": line, "character": character}
