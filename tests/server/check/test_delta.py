"""``codeorigin delta``: two saved reports compared."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codeorigin.analysis.report import ChangeReport, DeclaredAgent
from codeorigin.check.formats import json as json_report
from codeorigin.check.result import CheckedFile, CheckResult, FileError
from codeorigin.functions.spans import Piece
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.verdict import Band, Verdict
from support.command import complaints, run

MakeFile = Callable[..., CheckedFile]
MakeResult = Callable[..., CheckResult]
CHANGE = ChangeReport("commit", "HEAD", "a" * 40, "b" * 40, 2, (DeclaredAgent("b" * 40, "aider", "trailer"),))


@pytest.fixture
def result(
    make_file: MakeFile, make_result: MakeResult, file_verdicts: Mapping[Band, FileVerdict], in_file: Verdict
) -> CheckResult:
    files = (
        make_file(whole=file_verdicts[Band.LLM]),
        make_file("b.py", verdicts={"fast": in_file, "Shelf.put": in_file}),
    )
    files = (files[0], replace(files[1], changed=((5, 5), (12, 15))))
    return make_result(
        files, errors=(FileError("bad.py", "is binary"), FileError("c.py", "no", skipped=True))
    )


def saved(folder: Path, result: CheckResult, name: str = "report.json") -> Path:
    path = folder / name
    path.write_text(json_report.render(result))
    return path


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
    said = (
        f"codeorigin: {path}: is no report of this version's 'codeorigin check --format json'; write it again"
    )
    assert (done.returncode, complaints(done)) == (2, [said])


def test_missing_report_is_an_error(tmp_path: Path) -> None:
    done = run("delta", tmp_path / "none.json", tmp_path / "none.json")
    assert done.returncode == 2
    assert b"none.json: cannot be read: No such file" in done.stderr


def compared(old: Path, new: Path, *options: str) -> tuple[int, Any]:
    done = run("delta", old, new, "--format", "json", *options)
    return done.returncode, json.loads(done.stdout)


def shown(old: Path, new: Path, *options: str) -> str:
    return run("delta", old, new, *options).stdout.decode()


def renamed(
    file: CheckedFile, path: str, *, without: str = "", ids: Mapping[str, str] | None = None
) -> CheckedFile:
    functions = tuple(
        replace(each, function_id=(ids or {}).get(each.span.name, each.function_id))
        for each in file.report.functions
        if each.span.name != without
    )
    return replace(file, path=path, report=replace(file.report, functions=functions), counted=())


def test_identical_reports_have_no_delta(result: CheckResult, tmp_path: Path) -> None:
    path = saved(tmp_path, result)
    assert compared(path, path) == (
        0, {"added": [], "gone": [], "changed": [], "same": 6, "moved": 0, "new_findings": 0},
    )  # fmt: skip


def test_delta_lists_added_gone_and_changed_functions(
    make_file: MakeFile, make_result: MakeResult, tmp_path: Path
) -> None:
    file = make_file()
    other = {"fast": "1" * 16, "put": "2" * 16, "tiny": "3" * 16}
    old = make_result((renamed(file, "a.py", without="fast"), renamed(file, "b.py", ids=other)))
    new = make_result(
        (renamed(file, "a.py", without="tiny", ids={"put": "0" * 16}), renamed(file, "moved.py", ids=other))
    )
    code, delta = compared(saved(tmp_path, old, "old.json"), saved(tmp_path, new, "new.json"))

    def names(entries: list[Any]) -> list[tuple[str, str]]:
        return [(each["path"], each["qualified_name"]) for each in entries]

    assert names(delta["added"]) == [("a.py", "fast")]
    assert names(delta["gone"]) == [("a.py", "tiny")]
    assert names([each["old"] for each in delta["changed"]]) == [("a.py", "Shelf.put")]
    assert (code, delta["new_findings"], delta["same"], delta["moved"]) == (1, 1, 3, 3)
    assert shown(tmp_path / "old.json", tmp_path / "new.json") == (
        "added    0.97 llm     a.py:4-6    fast\n"
        "changed  0.55 unsure  a.py:10-15  Shelf.put\n"
        "gone     too short    a.py:18-18  tiny\n"
        "\n"
        "1 new finding; 1 added, 1 changed, 1 gone, 3 the same, "
        "3 of them elsewhere or with another probability (--all).\n"
    )
    _, delta = compared(tmp_path / "old.json", tmp_path / "new.json", "--all")
    assert names([each["old"] for each in delta["changed"]]) == [
        ("a.py", "Shelf.put"), ("b.py", "fast"), ("b.py", "Shelf.put"), ("b.py", "tiny"),
    ]  # fmt: skip
    assert names([each["new"] for each in delta["changed"]])[1:] == [
        ("moved.py", "fast"), ("moved.py", "Shelf.put"), ("moved.py", "tiny"),
    ]  # fmt: skip


def test_other_probability_alone_is_listed_only_on_request(
    make_file: MakeFile, make_result: MakeResult, verdicts: Mapping[Band, Verdict], tmp_path: Path
) -> None:
    before = verdicts[Band.HUMAN]
    assert before.probability is not None
    after = replace(before, probability=before.probability + 0.001)
    old = saved(tmp_path, make_result((make_file(verdicts={"fast": before}),)), "old.json")
    new = saved(tmp_path, make_result((make_file(verdicts={"fast": after}),)), "new.json")
    _, delta = compared(old, new)
    assert (delta["changed"], delta["same"], delta["moved"]) == ([], 3, 1)
    assert "3 the same, 1 of them elsewhere or with another probability (--all)." in shown(old, new)
    _, delta = compared(old, new, "--all")
    assert (len(delta["changed"]), delta["same"], delta["moved"]) == (1, 2, 0)


def test_different_verdict_counts_as_a_change(
    make_file: MakeFile, make_result: MakeResult, verdicts: Mapping[Band, Verdict], tmp_path: Path
) -> None:
    old = saved(tmp_path, make_result((make_file(verdicts={"fast": verdicts[Band.HUMAN]}),)), "old.json")
    new = saved(tmp_path, make_result((make_file(verdicts={"fast": verdicts[Band.LLM]}),)), "new.json")
    code, delta = compared(old, new)
    assert (code, len(delta["changed"]), delta["same"]) == (1, 1, 2)
    assert compared(new, old)[0] == 0
    assert shown(old, new).startswith("changed  0.04 human -> 0.97 llm  shelf.py:4-6  fast\n")


def test_notebook_functions_are_matched_by_cell(
    make_file: MakeFile, make_result: MakeResult, tmp_path: Path
) -> None:
    def cells(*ids: str) -> CheckResult:
        found = []
        for number, identity in enumerate(ids, 1):
            lines = tuple(range(10 * number, 10 * number + 40))
            file = replace(make_file("nb.ipynb"), cell=Piece("python", "", lines, number))
            functions = tuple(each for each in file.report.functions if each.span.name == "fast")
            kept = replace(
                file.report, functions=tuple(replace(each, function_id=identity) for each in functions)
            )
            found.append(replace(file, report=kept, counted=()))
        return make_result(tuple(found))

    one, two, three, four = ("1" * 16, "2" * 16, "3" * 16, "4" * 16)
    old, new = (
        saved(tmp_path, cells(one, two), "old.json"),
        saved(tmp_path, cells(three, two, one, four), "new.json"),
    )
    _, delta = compared(old, new)
    # A new cell in front is no change; a function of the same name in another cell is a different function.
    assert delta["same"] == 2
    assert [(each["cell"], each["id"]) for each in delta["added"]] == [(1, three), (4, four)]
    assert shown(old, new).splitlines()[0] == "added    0.97 llm  nb.ipynb:cell 1:4-6  fast"
    new = saved(tmp_path, cells(three, four), "new.json")
    _, delta = compared(old, new)
    pairs = [(each["old"], each["new"]) for each in delta["changed"]]
    assert [(a["cell"], a["id"], b["cell"], b["id"]) for a, b in pairs] == [
        (1, one, 1, three),
        (2, two, 2, four),
    ]


def test_comparison_is_written_in_several_formats_at_once(
    make_file: MakeFile, make_result: MakeResult, tmp_path: Path
) -> None:
    file = make_file()
    old = saved(tmp_path, make_result((renamed(file, "a.py", without="fast"),)), "old.json")
    new = saved(
        tmp_path, make_result((renamed(file, "a.py", without="tiny", ids={"put": "0" * 16}),)), "new.json"
    )
    written = {shape: shown(old, new, "--format", shape) for shape in ("text", "json", "markdown")}
    files = {shape: tmp_path / shape for shape in written}
    formats = [f"--format={shape}={path}" for shape, path in files.items()]
    assert run("delta", old, new, *formats).returncode == 1
    assert {shape: path.read_text() for shape, path in files.items()} == written
    assert written["markdown"].startswith(
        "## CodeOrigin\n\n**1 new finding**; 1 added, 1 changed, 1 gone, 0 the same.\n\n"
        "### Added\n\n| function | file and lines | verdict |\n| --- | --- | --- |\n"
        "| `fast` | `a.py:4-6` | **0.97 llm** |\n\n### Changed\n\n"
        "| function | file and lines | verdict | before |\n| --- | --- | --- | --- |\n| `Shelf.put` |"
    )


@pytest.mark.parametrize(
    ("place", "value"), [("band", "elephant"), ("probability", float("nan")), ("id", None)]
)
def test_damaged_reports_cost_one_line(
    result: CheckResult, tmp_path: Path, place: str, value: object
) -> None:
    path = saved(tmp_path, result)
    data = json.loads(path.read_text())
    del data["files"][0]["functions"][0][place]
    if value is not None:
        data["files"][0]["functions"][0][place] = value
    path.write_text(json.dumps(data))
    done = run("delta", path, path, "--format", "json")
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = complaints(done)
    assert line.startswith(f"codeorigin: {path}: is no report of this version's 'codeorigin check")


def test_names_in_a_comparison_are_escaped_in_markdown(
    make_file: MakeFile, make_result: MakeResult, tmp_path: Path
) -> None:
    hostile = "<img src=x>|@all`_[a](b).py"
    old = saved(tmp_path, make_result(()), "old.json")
    new = saved(tmp_path, make_result((renamed(make_file(), hostile),)), "new.json")
    rows = [line for line in shown(old, new, "--format", "markdown").splitlines() if "img" in line]
    assert len(rows) == 3
    places = [row.split("|")[2].strip().removeprefix("<code>").removesuffix("</code>") for row in rows]
    assert not any(sign in place for place in places for sign in "<@`[]_")
    assert {row.count("|") for row in rows} == {4}
