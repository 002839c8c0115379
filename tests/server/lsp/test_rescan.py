"""Rescanning the workspace: unchanged files are not scored again, deleted ones are no longer shown."""

from pathlib import Path
from typing import Any

from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import RawServer, serving, workspace_folder
from tests.server.lsp.test_process import FAULTY


def scan(server: RawServer, folder: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """What a scan (of one folder) pushes, by file name."""
    server.command("codeorigin.scanWorkspace", folder, {"quiet": True})
    pushed = [m["params"] for m in server.unread if m.get("method") == "textDocument/publishDiagnostics"]
    server.unread.clear()
    return {each["uri"].rsplit("/", 1)[1]: each["diagnostics"] for each in pushed}


def test_rescan_clears_stale_findings(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.py" for name in ("stays", "goes", "hidden", "opened")}
    for name, path in files.items():
        path.write_text(f"# COUNT\n{python_function(name)}", encoding="utf-8")
    with serving(command=FAULTY, root=tmp_path) as server:
        first = scan(server)
        assert {name: len(found) for name, found in first.items()} == dict.fromkeys(
            ("stays.py", "goes.py", "hidden.py", "opened.py"), 1
        )
        server.open(files["opened"].as_uri(), python_function("opened"))
        assert server.findings(files["opened"].as_uri())
        files["goes"].unlink()
        files["opened"].unlink()
        (tmp_path / "codeorigin.toml").write_text('exclude = ["hidden.py"]\n', encoding="utf-8")
        watched = {"changes": [{"uri": (tmp_path / "codeorigin.toml").as_uri(), "type": 1}]}
        server.notify("workspace/didChangeWatchedFiles", watched)
        second = scan(server)
        assert len(second.pop("stays.py")) == 1
        assert second == {"goes.py": [], "hidden.py": []}
        assert set(scan(server)) == {"stays.py"}
    assert server.errors.count(b"counted") == len(files)


def test_findings_of_a_removed_folder_are_cleared(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("stays", "goes")]
    for folder in folders:
        folder.mkdir()
        for name in ("closed", "opened"):
            (folder / f"{name}_{folder.name}.py").write_text(python_function(name), encoding="utf-8")
    with serving(folders=folders) as server:
        assert {name for name, found in scan(server).items() if found} == {
            "closed_stays.py",
            "opened_stays.py",
            "closed_goes.py",
            "opened_goes.py",
        }
        opened = (folders[1] / "opened_goes.py").as_uri()
        server.open(opened, python_function("opened"))
        assert server.findings(opened)
        server.unread.clear()
        event = {"added": [], "removed": [workspace_folder(folders[1])]}
        server.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        told = server.told("textDocument/publishDiagnostics")
        assert (told["uri"], told["diagnostics"]) == ((folders[1] / "closed_goes.py").as_uri(), [])
        assert set(scan(server)) == {"closed_stays.py", "opened_stays.py"}


def test_innermost_folder_decides_about_a_file(tmp_path: Path) -> None:
    """As for an open file: it is not scored if that folder excludes it."""
    inner = tmp_path / "sub"
    inner.mkdir()
    for path in (tmp_path / "x.py", tmp_path / "y.py", inner / "x_inside.py", inner / "y_inside.py"):
        path.write_text(python_function("f"), encoding="utf-8")
    (tmp_path / "codeorigin.toml").write_text('exclude = ["y.py", "y_inside.py"]\n', encoding="utf-8")
    (inner / "codeorigin.toml").write_text('exclude = ["x_inside.py"]\n', encoding="utf-8")
    with serving(folders=[tmp_path, inner]) as server:
        for arguments in ([None], [tmp_path.as_uri()]):
            assert set(scan(server, *arguments)) == {"x.py", "y_inside.py"}
        assert set(scan(server, inner.as_uri())) == {"y_inside.py"}
        server.open((inner / "x_inside.py").as_uri(), python_function("f"))
        assert server.findings((inner / "x_inside.py").as_uri()) == []
