"""The project's own settings files decide what a check does, as in an editor, unless an option says otherwise."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from codeorigin.check.inputs import collect
from codeorigin.check.selection import Selection
from codeorigin.settings.project import project_of
from codeorigin.text.gitignore_pattern import GitignorePattern
from support.command import TERSE, check, complaints, reported, run
from support.repositories import Repository

CODE = TERSE.read_text("utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("a.py", "gen/b.py", "gen/keep.py", "src/c.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(CODE, "utf-8")
    (tmp_path / "d.go").write_text("package a\n", "utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / "codeorigin.toml").write_text(
        'threshold = 0.0\nexclude = ["gen/", "!gen/keep.py"]\nlanguages = ["python"]\nfile-context = false\n',
        "utf-8",
    )
    return tmp_path


def checked(folder: Path, *arguments: str) -> tuple[int, set[str], dict[str, Any]]:
    """Exit code, paths and summary of a check that complains about nothing."""
    code, report, said = check(*arguments, cwd=folder)
    assert said == []
    return code, {file["path"] for file in report["files"]}, report["summary"]


def test_project_sets_threshold_exclude_and_languages(project: Path) -> None:
    code, paths, summary = checked(project, ".")
    assert (code, paths) == (1, {"a.py", "gen/keep.py", "src/c.py"})
    assert (summary["threshold"], summary["false_positive_rate"]) == (0.0, None)
    assert summary["findings"] == summary["scored"] != 0


def test_options_win_and_no_config_ignores_the_files(project: Path) -> None:
    code, paths, summary = checked(project, ".", "--threshold", "1", "--exclude", "src/")
    assert (code, paths, summary["threshold"]) == (0, {"a.py", "gen/b.py", "gen/keep.py"}, 1.0)
    _, paths, summary = checked(project, ".", "--no-config")
    assert (paths, summary["threshold"]) == ({"a.py", "gen/b.py", "gen/keep.py", "src/c.py", "d.go"}, None)


def test_parent_folder_has_the_settings_and_patterns_are_relative_to_it(project: Path) -> None:
    assert checked(project, "gen")[1] == {"gen/b.py", "gen/keep.py"}, "a named folder is searched"
    assert checked(project / "src", "c.py")[:2] == (1, {"c.py"})
    assert checked(project, "gen/b.py")[:2] == (1, {"gen/b.py"}), "a named file is checked, excluded or not"


def test_false_positive_rate_decides_without_a_threshold(project: Path) -> None:
    (project / "codeorigin.toml").write_text("false-positive-rate = 1.0\n", "utf-8")
    code, _, summary = checked(project, "a.py")
    assert (code, summary["findings"], summary["false_positive_rate"]) == (1, summary["scored"], 1.0)
    _, _, summary = checked(project, "a.py", "--threshold", "1")
    assert (summary["threshold"], summary["false_positive_rate"]) == (1.0, None)


def test_file_context_is_set_by_the_project_or_an_option(project: Path) -> None:
    def contexts(*arguments: str) -> set[bool]:
        functions = check("a.py", *arguments, cwd=project)[1]["files"][0]["functions"]
        return {each["file_evidence"] is None for each in functions if each["band"]}

    assert contexts() == {True}
    assert contexts("--file-context") == contexts("--no-config") == {False}
    assert contexts("--no-config", "--no-file-context") == {True}


def test_larger_files_are_not_read_however_they_are_found(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    here, size = repository.folder, len(CODE.encode())
    repository.commit({"codeorigin.toml": f"max-file-size = {size - 1}\n"}, date="2024-01-01")
    repository.commit({"a.py": CODE}, date="2024-01-02")
    said = f"is larger than {size - 1:,} bytes"
    for given, skipped in (("a.py", False), (".", True), ("--commit=HEAD", True)):
        assert reported(given, cwd=here)["errors"] == [{"path": "a.py", "message": said, "skipped": skipped}]
    assert (
        reported("-", "--language", "python", stdin=CODE.encode(), cwd=here)["errors"][0]["message"] == said
    )
    assert complaints(run("explain", "a.py:12", cwd=here)) == [f"codeorigin: a.py: {said}"]
    for options, left_out in (((), 1), (("--no-config",), 0)):
        done = run("history", "--format", "json", "--state", tmp_path / "state", *options, cwd=here)
        assert json.loads(done.stdout)["commits"][0]["skipped"] == left_out


def test_bad_settings_cost_one_line_each(project: Path) -> None:
    (project / "codeorigin.toml").unlink()
    (project / "pyproject.toml").write_text(
        "[tool.codeorigin]\nthreshold = 7\ntreshold = 1\nmodel-path = 'x'\n", "utf-8"
    )
    assert check("a.py", cwd=project)[2] == [
        "codeorigin: pyproject.toml: threshold must be a number from 0.0 to 1.0; none is used",
        "codeorigin: pyproject.toml: modelPath can only be set in the editor; ignored",
        "codeorigin: pyproject.toml: there is no setting 'treshold', did you mean threshold?; ignored",
    ]


def test_settings_above_the_repository_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "codeorigin.toml").write_text("threshold = 0.5\n", "utf-8")
    inner = tmp_path / "repository" / "src"
    inner.mkdir(parents=True)
    assert project_of([inner]).settings.threshold == 0.5
    (tmp_path / "repository" / ".git").mkdir()
    assert project_of([inner]).folder is None
    assert project_of([inner, tmp_path]).settings.threshold == 0.5


def test_editor_settings_apply_where_the_project_sets_nothing(project: Path) -> None:
    """As in the editor, where the project's files win."""

    def result(languages: str = "go", *options: str) -> tuple[set[str], float]:
        given = {"threshold": 1.0, "exclude": ["a.py"], "debounce": 5, "languages": [languages]}
        _, paths, summary = checked(project, ".", "--settings", json.dumps(given), *options)
        return paths, summary["threshold"]

    assert result() == ({"a.py", "gen/keep.py", "src/c.py"}, 0.0)
    assert result("go", "--no-config") == ({"d.go"}, 1.0)
    assert result("go", "--no-config", "--threshold", "0.2") == ({"d.go"}, 0.2)
    (project / "codeorigin.toml").write_text("threshold = 0.5\n", "utf-8")
    assert result("python") == ({"gen/b.py", "gen/keep.py", "src/c.py"}, 0.5)
    (project / "codeorigin.toml").unlink()
    assert result() == ({"d.go"}, 1.0)


