"""``check --changed``, ``--staged`` and ``--commit`` on real repositories, in this process."""

from pathlib import Path
from typing import Any

import pytest

from codeorigin.cli.app import with_optional_base
from support.command import check, complaints, reported, run
from support.repositories import Repository, plain_functions

ONE = plain_functions("first")
ALL = plain_functions("first", "second", "third")


def edited(*names: str) -> str:
    """``ALL`` with a line of these functions changed."""
    text = ALL
    for name in names:
        head = f"def {name}(values, limit):\n    kept = "
        text = text.replace(f"{head}[]", f"{head}list()")
    return text


SECOND, THIRD = edited("second"), edited("third")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": ALL, "sub/b.py": ALL, "notes.txt": "x\n"}, date="2020-01-01")
    monkeypatch.chdir(made.folder)
    return made


def names(report: Any) -> dict[str, list[str]]:
    return {file["path"]: [each["name"] for each in file["functions"]] for file in report["files"]}


def checked(*options: str) -> dict[str, list[str]]:
    """The names of the checked functions, by file."""
    return names(reported(*options))


def test_only_functions_with_changed_lines_are_checked(repository: Repository) -> None:
    repository.write("a.py", SECOND)
    code, report, said = check("--threshold", "0", "--changed")
    assert (code, said, names(report)) == (1, [], {"a.py": ["second"]})
    (file,) = report["files"]
    (function,) = file["functions"]
    assert (file["changed_lines"], file["verdict"], function["counted_lines"]) == ([[10, 10]], None, 1)
    summary = report["summary"]
    assert (summary["findings"], summary["lines"], summary["finding_lines"]) == (1, 1, 1)
    head = repository.git("rev-parse", "HEAD")
    assert report["change"].pop("verdict")["reason"] == "too_few_functions"
    assert report["change"] == {
        "kind": "working_tree", "revision": None, "old": head, "new": None, "parents": 0, "declared": None,
        "tells_moves": True,
    }  # fmt: skip
    # The functions that did not change still count as context.
    assert function["probability"] == reported("a.py")["files"][0]["functions"][1]["probability"]
    assert check("--changed", "--staged")[0] == 2


def test_changed_lines_outside_functions_and_deleted_lines_do_not_count(repository: Repository) -> None:
    repository.write("a.py", f"import os\n{ALL}\nfirst([os])\n")
    code, report, said = check("--threshold", "0", "--changed")
    assert (code, said, names(report)) == (0, [], {"a.py": []})
    repository.write("a.py", ALL.replace("    kept = []\n", ""))
    code, report, said = check("--threshold", "0", "--changed")
    assert (code, names(report)) == (0, {})
    assert said == [
        "codeorigin: nothing to check: the working tree against HEAD changes no source file of a supported language here"
    ]


def test_staged_checks_the_index_instead_of_the_working_tree(repository: Repository) -> None:
    repository.write("a.py", SECOND)
    repository.git("add", "a.py")
    repository.write("a.py", THIRD)
    assert checked("--staged") == {"a.py": ["second"]}
    assert checked("--changed") == {"a.py": ["third"]}


def test_changes_since_a_base_and_of_a_commit_are_checked(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"a.py": SECOND}, date="2020-01-02")
    repository.commit({"sub/b.py": THIRD}, date="2020-01-03")
    assert checked("--changed", "main") == {"a.py": ["second"], "sub/b.py": ["third"]}
    assert checked("--changed=main", "sub") == {"sub/b.py": ["third"]}
    assert checked("--commit", "HEAD~1") == {"a.py": ["second"]}
    code, report, said = check("--commit", "HEAD~1", "--", "sub")
    assert (code, names(report)) == (0, {})
    assert "commit" in said[0]


def test_a_range_has_both_ends_or_is_one_line(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"a.py": SECOND}, date="2020-01-02")
    repository.commit({"a.py": edited("second", "third")}, date="2020-01-03")
    repository.git("checkout", "-q", "main")
    repository.commit({"sub/b.py": THIRD}, date="2020-01-04")
    repository.git("checkout", "-q", "work")
    # As in git: two dots start from main itself, three from where the branch left it.
    assert checked("--changed", "main..HEAD~1") == {"a.py": ["second"], "sub/b.py": ["third"]}
    assert checked("--changed", "main...HEAD~1") == {"a.py": ["second"]}
    assert checked("--changed", "HEAD~1..") == {"a.py": ["third"]}
    for arguments in (
        ("check", "--commit", "main..HEAD"),
        ("check", "--commit", "^main"),
        ("check", "--changed", "^main"),
        ("check", "--changed", "main..no-such-branch"),
        ("history", "--revision", "main..HEAD"),
        ("history", "--revision", "^main"),
    ):
        done = run(*arguments)
        assert (done.returncode, len(complaints(done))) == (2, 1), arguments
        assert "unexpected" not in complaints(done)[0]


