"""The reports on a sample in every format, as snapshots, and what a sample cannot show."""

import io
import json as stdlib_json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from codeorigin.analysis.judged import JudgedFile
from codeorigin.check.formats import ReportFormat, Show, html, markdown, sarif, text, write_report
from codeorigin.check.result import CheckResult, FileError
from codeorigin.functions.captured_spans import MAX_NESTING
from codeorigin.functions.spans import Cell
from codeorigin.model.past import Past
from codeorigin.model.verdict import PooledReason, PooledVerdict, Reason, Verdict
from codeorigin.records.function_records import FunctionRecords
from codeorigin.records.record import Record, RecordSource, Strength, WrittenBy
from codeorigin.report.changes import ChangeReport, DeclaredAgent
from codeorigin.report.values import indented_pieces
from support.check_results import (
    CODE,
    HUMAN,
    IN_FILE,
    LLM,
    LLM_FILE,
    UNSURE,
    UNSURE_FILE,
    check_result,
    checked_file,
    id_of,
)
from support.command import load_schema
from support.pages import Page

VALIDATOR = jsonschema.Draft202012Validator(load_schema("check/formats/report"))
CODEX = Record(RecordSource.GIT_AI, WrittenBy.AGENT, Strength.LINES, "codex", "gpt-5.5")
ERRORS = (FileError("bad.py", "is binary"), FileError("a,b:c.py", "50 % of it\nis binary", skipped=True))


def sample() -> CheckResult:
    """Findings, one of them accepted, and all else that a function can be; a cell of a notebook; two errors."""
    cell = replace(
        checked_file("n.ipynb", verdicts={"fast": LLM, "Shelf.put": HUMAN}),
        cell=Cell("python", "", tuple(range(101, 120)), 3),
    )
    files = (
        checked_file(verdicts={"fast": IN_FILE, "Shelf.put": UNSURE}, whole=UNSURE_FILE),
        checked_file("src/b.py", verdicts={"fast": replace(LLM, probability=0.999), "Shelf.put": LLM}),
        cell,
        checked_file("empty.py", "x = 1\n"),
    )
    made = check_result(*files, errors=ERRORS, accepted=frozenset({id_of("Shelf.put")}))
    return replace(made, past=Past((0.5,) * 40, -0.4, flagged=1), is_compared=True)


def change() -> CheckResult:
    """A branch that moved a function and whose records disagree with the estimates."""

    def file(path: str, verdict: Verdict, records: FunctionRecords) -> JudgedFile:
        made = checked_file(path, verdicts={"fast": verdict, "Shelf.put": UNSURE})
        fast, put, tiny = made.functions
        moved = replace(tiny, verdict=Verdict.without(Reason.MOVED), moved=True)
        functions = [replace(fast, records=records, counted=1), replace(put, records=records), moved]
        return replace(made.with_functions(functions), changed=((5, 5), (10, 18)))

    files = (
        file("a.py", LLM, FunctionRecords(((None, 3),))),
        file("b.py", HUMAN, FunctionRecords(((CODEX, 2), (replace(CODEX, by=WrittenBy.UNTRACKED), 1)))),
        file("c.py", HUMAN, FunctionRecords(((CODEX, 3),))),
    )
    about = ChangeReport(
        "range",
        "main",
        "a" * 40,
        "b" * 40,
        declared=(DeclaredAgent("b" * 40, "claude", RecordSource.TRAILER),),
        verdict=replace(LLM_FILE, language="python"),
    )
    return replace(check_result(*files), change=about)


def rendered(
    result: CheckResult,
    form: ReportFormat = ReportFormat.TEXT,
    show: Show = Show.ALL,
    *,
    verbose: bool = False,
) -> str:
    stream = io.StringIO()
    write_report(result, form, stream, show, verbose=verbose)
    return re.sub("<style>.*?</style>", "", stream.getvalue(), flags=re.DOTALL)


def reported(result: CheckResult) -> Any:
    report = stdlib_json.loads(rendered(result, ReportFormat.JSON))
    VALIDATOR.validate(report)
    return report


@pytest.mark.parametrize("form", ReportFormat)
@pytest.mark.parametrize("result", [sample, change])
def test_reports(form: ReportFormat, result: Any, snapshot: SnapshotAssertion) -> None:
    assert rendered(result(), form, Show.FINDINGS) == snapshot


@pytest.mark.parametrize("result", [sample, change])
def test_text_with_everything(result: Any, snapshot: SnapshotAssertion) -> None:
    assert rendered(result(), verbose=True) == snapshot


@pytest.mark.parametrize("form", ReportFormat)
def test_nothing_to_report(form: ReportFormat, snapshot: SnapshotAssertion) -> None:
    assert rendered(check_result(), form) == snapshot


