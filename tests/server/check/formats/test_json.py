"""The JSON report and its schema, which covers every verdict and reason and rejects invalid reports."""

import json as stdlib_json
from typing import Any

import jsonschema
import pytest

from codeorigin.check.formats import json
from codeorigin.check.result import CheckResult, FileError
from codeorigin.functions.captured_spans import MAX_NESTING
from codeorigin.model.verdict import PooledReason, PooledVerdict, Reason, Verdict
from codeorigin.records.record import RecordSource, Strength, WrittenBy
from support.check_results import (
    HUMAN,
    HUMAN_FILE,
    IN_FILE,
    LLM,
    LLM_FILE,
    UNSURE,
    UNSURE_FILE,
    check_result,
    checked_file,
    id_of,
)
from support.schemas import load_schema

VALIDATOR = jsonschema.Draft202012Validator(load_schema("check/formats/report"))
_NONE = dict.fromkeys((
    "probability", "logit", "band", "reason", "own_probability", "file_evidence", "commit_evidence", "past_as_high",
    "human_share", "llm_share", "llm_threshold", "declared", "disagreement",
))  # fmt: skip
_RANGE = ("start_line", "start_column", "end_line", "end_column")


def reported(result: CheckResult) -> Any:
    report = stdlib_json.loads(json.render(result))
    VALIDATOR.validate(report)
    return report


def function(name: str, place: tuple[int, int, int, int], counted: int, **others: object) -> dict[str, Any]:
    """What a report says about a function; ``others`` are its verdict."""
    about = {
        "id": id_of(name), "name": name.rpartition(".")[2], "qualified_name": name, "language": "python",
        "start_line": place[0], "end_line": place[2], "range": dict(zip(_RANGE, place, strict=True)),
        "counted_lines": counted, "accepted": False, "neighbours": 0, "commit_neighbours": 0, "nested": [],
    }  # fmt: skip
    return _NONE | about | others


def test_whole_report_is_as_expected() -> None:
    log = function("Shelf.put.log", (11, 9, 12, 24), 0, reason="nested")
    llm = {"probability": 0.97, "logit": 1.88, "band": "llm", "own_probability": 0.97}
    unsure = {"probability": 0.55, "logit": 0.2, "band": "unsure", "own_probability": 0.55}
    functions = [
        function("fast", (4, 1, 6, 53), 3, **llm, human_share=0.03, llm_share=0.97, llm_threshold=0.9),
        function(
            "Shelf.put", (10, 5, 15, 32), 5, **unsure, human_share=0.45, llm_share=0.55, llm_threshold=0.9,
            nested=[log],
        ),
        function("tiny", (18, 1, 18, 17), 1, reason="too_short"),
    ]  # fmt: skip
    file = {
        "path": "shelf.py", "cell": None, "language": "python", "verdict": None, "changed_lines": None,
        "functions": functions,
    }  # fmt: skip
    assert reported(check_result(checked_file(), errors=(FileError("bad.py", "is binary"),))) == {
        "version": "1.2.3",
        "model": "codeorigin-test 0.1.0 (abc)",
        "change": None,
        "past": None,
        "declared": None,
        "files": [file],
        "errors": [{"path": "bad.py", "message": "is binary", "skipped": False}],
        "summary": {
            "files": 1,
            "without_functions": 0,
            "functions": 3,
            "moved": 0,
            "scored": 2,
            "findings": 1,
            "accepted": 0,
            "lines": 8,
            "finding_lines": 3,
            "errors": 1,
            "skipped": 0,
            "bands": {"human": 0, "unsure": 1, "llm": 1},
            "file_bands": {"human": 0, "unsure": 0, "llm": 0},
            "threshold": None,
            "false_positive_rate": None,
            "seconds": 0.5,
            "functions_per_second": 6.0,
            "peak_memory_bytes": 300 * 2**20,
        },
    }


def test_verdict_separates_own_text_from_file_context() -> None:
    report = reported(check_result(checked_file(verdicts={"fast": IN_FILE})))
    fast, put, _ = report["files"][0]["functions"]
    assert (fast["probability"], fast["logit"]) == (0.97, 1.88)
    assert (fast["own_probability"], fast["file_evidence"], fast["neighbours"]) == (0.64, 0.62, 11)
    assert (put["own_probability"], put["file_evidence"], put["neighbours"]) == (None, None, 0)


