"""``check --baseline``, ``--update-baseline`` and ``--fail-on-share``, with the shipped model."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.server.check.test_changes import ONE, THREE, TWO

from codeorigin.cli.app import main
from codeorigin.settings.accepted_findings import AcceptedFindings
from support.repositories import Repository

ACCEPTED = ".codeorigin-baseline.json"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text(f"{ONE}\n\n{TWO}")
    (tmp_path / "src/b.py").write_text(THREE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def entries(path: Path) -> list[tuple[str, str]]:
    return [(each["path"], each["name"]) for each in json.loads(path.read_text())["functions"]]


def report(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, Any]:
    code = main(["check", "--threshold", "0", "--format", "json", *options])
    return code, json.loads(capsys.readouterr().out)


def test_accepted_findings_no_longer_fail_the_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "src", "--threshold", "0", "--baseline", ACCEPTED, "--update-baseline"]) == 0
    captured = capsys.readouterr()
    assert captured.err == f"codeorigin: {ACCEPTED}: 3 findings accepted, 0 entries dropped\n"
    assert "0 findings at threshold 0; 3 accepted" in captured.out
    assert entries(folder / ACCEPTED) == [
        ("src/a.py", "first"),
        ("src/a.py", "second"),
        ("src/b.py", "third"),
    ]
    code, said = report(capsys, "src", "--baseline", ACCEPTED)
    assert (code, said["summary"]["findings"], said["summary"]["accepted"]) == (0, 0, 3)
    assert all(function["accepted"] for file in said["files"] for function in file["functions"])
    (folder / "src/b.py").write_text(THREE.replace("found = {}", "found = dict()"))
    code, said = report(capsys, "src", "--baseline", ACCEPTED, "--show", "findings")
    assert (code, [file["path"] for file in said["files"]]) == (1, ["src/b.py"])


def test_update_drops_stale_entries_of_checked_files_only(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--threshold", "0", "--baseline", ACCEPTED, "--update-baseline"]
    main(["check", "src", *options])
    (folder / "src/a.py").write_text(TWO)
    (folder / "src/b.py").write_text("")
    main(["check", "src/a.py", *options])
    assert entries(folder / ACCEPTED) == [("src/a.py", "second"), ("src/b.py", "third")]
    assert capsys.readouterr().err.splitlines()[-1].endswith("0 findings accepted, 1 entry dropped")


def test_update_from_a_change_drops_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = Repository(folder / "work")
    repository.commit({"a.py": f"{ONE}\n\n{TWO}"}, date="2020-01-01")
    options = ["--threshold", "0", "--baseline", str(folder / "work" / ACCEPTED), "--update-baseline"]
    main(["check", str(folder / "work"), *options])
    repository.write("a.py", f"{ONE}\n\n{TWO}\n\n{THREE}")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(repository.folder)
        assert main(["check", "--changed", *options]) == 0
    assert entries(repository.folder / ACCEPTED) == [("a.py", "first"), ("a.py", "second"), ("a.py", "third")]
    assert capsys.readouterr().err.splitlines()[-1].endswith("1 finding accepted, 0 entries dropped")


def test_baseline_file_is_shared_with_the_editor(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, said = report(capsys, "src")
    function = said["files"][1]["functions"][0]
    AcceptedFindings(folder).accept([(function["id"], "third", str(folder / "src/b.py"))])
    code, said = report(capsys, "src/b.py", "--baseline", ACCEPTED)
    assert (code, said["summary"]["accepted"]) == (0, 1)
    main(["check", "src", "--threshold", "0", "--baseline", ACCEPTED, "--update-baseline"])
    assert len(AcceptedFindings(folder).ids()) == 3


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["--update-baseline"], "name the file to write, with --baseline FILE"),
        (["--baseline", "src/a.py"], "a.py does not hold accepted findings; repair or delete it"),
        (["--baseline", "src/a.py", "--update-baseline"], "a.py does not hold accepted findings"),
        (["--baseline", "no/folder.json", "--update-baseline"], "folder.json cannot be written"),
    ],
)
def test_broken_baseline_file_costs_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], part: str
) -> None:
    before = (folder / "src/a.py").read_text()
    assert main(["check", "src", *options]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert part in said[0]
    assert (folder / "src/a.py").read_text() == before


@pytest.mark.parametrize(("share", "code", "how"), [
    ("0.4", 1, "more than the 40 %"), ("0.5", 0, "not more than the 50 %"), ("0", 1, "more than the 0 %"),
])  # fmt: skip
def test_fail_on_share_allows_a_share_of_lines_in_findings(
    folder: Path, capsys: pytest.CaptureFixture[str], share: str, code: int, how: str
) -> None:
    options = ["check", "src/a.py", "--threshold", "0", "--baseline", ACCEPTED]
    main([*options, "--update-baseline"])
    # 5 + 6 accepted lines, 5 + 5 new ones.
    (folder / "src/a.py").write_text(f"{ONE}\n\n{TWO}\n\n{THREE}\n\n{THREE.replace('third', 'fourth')}")
    capsys.readouterr()
    assert main([*options, "--fail-on-share", share]) == code
    said = capsys.readouterr().err
    expected = f"10 of 21 lines with a verdict are in findings: 48 %, {how} of --fail-on-share"
    assert said == f"codeorigin: {expected}\n"


def test_fail_on_share_passes_if_nothing_was_checked(folder: Path) -> None:
    (folder / "src/empty.py").write_text("")
    assert main(["check", "src/empty.py", "--fail-on-share", "0"]) == 0


def test_baseline_that_is_not_there_yet_accepts_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As at the first commit after the hook was set up."""
    code, said = report(capsys, "src", "--threshold", "0", "--baseline", "nowhere.json")
    assert (code, said["summary"]["accepted"]) == (1, 0)
    main(["check", "src", "--baseline", "nowhere.json"])
    assert "nowhere.json: no such file yet, so no finding is accepted" in capsys.readouterr().err
    assert not (folder / "nowhere.json").exists()
