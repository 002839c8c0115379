"""The scan command: its list of repositories, and its report on all of them."""

import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.fleet import report as fleet_report
from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.report import write_fleet_report
from codeorigin.fleet.scan import read_repositories
from codeorigin.fleet.store import Store
from codeorigin.fleet.units import Unit
from codeorigin.fleet.work import UnitResult
from support.command import complaints
from support.command import run as run_command
from support.fleet_scans import Here, request, run


def test_list_of_repositories_is_read(tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("# ours\none\n\n  /two  \none\n")
    assert read_repositories(listed) == [tmp_path / "one", Path("/two")]
    listed.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    assert read_repositories(listed) == [tmp_path / "one", tmp_path / "two"]
    listed.write_text("# none\n")
    with pytest.raises(CodeOriginError, match="names no repository"):
        read_repositories(listed)
    with pytest.raises(CodeOriginError, match="cannot be read"):
        read_repositories(tmp_path / "gone")


@pytest.mark.parametrize("of", ["commits", "tree"])
def test_scan_command_writes_a_report_on_all_repositories(
    folders: list[Path], model: Path, tmp_path: Path, of: str
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(map(str, [*folders, tmp_path / "<i>gone"])))
    out = tmp_path / "out"
    given = ("scan", listed, "--output", out, "--model", model, "--jobs", "1", "--of", of)
    done = run_command(*given)
    assert done.returncode == 2
    said = complaints(done)
    assert said[0].endswith("gone: no such folder")
    assert said[-1].startswith("codeorigin: 4 repositories: 3 units done, 0 done before, 1 failed; report in")
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "CodeOrigin scan of 3 repositories" in text
    assert "&lt;i&gt;gone" in text
    assert "<script" not in text
    assert "ann@example.org" not in text.lower()
    rows = pq.read_table(out / "repositories.parquet").to_pylist()
    assert [row["lines"] for row in rows] == [72, 72, 72]
    assert [row["functions"] for row in rows] == [12, 12, 12]
    assert f"<b>18</b><span>{'files' if of == 'tree' else 'commits'}</span>" in text
    assert "<b>216</b><span>lines judged</span>" in text
    listed.write_text("\n".join(map(str, folders)))
    done = run_command(*given)
    assert done.returncode == 0
    assert b"0 units done, 3 done before, 0 failed" in done.stderr


# A terminal sends Ctrl-C to all processes of the command at once. In a shell's background, they would ignore it.
INTERRUPTED = """\
import os, signal, sys
from codeorigin.cli import app
from codeorigin.fleet import report as fleet_report
from codeorigin.fleet import engines, store

signal.signal(signal.SIGINT, signal.default_int_handler)
moment, at = sys.argv[1], int(sys.argv[2])
place, name = {
    "wait": (engines, "wait"), "write": (store.Store, "put"), "report": (fleet_report, "_page")
}[moment]
usual, calls = getattr(place, name), []

def interrupting(*given, **options):
    result = usual(*given, **options)
    calls.append(given)
    if len(calls) == at:
        os.killpg(0, signal.SIGINT)
    return result

setattr(place, name, interrupting)
sys.exit(app.main(sys.argv[3:]))
"""


@pytest.mark.parametrize(("moment", "at", "kept"), [("wait", 1, 0), ("write", 4, 4), ("report", 1, 6)])
def test_interrupted_scan_keeps_finished_work_and_resumes(
    folders: list[Path], model: Path, tmp_path: Path, moment: str, at: int, kept: int
) -> None:
    many = [tmp_path / name for name in "abc"]
    for link, folder in zip(many, folders, strict=True):
        link.symlink_to(folder)
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(map(str, [*folders, *many])))
    out = tmp_path / "out"
    given = ["scan", str(listed), "--output", str(out), "--model", str(model), "--jobs", "2"]
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, moment, str(at), *given],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (130, "")
    said = "codeorigin: stopped; what is done is kept, and the same command goes on from there\n"
    assert done.stderr == said
    assert not (out / "report.html").exists()
    assert not list(out.rglob("*.part"))
    assert len(list(out.glob("manifest/*/*/*.json"))) == len(list(out.glob("commits/*/*.parquet"))) == kept
    if moment != "write":
        return
    again = run_command(*given)
    assert again.returncode == 0
    assert f"{6 - kept} units done, {kept} done before, 0 failed; report" in again.stderr.decode()
    assert [row["functions"] for row in pq.read_table(out / "repositories.parquet").to_pylist()] == 6 * [12]


def test_repositories_with_the_same_name_are_distinguished(
    folders: list[Path], model: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.txt"
    for number, folder in enumerate(folders[:2]):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "repo").symlink_to(folder)
    listed.write_text("0/repo\n1/repo\n")
    out = tmp_path / "out"
    done = run_command("scan", listed, "-o", out, "--model", model, "--jobs", "1", "--of", "tree")
    assert done.returncode == 0
    text = (out / "report.html").read_text(encoding="utf-8")
    assert re.findall(r'title="(./repo): 72 lines', text) == ["0/repo", "1/repo"]


def test_report_names_only_failures_of_its_own_kind(tmp_path: Path) -> None:
    store = Store(tmp_path, {})
    store.put_failure("/one", UnitKind.TREE, "no such folder")
    write_fleet_report(store, UnitKind.COMMITS, "m")
    assert "/one" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    write_fleet_report(store, UnitKind.TREE, "m")
    assert "/one" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_page_on_many_repositories_lists_only_the_largest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet_report, "MOST_LISTED", 2)
    monkeypatch.setattr(fleet_report, "_ROWS_AT_ONCE", 2)
    store = Store(tmp_path, {})
    for number, name in enumerate(("/a", "/b", "/c", "/d", "/e")):
        row = {"repository": name, "commit": "0", "path": "x.py", "blob": "0", "language": "python"}
        row |= {"functions": 1, "human": 10 * (number % 3), "unsure": 0, "llm": 1, "band": "llm"}
        store.put(Unit(name, UnitKind.TREE, ("0",), (0,), True, "m"), UnitResult((row,)))
        store.put_failure(f"{name}{name}", UnitKind.TREE, "odd")
    write_fleet_report(store, UnitKind.TREE, "m")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "CodeOrigin scan of 5 repositories" in text
    assert "The 2 of 5 with the most lines; repositories.parquet has all." in text
    assert re.findall(r'<th scope="row">([^<]*)</th>', text) == ["/b", "/c"]
    assert "Failed: 5" in text
    assert text.count("<li>") == 2
    assert "And 3 more; the files in the folder manifest have all." in text
    rows = pq.read_table(tmp_path / "repositories.parquet").to_pylist()
    assert [(row["repository"], row["lines"]) for row in rows] == [
        ("/a", 1), ("/b", 11), ("/c", 21), ("/d", 1), ("/e", 11),
    ]  # fmt: skip
    assert {row["judged_llm"] for row in rows} == {1}


def test_totals_of_all_repositories_have_no_folders(folders: list[Path], model: Path, tmp_path: Path) -> None:
    asked = request(folders, model)
    run(Here(model), asked, tmp_path)
    totals = fleet_report._sums(Store(tmp_path, asked.settings), UnitKind.COMMITS).totals
    assert (totals.commits, totals.all.lines, totals.folders) == (18, 216, {})
    assert totals.languages["python"] == totals.all