def test_file_verdict_is_in_the_report() -> None:
    files = (checked_file(whole=each) for each in (LLM_FILE, UNSURE_FILE, HUMAN_FILE))
    report = reported(check_result(*files))
    assert report["files"][0]["verdict"] == {
        "probability": 0.96, "logit": 1.84, "band": "llm", "reason": None, "function_count": 7,
        "human_share": 0.04, "llm_share": 0.96, "llm_threshold": 0.9,
    }  # fmt: skip
    assert report["summary"]["file_bands"] == {"human": 1, "unsure": 1, "llm": 1}
    assert report["summary"]["findings"] == 3


def test_odd_names_survive_as_ascii_escapes() -> None:
    rendered = json.render(check_result(checked_file("日本\x1b[31m.py")))
    assert rendered.isascii()
    assert "\x1b" not in rendered
    assert stdlib_json.loads(rendered)["files"][0]["path"] == "日本\x1b[31m.py"


def test_deepest_nesting_is_listed_completely() -> None:
    source = "".join(f"{' ' * level}def f{level}():\n" for level in range(MAX_NESTING))
    source += " " * MAX_NESTING + "pass\n"
    (function,) = reported(check_result(checked_file("deep.py", source, {})))["files"][0]["functions"]
    names = [function["name"]]
    while function["nested"]:
        (function,) = function["nested"]
        names.append(function["name"])
    assert names == [f"f{level}" for level in range(MAX_NESTING)]


def test_every_verdict_and_reason_is_in_the_schema() -> None:
    verdicts = [LLM, UNSURE, HUMAN, *map(Verdict.without, Reason)]
    # A merge is a reason of changes alone.
    reasons = [each for each in PooledReason if each is not PooledReason.MERGE]
    of_files = [LLM_FILE, UNSURE_FILE, HUMAN_FILE, *(PooledVerdict.without(each, 2) for each in reasons)]
    files = [checked_file(verdicts={"fast": each}) for each in verdicts]
    report = reported(check_result(*files, *(checked_file(whole=each) for each in of_files), threshold=0.25))
    shown = [file["functions"][0] for file in report["files"][: len(files)]]
    assert [each["reason"] for each in shown] == [each.reason and each.reason.value for each in verdicts]
    whole = [file["verdict"] for file in report["files"][len(files) :]]
    assert [(each["reason"], each["band"]) for each in whole] == [
        (each.reason and each.reason.value, each.band and each.band.value) for each in of_files
    ]


def test_every_kind_of_record_is_in_the_schema() -> None:
    record = load_schema("check/formats/report")["$defs"]["record"]["properties"]
    for name, kinds in (("source", RecordSource), ("by", WrittenBy), ("strength", Strength)):
        assert set(record[name]["enum"]) == {kind.value for kind in kinds}


def test_empty_report_is_valid() -> None:
    report = reported(check_result())
    assert (report["files"], report["summary"]["functions_per_second"]) == ([], None)


@pytest.mark.parametrize(
    ("place", "change"),
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
        (("files", 0, "functions", 0), {"file_evidence": 0.5}),
        (("files", 0, "functions", 0), {"neighbours": 2}),
        (("files", 0, "functions", 0), {"neighbours": ...}),
        (("files", 0, "functions", 2), {"own_probability": 0.5}),
        (("files", 0, "functions", 2), {"file_evidence": 0.5, "neighbours": 2}),
        (("files", 0, "functions", 1, "nested", 0), {"nested": ...}),
        (("summary", "bands"), {"robot": 1}),
    ],
)
def test_schema_rejects_invalid_reports(place: tuple[str | int, ...], change: dict[str, object]) -> None:
    report = reported(check_result(checked_file()))
    inside = report
    for step in place:
        inside = inside[step]
    for name, value in change.items():
        if value is ...:
            del inside[name]
        else:
            inside[name] = value
    assert not VALIDATOR.is_valid(report)