def test_path_in_place_of_a_base_is_explained(repository: Repository) -> None:
    code, _, said = check("--changed", "sub")
    assert (code, said) == (2, ["codeorigin: sub: is a path and no revision; write --changed -- sub"])
    repository.write("sub/b.py", THIRD)
    assert checked("--changed", "--", "sub") == {"sub/b.py": ["third"]}
    assert checked("--changed", "--", "a.py") == {}


def test_paths_are_relative_to_the_current_folder(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "sub/b.py"):
        repository.write(name, THIRD)
    monkeypatch.chdir(repository.folder / "sub")
    assert set(checked("--changed")) == {"../a.py", "b.py"}
    assert set(checked("--changed", "--", ".")) == {"b.py"}
    code, _, said = check("--changed", "--", str(tmp_path))
    assert code == 2
    assert said[0].startswith(f"codeorigin: {tmp_path}: is outside this repository")


def test_paths_select_files_in_a_bare_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"dots./c.py": ALL, "dots/d.py": ALL}, date="2020-01-02")
    repository.git("clone", "-q", "--bare", str(repository.folder), str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    for path, expected in (
        (".", {"dots./c.py", "dots/d.py"}),
        ("./dots.", {"dots./c.py"}),
        ("dots", {"dots/d.py"}),
    ):
        _, report, said = check("--commit", "HEAD", "--", path)
        assert (set(names(report)), said) == (expected, [])


def test_options_filter_the_changed_files(repository: Repository) -> None:
    for name in ("a.py", "gen/c.py", "d.go"):
        repository.write(name, ALL + "\n" + plain_functions("fourth"))
    assert set(checked("--changed")) == {"a.py", "gen/c.py", "d.go"}
    assert set(checked("--changed", "--exclude", "gen/")) == {"a.py", "d.go"}
    assert set(checked("--changed", "--language", "go")) == {"d.go"}
    repository.write("codeorigin.toml", 'exclude = ["a.py"]\n')
    assert set(checked("--changed")) == {"gen/c.py", "d.go"}


def test_merge_says_what_it_is_compared_with(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"a.py": SECOND}, date="2020-01-02")
    repository.git("checkout", "-q", "main")
    repository.commit({"sub/b.py": THIRD}, date="2020-01-03")
    repository.git("merge", "-q", "--no-edit", "work")
    assert checked("--commit", "HEAD") == {"a.py": ["second"]}
    short = repository.git("rev-parse", "HEAD")[:10]
    expected = f"Only functions with changed lines: commit {short}, a merge, against its first parent."
    assert expected in run("check", "-v", "--commit", "HEAD").stdout.decode().splitlines()


def test_empty_commits_and_new_repositories_cost_one_line(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.git("commit", "-q", "--allow-empty", "-m", "nothing")
    short = repository.git("rev-parse", "HEAD")[:10]
    code, _, said = check("--commit", "HEAD")
    assert (code, len(said)) == (0, 1)
    assert f"nothing to check: commit {short} changes no source file" in said[0]
    fresh = Repository(tmp_path / "fresh")
    monkeypatch.chdir(fresh.folder)
    (line,) = check("--commit", "HEAD")[2]
    assert line.endswith(": the repository has no commits yet")
    fresh.write("a.py", ONE)
    assert checked("--changed") == {"a.py": ["first"]}
    monkeypatch.chdir(tmp_path)
    code, _, said = check("--changed")
    assert (code, said) == (2, [f"codeorigin: {tmp_path}: is not in a git repository"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["check", "--changed"], ["check", "--changed="]),
        (["check", "--changed", "main"], ["check", "--changed", "main"]),
        (["check", "--changed", "-f", "json"], ["check", "--changed=", "-f", "json"]),
        (["check", "--changed", "--", "src"], ["check", "--changed=", "--", "src"]),
        (["check", "--", "--changed"], ["check", "--", "--changed"]),
        (["explain", "--changed"], ["explain", "--changed"]),
        ([], []),
    ],
)
def test_base_is_optional(given: list[str], expected: list[str]) -> None:
    assert with_optional_base(given) == expected
