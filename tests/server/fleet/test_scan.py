"""What a scan of many repositories does, and what a second one adds."""

from pathlib import Path

from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.store import Store
from codeorigin.fleet.units import ScanRequest, Unit, units_of
from support.fleet_scans import Here, content, request, run
from support.repositories import Repository, plain_functions


def test_unit_keys_depend_on_their_content_and_the_model(folders: list[Path], tmp_path: Path) -> None:
    def units(folder: Path, model: str = "m") -> list[Unit]:
        return units_of(folder, ScanRequest([], UnitKind.COMMITS, model, size=4))[0]

    first, second = units(folders[0])
    assert [len(first.commits), len(second.commits)] == [4, 2]
    assert first.seconds == tuple(sorted(first.seconds))
    assert {first.key, second.key}.isdisjoint(each.key for each in units(folders[0], model="other"))
    # A new commit leaves full units as they are.
    copy = Repository.at(tmp_path)
    copy.git("clone", "-q", str(folders[0]), str(tmp_path))
    before = units(copy.folder)
    copy.commit({"new.py": plain_functions("new")}, date="2021-01-01")
    after = units(copy.folder)
    assert after[0].key == before[0].key
    assert after[1].key != before[1].key


def test_second_run_repeats_no_work(
    folders: list[Path], model: Path, tmp_path: Path, local: dict[str, bytes]
) -> None:
    run(Here(model), request(folders[:1], model), tmp_path)
    tally, _ = run(Here(model), request(folders, model), tmp_path)
    assert (tally.done, tally.skipped) == (6, 3)
    assert content(tmp_path) == local
    # Rows that somebody deleted are computed again.
    next(tmp_path.glob("commits/*/*.parquet")).unlink()
    tally, _ = run(Here(model), request(folders, model), tmp_path)
    assert (tally.done, tally.skipped) == (1, 8)
    assert content(tmp_path) == local


def test_new_commits_are_added_and_none_counted_twice(model: Path, tmp_path: Path) -> None:
    grown = Repository(tmp_path / "grown")
    for day in range(1, 4):
        grown.commit({f"m{day}.py": plain_functions(f"f{day}")}, date=f"2020-01-0{day}")
    asked = request([grown.folder], model)
    assert run(Here(model), asked, tmp_path / "out")[0].done == 2
    grown.commit({"m4.py": plain_functions("f4")}, date="2020-01-04")
    tally, _ = run(Here(model), asked, tmp_path / "out")
    assert (tally.done, tally.skipped) == (1, 1)
    store = Store(tmp_path / "out", asked.settings)
    commits = [row["commit"] for row in store.rows(UnitKind.COMMITS)]
    assert sorted(commits) == sorted(grown.git("rev-list", "HEAD").split())
    assert sum(entry.rows for entry in store.entries()) == 4


def test_broken_repositories_are_reported_and_retried(
    folders: list[Path], model: Path, tmp_path: Path
) -> None:
    broken = Repository(tmp_path / "broken")
    broken.commit({"a.py": plain_functions("a")}, date="2020-01-01")
    broken.commit({"a.py": plain_functions("b")}, date="2020-01-02")
    # Not the version in the working tree, which git may read in place of the object.
    blob = broken.git("rev-parse", "HEAD~1:a.py")
    path = broken.folder / ".git" / "objects" / blob[:2] / blob[2:]
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(b"broken")
    empty, gone = Repository(tmp_path / "empty").folder, tmp_path / "gone"
    asked = request([broken.folder, empty, gone, folders[0]], model)
    tally, said = run(Here(model), asked, tmp_path / "out")
    assert (tally.done, tally.failed) == (3, 3)
    reasons = dict(said)
    assert reasons[str(gone)] == "no such folder"
    assert reasons[str(empty)].endswith("the repository has no commits yet")
    assert "or damaged" in reasons[str(broken.folder)]
    store = Store(tmp_path / "out", asked.settings)
    assert {each.repository for each in store.entries() if each.error} == set(reasons)
    path.write_bytes(whole)
    tally, said = run(Here(model), asked, tmp_path / "out")
    assert (tally.done, tally.skipped, tally.failed) == (1, 3, 2)


def test_tree_scan_has_one_row_per_file(folders: list[Path], model: Path, tmp_path: Path) -> None:
    asked = request(folders[1:], model, UnitKind.TREE)
    run(Here(model), asked, tmp_path)
    rows = list(Store(tmp_path, asked.settings).rows(UnitKind.TREE))
    assert sorted(row["path"] for row in rows) == sorted(2 * [f"src/m{day}.py" for day in range(1, 7)])
    assert {row["functions"] for row in rows} == {2}
    assert {row["human"] + row["unsure"] + row["llm"] for row in rows} == {12}
    assert all(0 < row["probability"] < 1 for row in rows)
