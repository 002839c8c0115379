"""``codeorigin delta``: two saved reports compared."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codeorigin.check.formats import json as json_report
from codeorigin.check.result import CheckedFile, CheckResult, FileError
from codeorigin.functions.spans import Piece
from support.check_results import HUMAN, IN_FILE, LLM, LLM_FILE, check_result, checked_file
from support.command import complaints, run

NO_REPORT = "is no report of this version's 'codeorigin check --format json'; write it again"


class Reports:
    """Saves two results as reports in ``folder``, and compares them."""

    def __init__(self, folder: Path) -> None:
        self.old, self.new = folder / "old.json", folder / "new.json"

    def save(self, old: CheckResult, new: CheckResult) -> None:
        self.old.write_text(json_report.render(old))
        self.new.write_text(json_report.render(new))

    def compared(self, *options: str) -> tuple[int, Any]:
        done = run("delta", self.old, self.new, "--format", "json", *options)
        return done.returncode, json.loads(done.stdout)

    def shown(self, *options: str) -> str:
        return run("delta", self.old, self.new, *options).stdout.decode()


@pytest.fixture
def reports(tmp_path: Path) -> Reports:
    return Reports(tmp_path)


@pytest.fixture(scope="module")
def result() -> CheckResult:
    """One with everything that a report may contain."""
    changed = replace(
        checked_file("b.py", verdicts={"fast": IN_FILE, "Shelf.put": IN_FILE}), changed=((5, 5), (12, 15))
    )
    errors = (FileError("bad.py", "is binary"), FileError("c.py", "no", skipped=True))
    return check_result(checked_file(whole=LLM_FILE), changed, errors=errors)


def with_functions(path: str, *, without: str = "", ids: Mapping[str, str] | None = None) -> CheckedFile:
    """A file at ``path`` without one of its functions, and with other ``ids`` of some."""
    file = checked_file(path)
    functions = tuple(
        replace(each, function_id=(ids or {}).get(each.span.name, each.function_id))
        for each in file.report.functions
        if each.span.name != without
    )
    return replace(file, report=replace(file.report, functions=functions), counted=())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"version": "1", "model": 3, "files": [{}]}',
        "[" * 100_000,
        "\xff",
        "nul\0",
        "3",
        '{"commits": [], "months": []}',
    ],
)
def test_invalid_reports_cost_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="latin-1")
    done = run("delta", path, path)
    assert (done.returncode, complaints(done)) == (2, [f"codeorigin: {path}: {NO_REPORT}"])


@pytest.mark.parametrize(
    ("place", "value"), [("band", "elephant"), ("probability", float("nan")), ("id", None)]
)
def test_damaged_reports_cost_one_line(
    result: CheckResult, tmp_path: Path, place: str, value: object
) -> None:
    data = json_report.to_dict(result)
    function = data["files"][0]["functions"][0]
    function[place] = value
    if value is None:
        del function[place]
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data))
    done = run("delta", path, path, "--format", "json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert complaints(done) == [f"codeorigin: {path}: {NO_REPORT}"]


def test_missing_report_is_an_error(tmp_path: Path) -> None:
    done = run("delta", tmp_path / "none.json", tmp_path / "none.json")
    assert done.returncode == 2
    assert b"none.json: cannot be read: No such file" in done.stderr


def test_identical_reports_have_no_delta(result: CheckResult, reports: Reports) -> None:
    reports.save(result, result)
    nothing = {"added": [], "gone": [], "changed": [], "same": 6, "moved": 0, "new_findings": 0}
    assert reports.compared() == (0, nothing)


def test_delta_lists_added_gone_and_changed_functions(reports: Reports) -> None:
    other = {"fast": "1" * 16, "put": "2" * 16, "tiny": "3" * 16}
    changed = with_functions("a.py", without="tiny", ids={"put": "0" * 16})
    reports.save(
        check_result(with_functions("a.py", without="fast"), with_functions("b.py", ids=other)),
        check_result(changed, with_functions("moved.py", ids=other)),
    )
    code, delta = reports.compared()

    def names(entries: list[Any]) -> list[tuple[str, str]]:
        return [(each["path"], each["qualified_name"]) for each in entries]

    assert names(delta["added"]) == [("a.py", "fast")]
    assert names(delta["gone"]) == [("a.py", "tiny")]
    assert names([each["old"] for each in delta["changed"]]) == [("a.py", "Shelf.put")]
    assert (code, delta["new_findings"], delta["same"], delta["moved"]) == (1, 1, 3, 3)
    assert reports.shown() == (
        "added    0.97 llm     a.py:4-6    fast\n"
        "changed  0.55 unsure  a.py:10-15  Shelf.put\n"
        "gone     too short    a.py:18-18  tiny\n"
        "\n"
        "1 new finding; 1 added, 1 changed, 1 gone, 3 the same, "
        "3 of them elsewhere or with another probability (--all).\n"
    )
    _, delta = reports.compared("--all")
    moved = ["fast", "Shelf.put", "tiny"]
    assert names([each["old"] for each in delta["changed"]])[1:] == [("b.py", name) for name in moved]
    assert names([each["new"] for each in delta["changed"]])[1:] == [("moved.py", name) for name in moved]


def test_other_probability_alone_is_listed_only_on_request(reports: Reports) -> None:
    verdicts = [{"fast": replace(HUMAN, probability=probability)} for probability in (0.04, 0.041)]
    reports.save(*(check_result(checked_file(verdicts=each)) for each in verdicts))
    _, delta = reports.compared()
    assert (delta["changed"], delta["same"], delta["moved"]) == ([], 3, 1)
    assert "3 the same, 1 of them elsewhere or with another probability (--all)." in reports.shown()
    _, delta = reports.compared("--all")
    assert (len(delta["changed"]), delta["same"], delta["moved"]) == (1, 2, 0)


def test_different_verdict_counts_as_a_change(reports: Reports) -> None:
    human, llm = (check_result(checked_file(verdicts={"fast": verdict})) for verdict in (HUMAN, LLM))
    reports.save(human, llm)
    code, delta = reports.compared()
    assert (code, len(delta["changed"]), delta["same"]) == (1, 1, 2)
    assert reports.shown().startswith("changed  0.04 human -> 0.97 llm  shelf.py:4-6  fast\n")
    reports.save(llm, human)
    assert reports.compared()[0] == 0


def test_notebook_functions_are_matched_by_cell(reports: Reports) -> None:
    def cells(*ids: str) -> CheckResult:
        found = []
        for number, identity in enumerate(ids, 1):
            fast, *_ = (file := checked_file("nb.ipynb")).report.functions
            report = replace(file.report, functions=(replace(fast, function_id=identity),))
            cell = Piece("python", "", tuple(range(10 * number, 10 * number + 40)), number)
            found.append(replace(file, cell=cell, report=report, counted=()))
        return check_result(*found)

    one, two, three, four = ("1" * 16, "2" * 16, "3" * 16, "4" * 16)
    reports.save(cells(one, two), cells(three, two, one, four))
    _, delta = reports.compared()
    # A new cell in front is no change; a function of the same name in another cell is a different function.
    assert delta["same"] == 2
    assert [(each["cell"], each["id"]) for each in delta["added"]] == [(1, three), (4, four)]
    assert reports.shown().splitlines()[0] == "added    0.97 llm  nb.ipynb:cell 1:4-6  fast"
    reports.save(cells(one, two), cells(three, four))
    _, delta = reports.compared()
    pairs = [(each["old"], each["new"]) for each in delta["changed"]]
    assert [(a["cell"], a["id"], b["cell"], b["id"]) for a, b in pairs] == [
        (1, one, 1, three), (2, two, 2, four),
    ]  # fmt: skip


def test_comparison_is_written_in_several_formats_at_once(reports: Reports, tmp_path: Path) -> None:
    changed = with_functions("a.py", without="tiny", ids={"put": "0" * 16})
    reports.save(check_result(with_functions("a.py", without="fast")), check_result(changed))
    written = {shape: reports.shown("--format", shape) for shape in ("text", "json", "markdown")}
    files = {shape: tmp_path / shape for shape in written}
    reports.shown(*(f"--format={shape}={path}" for shape, path in files.items()))
    assert {shape: path.read_text() for shape, path in files.items()} == written
    assert written["markdown"].startswith(
        "## CodeOrigin\n\n**1 new finding**; 1 added, 1 changed, 1 gone, 0 the same.\n\n"
        "### Added\n\n| function | file and lines | verdict |\n| --- | --- | --- |\n"
        "| `fast` | `a.py:4-6` | **0.97 llm** |\n\n### Changed\n\n"
        "| function | file and lines | verdict | before |\n| --- | --- | --- | --- |\n| `Shelf.put` |"
    )


def test_names_in_a_comparison_are_escaped_in_markdown(reports: Reports) -> None:
    reports.save(check_result(), check_result(checked_file("<img src=x>|@all`_[a](b).py")))
    rows = [line for line in reports.shown("--format", "markdown").splitlines() if "img" in line]
    assert len(rows) == 3
    places = [row.split("|")[2].strip().removeprefix("<code>").removesuffix("</code>") for row in rows]
    assert not any(sign in place for place in places for sign in "<@`[]_")
    assert {row.count("|") for row in rows} == {4}
