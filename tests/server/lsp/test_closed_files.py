"""Findings in files that are not open follow the settings and the disk, without another scan."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import RawServer, serving, workspace_folder

PUSHED = "textDocument/publishDiagnostics"
CHANGED, DELETED = 2, 3


class Scanned:
    """A server that has scanned two files with one finding each."""

    def __init__(self, server: RawServer, root: Path) -> None:
        self.server = server
        self.root = root
        self.first, self.second = root / "first.py", root / "second.py"
        self.scan()
        assert [len(self.pushed(file)) for file in (self.first, self.second)] == [1, 1]

    def scan(self) -> None:
        self.server.command("codeorigin.scanWorkspace", None, {"quiet": True})

    def pushed(self, file: Path) -> list[dict[str, Any]]:
        """The next diagnostics of the file."""
        return self.server.findings(file.as_uri())

    def tell(self, file: Path, kind: int) -> None:
        """Tell the server of a change on disk."""
        change = {"uri": file.as_uri(), "type": kind}
        self.server.notify("workspace/didChangeWatchedFiles", {"changes": [change]})

    def project(self, text: str) -> None:
        """Write the project's settings."""
        file = self.root / "codeorigin.toml"
        file.write_text(text, encoding="utf-8")
        self.tell(file, CHANGED)


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with serving(folders=[]) as running:
        yield running


@pytest.fixture
def scanned(server: RawServer, tmp_path: Path) -> Iterator[Scanned]:
    """The scan of a folder that is the server's only one during the test."""
    for name in ("first", "second"):
        (tmp_path / f"{name}.py").write_text(python_function(name), encoding="utf-8")
    folder = workspace_folder(tmp_path)
    server.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
    yield Scanned(server, tmp_path)
    server.status()
    pushed = [each["params"]["uri"] for each in server.unread if each.get("method") == PUSHED]
    assert not [uri for uri in pushed if uri.startswith(folder["uri"])]
    server.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})


def test_scoring_is_switched_off_and_on(scanned: Scanned) -> None:
    scanned.project("enable = false\n")
    assert [scanned.pushed(file) for file in (scanned.first, scanned.second)] == [[], []]
    scanned.project("enable = true\n")
    scanned.scan()
    assert [len(scanned.pushed(file)) for file in (scanned.first, scanned.second)] == [1, 1]


@pytest.mark.parametrize("text", ["threshold = 1.0\n", 'languages = ["go"]\n', 'exclude = ["*.py"]\n'])
def test_settings_leave_nothing_to_report(scanned: Scanned, text: str) -> None:
    scanned.project(text)
    assert [scanned.pushed(file) for file in (scanned.first, scanned.second)] == [[], []]


def test_settings_change_what_is_reported(scanned: Scanned) -> None:
    scanned.project('severity = "error"\nexclude = ["second.py"]\n')
    assert [each["severity"] for each in scanned.pushed(scanned.first)] == [1]
    assert scanned.pushed(scanned.second) == []


def test_findings_are_accepted(scanned: Scanned) -> None:
    document = scanned.first.as_uri()
    scanned.server.open(document, python_function("first"))
    assert scanned.pushed(scanned.first)
    scanned.server.command("codeorigin.acceptFindings", document, None, {})
    assert scanned.pushed(scanned.first) == []
    accepted = scanned.root / ".codeorigin-baseline.json"
    accepted.write_text(accepted.read_text().replace("first", "second"), encoding="utf-8")
    scanned.second.write_text(python_function("first"), encoding="utf-8")
    scanned.tell(accepted, CHANGED)
    assert scanned.pushed(scanned.second) == []


def test_file_is_deleted_and_another_one_changed(scanned: Scanned) -> None:
    scanned.first.unlink()
    scanned.tell(scanned.first, DELETED)
    assert scanned.pushed(scanned.first) == []
    scanned.second.write_text("# a line more\n" + python_function("renamed"), encoding="utf-8")
    scanned.tell(scanned.second, CHANGED)
    (finding,) = scanned.pushed(scanned.second)
    assert (finding["data"]["name"], finding["range"]["start"]["line"]) == ("renamed", 1)


def test_client_that_watches_nothing_is_told_at_the_next_save(scanned: Scanned) -> None:
    third = (scanned.root / "third.py").as_uri()
    scanned.server.open(third, "x = 1\n")
    assert scanned.server.findings(third) == []
    scanned.first.unlink()
    scanned.server.notify("textDocument/didSave", {"textDocument": {"uri": third}})
    assert scanned.pushed(scanned.first) == []
    scanned.server.close(third)
    assert scanned.server.findings(third) == []


def test_open_document_decides_about_its_file(scanned: Scanned) -> None:
    scanned.server.open(scanned.first.as_uri(), python_function("first") + "\n\n" + python_function("more"))
    assert len(scanned.pushed(scanned.first)) == 2
    scanned.first.unlink()
    scanned.tell(scanned.first, DELETED)
    scanned.server.status()
    scanned.server.close(scanned.first.as_uri())
    assert scanned.pushed(scanned.first) == []