def test_terminal_gets_colours_but_no_escapes_from_file_names() -> None:
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    text.write(check_result(checked_file("\x1b]0;title\x07.py")), stream)
    shown, colours = re.subn("\x1b\\[[0-9;]*m", "", stream.getvalue())
    assert colours > 0
    assert "\\x1b]0;title\\x07.py:4-6" in shown
    assert "\x1b" not in shown


def test_columns_line_up_and_a_long_path_widens_its_own_line_only() -> None:
    paths = ("目录/书架.py", "b.py", "x/" * 100 + "a.py")
    lines = rendered(check_result(*map(checked_file, paths))).splitlines()
    places = {cell_len(line.removesuffix("fast")) for line in lines if line.endswith(" fast")}
    assert len(places) == 2
    assert min(places) < 100


def test_long_list_is_cut_and_nested_functions_are_folded() -> None:
    files = [checked_file(f"{number}.py", verdicts={"Shelf.put": LLM}) for number in range(53)]
    shown = rendered(check_result(*files), show=Show.FINDINGS).splitlines()
    assert [line for line in shown[1:51] if "Shelf.put" not in line or "log" in line] == []
    assert shown[51:53] == ["3 more: --show all", ""]


def test_next_step_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b.py").touch()
    shown = rendered(check_result(checked_file("a b.py")), show=Show.FINDINGS)
    assert shown.splitlines()[-2:] == [
        "See why: codeorigin explain 'a b.py:4'",
        "Accept all here: codeorigin check --update-baseline",
    ]
    assert "See why" not in rendered(check_result(checked_file("gone.py")), show=Show.FINDINGS)


def test_thousands_of_functions_are_listed_in_order() -> None:
    source = "".join(f"def f{number}():\n    pass\n" for number in range(1201))
    lines = rendered(check_result(checked_file("many.py", source, {}))).splitlines()
    assert [line.split()[-1] for line in lines[1:1202]] == [f"f{number}" for number in range(1201)]


def test_long_lists_of_markdown_are_cut_off() -> None:
    shown = "".join(markdown.parts(check_result(*(checked_file(f"{number}.py") for number in range(250)))))
    assert "<summary>240 more</summary>" in shown
    assert "And 40 more." in shown
    assert shown.count("\n| `fast`") == 210


@pytest.mark.parametrize(
    "sentence",
    ["the index against HEAD.", "7 functions (3 human, 4 llm): 0.97, 12 %", "HEAD's parent, and/or 1,234."],
)
def test_our_own_sentences_are_readable_in_the_source_of_markdown(sentence: str) -> None:
    assert markdown.literal_text(sentence) == sentence


def test_page_is_well_formed_and_shows_the_code_of_each_file() -> None:
    Page(rendered(change(), ReportFormat.HTML))
    worse = checked_file("b.py", "\n" * 90 + CODE, {"fast": LLM, "Shelf.put": LLM})
    source = "class A:\r\n\tdef fast(self):\r\n\t\treturn 1\r\n"
    page = "".join(
        html.parts(check_result(checked_file(), worse, checked_file("a.py", source, {"A.fast": LLM})))
    )
    assert re.findall(r'<details class="box"( open)?><summary><code>(.*?)<', page)[0] == (" open", "b.py")
    for number, evidence in ((5, "+0.70"), (95, "+0.70")):
        assert f'<i>{number:>6}  {evidence}</i> <span class="k">def </span>fast(n):' in page
    assert {"def ", "fast(self):", "return ", "1"} <= set(Page(page).words)


def test_page_groups_files_by_folder_unless_there_is_one() -> None:
    file = checked_file()
    paths = ("src/a.py", "lib/b.py", "top.py", "src/c.py")
    files = [replace(file, source=replace(file.source, path=path)) for path in paths]
    page = rendered(check_result(*files), ReportFormat.HTML)
    assert re.findall(r'<details class="folder"( open)?><summary><code>(.*?)<', page) == [
        (" open", "src/"), ("", "lib/"), ("", "./"),
    ]  # fmt: skip
    assert "2 of 4 functions likely LLM</span><span>, 2 files" in page
    assert (
        "folder" not in rendered(check_result(files[0], files[3]), ReportFormat.HTML).partition("</style>")[2]
    )


def test_page_on_5_000_functions_is_small() -> None:
    names = [f"normalized_measurement_{number}" for number in range(25)]
    body = "".join(f"    total = total * {line} + values[{line}]  # of the sum\n" for line in range(28))
    code = "\n".join(f"def {name}(values, limit=10):\n{body}    return total\n" for name in names)
    file = checked_file("m.py", code, dict.fromkeys(names, LLM))
    sources = (replace(file.source, path=f"src/package/measurements/module_{n}.py") for n in range(200))
    page = rendered(check_result(*(replace(file, source=source) for source in sources)), ReportFormat.HTML)
    assert page.count(f">{names[0]}<") == 200
    assert page.count("<pre>") > 100
    assert len(page.encode()) < 1_500_000, len(page.encode())