def test_editor_patterns_are_relative_to_the_checked_folder(project: Path) -> None:
    (project / "codeorigin.toml").write_text("threshold = 0.0\n", "utf-8")
    given = json.dumps({"exclude": ["/c.py"]})
    (project / "src" / "kept.py").write_text(CODE, "utf-8")
    _, paths, summary = checked(project, "src", "--settings", given)
    assert (paths, summary["threshold"]) == ({"src/kept.py"}, 0.0)
    # Patterns in a settings file are relative to the folder of that file.
    (project / "codeorigin.toml").write_text('exclude = ["/src/kept.py"]\n', "utf-8")
    assert checked(project, "src", "--settings", given)[1] == {"src/c.py"}


def test_excluded_folders_are_not_walked_and_patterns_are_parsed_once(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "gen" / "deep").mkdir()
    listed: list[str] = []
    parsed: list[str] = []
    scandir = os.scandir

    def listing(path: Any) -> Any:
        listed.append(str(path))
        return scandir(path)

    def counted(line: str) -> GitignorePattern:
        parsed.append(line)
        return GitignorePattern(line)

    monkeypatch.setattr("codeorigin.git.walking.os.scandir", listing)
    monkeypatch.setattr("codeorigin.text.exclusions.read_pattern", counted)
    (project / "codeorigin.toml").write_text('exclude = ["gen/", "/only-here"]\n', "utf-8")
    found, _ = collect([str(project)], Selection(project_of([project])))
    assert [Path(source.path).name for source in found] == ["a.py", "d.go", "c.py"]
    assert listed == [str(project), str(project / "src")]
    assert len(parsed) == 2
