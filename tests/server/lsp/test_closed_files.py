"""Findings in files that are not open follow the settings and the disk, without another scan and by one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import FAULTY, RawServer, serving, workspace_folder

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


def change_folders(server: RawServer, added: Sequence[Path] = (), removed: Sequence[Path] = ()) -> None:
    event = {
        "added": [workspace_folder(path) for path in added],
        "removed": [workspace_folder(path) for path in removed],
    }
    server.notify("workspace/didChangeWorkspaceFolders", {"event": event})


def scan(server: RawServer, root: Path, folder: Path | None = None) -> dict[str, list[dict[str, Any]]]:
    """What a scan (of one folder) pushes about files below ``root``, by name."""
    server.command("codeorigin.scanWorkspace", folder and folder.as_uri(), {"quiet": True})
    pushed = [m["params"] for m in server.unread if m.get("method") == PUSHED]
    server.unread.clear()
    below = [each for each in pushed if each["uri"].startswith(root.as_uri())]
    return {each["uri"].rsplit("/", 1)[1]: each["diagnostics"] for each in below}


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with serving(command=FAULTY, folders=[]) as running:
        yield running


@pytest.fixture
def scanned(server: RawServer, tmp_path: Path) -> Iterator[Scanned]:
    """The scan of a folder that is the server's only one during the test."""
    for name in ("first", "second"):
        (tmp_path / f"{name}.py").write_text(python_function(name), encoding="utf-8")
    change_folders(server, added=[tmp_path])
    yield Scanned(server, tmp_path)
    server.status()
    pushed = [each["params"]["uri"] for each in server.unread if each.get("method") == PUSHED]
    assert not [uri for uri in pushed if uri.startswith(tmp_path.as_uri())]
    change_folders(server, removed=[tmp_path])


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


def test_rescan_clears_stale_findings_and_scores_nothing_again(server: RawServer, tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.py" for name in ("stays", "goes", "hidden", "opened")}
    for name, path in files.items():
        path.write_text(f"# COUNT\n{python_function(name)}", encoding="utf-8")
    change_folders(server, added=[tmp_path])
    before = server.errors.count(b"counted")
    first = scan(server, tmp_path)
    assert {name: len(found) for name, found in first.items()} == {f"{name}.py": 1 for name in files}
    opened = files["opened"].as_uri()
    server.open(opened, python_function("opened"))
    assert server.findings(opened)
    files["goes"].unlink()
    files["opened"].unlink()
    settings = tmp_path / "codeorigin.toml"
    settings.write_text('exclude = ["hidden.py"]\n', encoding="utf-8")
    watched = {"changes": [{"uri": settings.as_uri(), "type": 1}]}
    server.notify("workspace/didChangeWatchedFiles", watched)
    second = scan(server, tmp_path)
    assert len(second.pop("stays.py")) == 1
    assert second == {"goes.py": [], "hidden.py": []}
    assert set(scan(server, tmp_path)) == {"stays.py"}
    assert server.errors.count(b"counted") - before == len(files)
    server.close(opened)
    change_folders(server, removed=[tmp_path])


def test_findings_of_a_removed_folder_are_cleared(server: RawServer, tmp_path: Path) -> None:
    stays, goes = folders = [tmp_path / name for name in ("stays", "goes")]
    for folder in folders:
        folder.mkdir()
        for name in ("closed", "opened"):
            (folder / f"{name}_{folder.name}.py").write_text(python_function(name), encoding="utf-8")
    change_folders(server, added=folders)
    server.unread.clear()
    found = {name for name, diagnostics in scan(server, tmp_path).items() if diagnostics}
    assert found == {"closed_stays.py", "opened_stays.py", "closed_goes.py", "opened_goes.py"}
    opened = (goes / "opened_goes.py").as_uri()
    server.open(opened, python_function("opened"))
    assert server.findings(opened)
    change_folders(server, removed=[goes])
    assert server.findings((goes / "closed_goes.py").as_uri()) == []
    assert set(scan(server, tmp_path)) == {"closed_stays.py", "opened_stays.py"}
    server.close(opened)
    change_folders(server, removed=[stays])


def test_innermost_folder_decides_about_a_file(server: RawServer, tmp_path: Path) -> None:
    """As for an open file: it is not scored if that folder excludes it."""
    inner = tmp_path / "sub"
    inner.mkdir()
    for path in (tmp_path / "x.py", tmp_path / "y.py", inner / "x_inside.py", inner / "y_inside.py"):
        path.write_text(python_function("f"), encoding="utf-8")
    (tmp_path / "codeorigin.toml").write_text('exclude = ["y.py", "y_inside.py"]\n', encoding="utf-8")
    (inner / "codeorigin.toml").write_text('exclude = ["x_inside.py"]\n', encoding="utf-8")
    change_folders(server, added=[tmp_path, inner])
    for folder in (None, tmp_path):
        assert set(scan(server, tmp_path, folder)) == {"x.py", "y_inside.py"}
    assert set(scan(server, tmp_path, inner)) == {"y_inside.py"}
    excluded = (inner / "x_inside.py").as_uri()
    server.open(excluded, python_function("f"))
    assert server.findings(excluded) == []
    server.close(excluded)
    change_folders(server, removed=[tmp_path, inner])
