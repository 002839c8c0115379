"""Notebook cells in a scan, and how its report counts their files."""

from pathlib import Path

from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.report import write_fleet_report
from codeorigin.fleet.store import Store
from codeorigin.history.formats.charts import treemap
from codeorigin.history.totals import Share
from codeorigin.model.verdict import Band
from support.fleet_scans import Here, request, run
from support.notebooks import notebook
from support.repositories import Repository, plain_functions


def test_scan_reads_notebooks(model: Path, tmp_path: Path) -> None:
    made = Repository(tmp_path / "made")
    files = {"n.ipynb": notebook(plain_functions("cell"), ("markdown", "text"), plain_functions("other"))}
    made.commit(files, date="2020-01-01")
    found = {}
    for kind in UnitKind:
        asked = request([made.folder], model, kind)
        run(Here(model), asked, tmp_path / kind)
        found[kind] = list(Store(tmp_path / kind, asked.settings).rows(kind))
    (commit,) = found[UnitKind.COMMITS]
    assert (commit["functions"], commit["written"]) == (2, 2)
    assert [row["path"] for row in found[UnitKind.TREE]] == ["n.ipynb", "n.ipynb"]
    assert all((row["functions"], row["language"]) == (1, "python") for row in found[UnitKind.TREE])


def test_report_uses_singular_and_plural_correctly(model: Path, tmp_path: Path) -> None:
    made = Repository(tmp_path / "made")
    made.commit({"n.ipynb": notebook(plain_functions("one"), plain_functions("two"))}, date="2020-01-01")
    asked = request([made.folder], model, UnitKind.TREE)
    run(Here(model), asked, tmp_path / "out")
    write_fleet_report(Store(tmp_path / "out", asked.settings), UnitKind.TREE, "m")
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<b>1</b><span>files</span>" in text
    assert "12 lines of 1 file;" in text
    shares = {f"r{number}": Share(1, 1, dict.fromkeys(Band, 1)) for number in range(49)}
    assert "1 other repository:" in treemap(shares, kinds=("repository", "repositories"), unit="file")
    assert "2 other folders: 6 lines of 2 commits;" in treemap(shares | {"r49": shares["r0"]})
