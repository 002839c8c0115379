"""Repositories that are incomplete or odd: the rest of the scan is still done."""

from pathlib import Path
from typing import Any

import pytest

from codeorigin.fleet import units
from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.store import Store
from codeorigin.git.repository import Repository as Opened
from codeorigin.history.request import Plan
from support.fleet_scans import Here, request, run
from support.repositories import Repository, plain_functions


@pytest.mark.parametrize("kind", UnitKind)
def test_missing_file_version_affects_only_itself(model: Path, tmp_path: Path, kind: UnitKind) -> None:
    made = Repository(tmp_path / "made")
    made.commit({"a.py": plain_functions("a"), "b.py": plain_functions("b")}, date="2020-01-01")
    made.commit({"c.py": plain_functions("c")}, date="2020-01-02")
    blob = made.git("rev-parse", "HEAD:b.py")
    path = made.folder / ".git" / "objects" / blob[:2] / blob[2:]
    whole = path.read_bytes()
    path.unlink()
    asked = request([made.folder], model, kind)
    tally, said = run(Here(model), asked, tmp_path / "out")
    assert (tally.done, tally.failed) == (0, 1)
    assert [reason[:50] for _, reason in said] == ["1 file version is not in this clone or damaged, an"]
    store = Store(tmp_path / "out", asked.settings)
    rows = list(store.rows(kind))
    assert sum(row["functions"] or 0 for row in rows) == 2
    assert [entry.error is None for entry in store.entries()] == [False]
    path.write_bytes(whole)
    tally, said = run(Here(model), asked, tmp_path / "out")
    assert (tally.done, tally.failed, said) == (1, 0, [])
    assert sum(row["functions"] for row in store.rows(kind)) == 3


def test_missing_commit_is_reported(model: Path, tmp_path: Path) -> None:
    made = Repository(tmp_path / "made")
    for day in range(1, 4):
        made.commit({f"m{day}.py": plain_functions(f"f{day}")}, date=f"2020-01-0{day}")
    name = made.git("rev-parse", "HEAD~2")
    (made.folder / ".git" / "objects" / name[:2] / name[2:]).unlink()
    asked = request([made.folder], model)
    tally, said = run(Here(model), asked, tmp_path / "out")
    assert (tally.done, tally.failed) == (0, 2)
    assert [reason.partition(" is not")[0] for _, reason in said] == ["1 commit", "1 commit"]
    store = Store(tmp_path / "out", asked.settings)
    assert [(row["functions"], row["reason"]) for row in store.rows(UnitKind.COMMITS)] == [
        (0, "unreadable"),
        (1, "too_few_functions"),
    ]


def test_unexpected_error_fails_only_its_repository(
    folders: list[Path], model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = units.plan

    def odd(repository: Opened, **options: Any) -> Plan:
        if repository.root == folders[1]:
            raise ValueError("odd\nthings")
        return kept(repository, **options)

    monkeypatch.setattr(units, "plan", odd)
    tally, said = run(Here(model), request(folders[:2], model), tmp_path)
    assert (tally.done, tally.failed) == (3, 1)
    assert said == [(str(folders[1]), "unexpected ValueError: odd things")]
