"""``check --baseline`` and ``--update-baseline``, with the shipped model."""

import json
from pathlib import Path
from typing import Any

import pytest

from codeorigin.settings.accepted_findings import AcceptedFindings
from support.command import check, complaints, run
from support.repositories import Repository, plain_functions

ACCEPTED = ".codeorigin-baseline.json"
UPDATE = ("--threshold", "0", "--update-baseline")
ONE, TWO, THREE = (plain_functions(name, number=len(name)) for name in ("first", "second", "third"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text(f"{ONE}\n\n{TWO}")
    (tmp_path / "src/b.py").write_text(THREE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def entries(path: Path) -> list[tuple[str, str]]:
    return [(each["path"], each["name"]) for each in json.loads(path.read_text())["functions"]]


def against(*options: str) -> tuple[int, Any]:
    code, report, _ = check("--threshold", "0", *options)
    return code, report


def test_accepted_findings_no_longer_fail_the_check(folder: Path) -> None:
    done = run("check", "src", *UPDATE)
    (said,) = complaints(done)
    assert done.returncode == 0
    assert said.endswith(f"{ACCEPTED}: 3 findings accepted, 0 entries dropped")
    assert done.stdout == b"3 of 3 functions are likely LLM, accepted; 0 unsure, 0 human.\n"
    kept = [("src/a.py", "first"), ("src/a.py", "second"), ("src/b.py", "third")]
    assert entries(folder / ACCEPTED) == kept
    code, report = against("src")
    assert (code, report["summary"]["findings"], report["summary"]["accepted"]) == (0, 0, 3)
    assert all(function["accepted"] for file in report["files"] for function in file["functions"])
    (folder / "src/b.py").write_text(THREE.replace("kept = []", "kept = list()"))
    code, report = against("src")
    new = [file["path"] for file in report["files"] for each in file["functions"] if not each["accepted"]]
    assert (code, new) == (1, ["src/b.py"])


@pytest.mark.parametrize(
    ("options", "settings", "accepted"),
    [
        ([], "", 1),
        (["--no-baseline"], "", 0),
        ([], 'baseline = ".codeorigin-old.json"', 0),
        (
            [],
            'baseline = "../x.json"',
            1,
        ),  # a project names no file elsewhere: said, and the usual one is read
    ],
)
def test_the_projects_file_is_read_from_its_folders_too(
    folder: Path, options: list[str], settings: str, accepted: int
) -> None:
    _, report = against("src/b.py")
    (function,) = report["files"][0]["functions"]
    AcceptedFindings(folder, ACCEPTED).accept([(function["id"], "third", str(folder / "src/b.py"))])
    (folder / "codeorigin.toml").write_text(settings)
    code, report = against("src", *options)
    assert (code, report["summary"]["accepted"]) == (1, accepted)


def test_a_file_above_the_repository_is_not_its_own(folder: Path) -> None:
    run("check", "src", "--threshold", "0", "--baseline", ACCEPTED, "--update-baseline")
    (folder / "src/.git").mkdir()
    assert against("src")[1]["summary"]["accepted"] == 0


def test_update_drops_stale_entries_of_checked_files_only(folder: Path) -> None:
    run("check", *UPDATE)
    (folder / "src/a.py").write_text(TWO)
    (folder / "src/b.py").write_text("")
    said = complaints(run("check", "src/a.py", *UPDATE))
    assert entries(folder / ACCEPTED) == [("src/a.py", "second"), ("src/b.py", "third")]
    assert said[-1].endswith("0 findings accepted, 1 entry dropped")


def test_update_from_a_change_drops_nothing(folder: Path) -> None:
    repository = Repository(folder / "work")
    repository.commit({"a.py": f"{ONE}\n\n{TWO}"}, date="2020-01-01")
    run("check", ".", *UPDATE, cwd=repository.folder)
    repository.write("a.py", f"{ONE}\n\n{TWO}\n\n{THREE}")
    done = run("check", "--changed", *UPDATE, cwd=repository.folder)
    assert done.returncode == 0
    assert entries(repository.folder / ACCEPTED) == [("a.py", "first"), ("a.py", "second"), ("a.py", "third")]
    assert complaints(done)[-1].endswith("1 finding accepted, 0 entries dropped")


def test_files_outside_of_the_folder_keep_their_own_entries(folder: Path) -> None:
    """They were known by their base names, so that ``a/util.py`` took the entry of ``b/util.py`` away."""
    for place, text in (("a", ONE), ("b", TWO)):
        (folder / place).mkdir()
        (folder / place / "util.py").write_text(text)
    (folder / "base").mkdir()
    baseline = "base/accepted.json"
    update = ("--threshold", "0", "--baseline", baseline, "--update-baseline")
    for place in ("a", "b", "a"):
        run("check", place, *update)
    assert entries(folder / baseline) == [("../a/util.py", "first"), ("../b/util.py", "second")]
    assert against("a", "b", "--baseline", baseline)[0] == 0


def test_a_linked_folder_of_a_repository_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (folder / "ci").symlink_to(outside)
    done = run("check", "src", "--threshold", "0", "--baseline", "ci/accepted.json", "--update-baseline")
    assert done.returncode == 2
    assert complaints(done)[-1].endswith(
        "accepted.json cannot be written: a symbolic link, which is not followed"
    )
    assert list(outside.iterdir()) == []


def test_a_huge_file_is_refused_before_it_is_parsed(folder: Path) -> None:
    (folder / "huge.json").write_text('{"version": 1, "functions": [' + " " * 5_000_000 + "]}")
    done = run("check", "src", "--baseline", "huge.json")
    assert (done.returncode, len(complaints(done))) == (2, 1)
    assert "huge.json is larger than 4,000,000 bytes" in complaints(done)[0]


def test_baseline_that_is_not_there_yet_accepts_nothing(folder: Path) -> None:
    """As at the first commit after the hook was set up."""
    code, report = against("src", "--baseline", "nowhere.json")
    assert (code, report["summary"]["accepted"]) == (1, 0)
    done = run("check", "src", "--baseline", "nowhere.json")
    assert b"nowhere.json: no such file yet, so no finding is accepted" in done.stderr
    assert not (folder / "nowhere.json").exists()
