"""A project's own files: its settings, and its accepted findings."""

import json
from pathlib import Path

import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.settings.accepted_findings import AcceptedFindings
from codeorigin.settings.project import ProjectSettings, read_project_settings
from codeorigin.settings.schema import Settings

ACCEPTED_FILE = Settings().baseline


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_codeorigin_toml_takes_precedence_over_pyproject(tmp_path: Path) -> None:
    assert read_project_settings(tmp_path).values == {}
    write(tmp_path, "pyproject.toml", "[tool.codeorigin]\ndebounce = 1\n")
    assert read_project_settings(tmp_path).values == {"debounce": 1}
    write(tmp_path, "codeorigin.toml", "debounce = 2\n")
    found = read_project_settings(tmp_path)
    assert (found.values, found.source, found.problem) == ({"debounce": 2}, "codeorigin.toml", None)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("codeorigin.toml", "debounce = ", "codeorigin.toml: not valid TOML"),
        ("codeorigin.toml", "[[[[", "codeorigin.toml: not valid TOML"),
        ("codeorigin.toml", f"debounce = 1{'0' * 10_000}\n", "codeorigin.toml: not valid TOML"),
        ("pyproject.toml", "[tool]\ncodeorigin = 3\n", "pyproject.toml: tool.codeorigin must be a table"),
        ("pyproject.toml", "broken = ", None),
        ("pyproject.toml", "tool = 3\n", None),
    ],
)
def test_broken_files_give_a_problem_and_no_values(
    tmp_path: Path, name: str, text: str, problem: str | None
) -> None:
    write(tmp_path, name, text)
    found = read_project_settings(tmp_path)
    assert found.values == {}
    if problem is None:
        assert found.problem is None
    else:
        assert found.problem is not None
        assert found.problem.startswith(problem)
        assert "\n" not in found.problem


@pytest.mark.parametrize(
    ("name", "head"), [("codeorigin.toml", ""), ("pyproject.toml", "[tool.codeorigin]\r\n")]
)
def test_a_byte_order_mark_is_no_part_of_the_settings(tmp_path: Path, name: str, head: str) -> None:
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + f"{head}debounce = 7\r\n".encode())
    assert read_project_settings(tmp_path) == ProjectSettings({"debounce": 7}, name)


def test_non_utf8_and_oversized_files_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "codeorigin.toml").write_bytes(b"\xff\xfe")
    assert read_project_settings(tmp_path).problem == "codeorigin.toml: not UTF-8; ignored"
    write(tmp_path, "codeorigin.toml", "#" * 1_000_001)
    assert read_project_settings(tmp_path).problem == "codeorigin.toml: larger than 1000000 bytes; ignored"


def test_accepted_findings_are_written_sorted_and_read_back(tmp_path: Path) -> None:
    findings = AcceptedFindings(tmp_path, ACCEPTED_FILE)
    assert findings.ids() == frozenset()
    inside = str(tmp_path / "src" / "b.py")
    assert findings.accept([("2", "g", inside), ("1", "f", inside), ("3", "h", None)]) == (3, 0)
    assert findings.accept([("2", "g", inside)]) == (0, 0)
    assert findings.ids() == {"1", "2", "3"}
    data = json.loads((tmp_path / ACCEPTED_FILE).read_text(encoding="utf-8"))
    assert data["version"] == 1
    assert [(each["path"], each["name"]) for each in data["functions"]] == [
        ("", "h"), ("src/b.py", "f"), ("src/b.py", "g"),
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == [ACCEPTED_FILE]
    write(tmp_path, ACCEPTED_FILE, '{"version": 1, "functions": []}')
    assert findings.ids() == frozenset()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 1, "functions": [3]}', '{"version": 2}', "[" * 50_000]
)
def test_broken_file_of_accepted_findings_is_not_overwritten(tmp_path: Path, text: str) -> None:
    write(tmp_path, ACCEPTED_FILE, text)
    findings = AcceptedFindings(tmp_path, ACCEPTED_FILE)
    assert findings.ids() == frozenset()
    assert findings.problem is not None
    with pytest.raises(CodeOriginError):
        findings.accept([("1", "f", None)])
    assert (tmp_path / ACCEPTED_FILE).read_text(encoding="utf-8") == text


def test_names_with_lone_surrogates_can_be_accepted(tmp_path: Path) -> None:
    findings = AcceptedFindings(tmp_path, ACCEPTED_FILE)
    assert findings.accept([("1", "f\ud800", None)]) == (1, 0)
    assert findings.ids() == {"1"}