def test_deepest_nesting_is_listed_completely() -> None:
    source = "".join(f"{' ' * level}def f{level}():\n" for level in range(MAX_NESTING))
    source += " " * MAX_NESTING + "pass\n"
    (function,) = reported(check_result(checked_file("deep.py", source, {})))["files"][0]["functions"]
    names = [function["name"]]
    while function["nested"]:
        (function,) = function["nested"]
        names.append(function["name"])
    assert names == [f"f{level}" for level in range(MAX_NESTING)]


def test_every_verdict_reason_and_kind_of_record_is_in_the_schema() -> None:
    verdicts = [LLM, UNSURE, HUMAN, IN_FILE, *map(Verdict.without, Reason)]
    # A merge is a reason of changes alone.
    reasons = [each for each in PooledReason if each is not PooledReason.MERGE]
    wholes = [LLM_FILE, UNSURE_FILE, *(PooledVerdict.without(each, 2) for each in reasons)]
    files = [checked_file(verdicts={"fast": each}) for each in verdicts]
    report = reported(check_result(*files, *(checked_file(whole=each) for each in wholes), threshold=0.25))
    shown = [file["functions"][0]["reason"] for file in report["files"][: len(files)]]
    assert shown == [each.reason and each.reason.value for each in verdicts]
    record = load_schema("check/formats/report")["$defs"]["record"]["properties"]
    for name, kinds in (("source", RecordSource), ("by", WrittenBy), ("strength", Strength)):
        assert set(record[name]["enum"]) == {kind.value for kind in kinds}
    # Headers are about files, all other records about commits too.
    change = load_schema("check/formats/report")["$defs"]["change"]["properties"]
    how = change["declared"]["items"]["properties"]["how"]["enum"]
    assert {*how, RecordSource.HEADER.value} == {kind.value for kind in RecordSource}


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        ((), {"extra": 1}),
        ((), {"errors": ...}),
        (("files", 0), {"extra": None}),
        (("files", 0), {"verdict": ...}),
        (("files", 0), {"verdict": {"band": "llm"}}),
        (("files", 0, "functions", 0), {"start_line": 0}),
        (("files", 0, "functions", 0), {"band": "maybe"}),
        (("files", 0, "functions", 0), {"probability": None}),
        (("files", 0, "functions", 0), {"reason": "too_short"}),
        (("files", 0, "functions", 0), {"own_probability": None}),
        (("files", 0, "functions", 0), {"neighbours": ...}),
        (("files", 0, "functions", 2), {"own_probability": 0.5}),
        (("files", 0, "functions", 2), {"file_evidence": 0.5, "neighbours": 2}),
        (("files", 0, "functions", 1, "nested", 0), {"nested": ...}),
        (("summary", "bands"), {"robot": 1}),
    ],
)
def test_schema_rejects_invalid_reports(place: tuple[str | int, ...], changed: dict[str, object]) -> None:
    report = reported(check_result(checked_file()))
    inside = report
    for step in place:
        inside = inside[step]
    for name, value in changed.items():
        if value is ...:
            del inside[name]
        else:
            inside[name] = value
    assert not VALIDATOR.is_valid(report)


def test_json_is_ascii_and_written_one_entry_at_a_time() -> None:
    value = {"none": [], "text": 'a "quoted" line\n\ud800 ä', "deep": [{"a": 1, "b": [1.5, None]}, {}, [[]]]}
    for levels in range(6):
        assert stdlib_json.loads("".join(indented_pieces(value, levels))) == value
    assert "".join(indented_pieces(value, 9)) == stdlib_json.dumps(value, indent=2) + "\n"
    taken: list[int] = []
    pieces = indented_pieces({"files": ({"a": taken.append(number)} for number in range(3))}, 2)
    assert {len(taken) for _ in pieces} == {0, 1, 2, 3}
    with pytest.raises(ValueError, match="JSON"):
        list(indented_pieces({"a": [float("inf")]}, 1))


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/a b.py", "src/a%20b.py"),
        ("/abs/é.py", "file:///abs/%C3%A9.py"),
        ("c:odd#?.py", "c%3Aodd%23%3F.py"),
    ],
)
def test_paths_of_sarif_become_uris(path: str, uri: str) -> None:
    (found,) = sarif.to_dict(check_result(checked_file(path)))["runs"][0]["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
