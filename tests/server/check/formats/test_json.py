"""The JSON report."""

import hashlib
import json as stdlib_json
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema

from codeorigin.check.formats import json
from codeorigin.check.result import CheckedFile, CheckResult, FileError
from codeorigin.functions.captured_spans import MAX_NESTING
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.verdict import Band, Verdict

MakeFile = Callable[..., CheckedFile]


MakeResult = Callable[..., CheckResult]


def parsed(result: CheckResult) -> Any:
    return stdlib_json.loads(json.render(result))


def _id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _range(start_line: int, start_column: int, end_line: int, end_column: int) -> dict[str, int]:
    return {
        "start_line": start_line,
        "start_column": start_column,
        "end_line": end_line,
        "end_column": end_column,
    }


def test_whole_report_is_as_expected(
    make_result: MakeResult, validator: jsonschema.Draft202012Validator
) -> None:
    report = parsed(make_result(errors=(FileError("bad.py", "is binary"),)))
    validator.validate(report)
    log = {
        "id": _id("Shelf.put.log"),
        "name": "log",
        "qualified_name": "Shelf.put.log",
        "language": "python",
        "start_line": 11,
        "end_line": 12,
        "range": _range(11, 9, 12, 24),
        "counted_lines": 0,
        "accepted": False,
        "probability": None,
        "logit": None,
        "band": None,
        "reason": "nested",
        "own_probability": None,
        "file_evidence": None,
        "neighbours": 0,
        "commit_evidence": None,
        "commit_neighbours": 0,
        "past_as_high": None,
        "human_share": None,
        "llm_share": None,
        "llm_threshold": None,
        "declared": None,
        "disagreement": None,
        "nested": [],
    }
    assert report == {
        "version": "1.2.3",
        "model": "codeorigin-test 0.1.0 (abc)",
        "change": None,
        "past": None,
        "declared": None,
        "files": [
            {
                "path": "shelf.py",
                "cell": None,
                "language": "python",
                "verdict": None,
                "changed_lines": None,
                "functions": [
                    {
                        "id": _id("fast"),
                        "name": "fast",
                        "qualified_name": "fast",
                        "language": "python",
                        "start_line": 4,
                        "end_line": 6,
                        "range": _range(4, 1, 6, 53),
                        "counted_lines": 3,
                        "accepted": False,
                        "probability": 0.97,
                        "logit": 1.88,
                        "band": "llm",
                        "reason": None,
                        "own_probability": 0.97,
                        "file_evidence": None,
                        "neighbours": 0,
                        "commit_evidence": None,
                        "commit_neighbours": 0,
                        "past_as_high": None,
                        "human_share": 0.03,
                        "llm_share": 0.97,
                        "llm_threshold": 0.9,
                        "declared": None,
                        "disagreement": None,
                        "nested": [],
                    },
                    {
                        "id": _id("Shelf.put"),
                        "name": "put",
                        "qualified_name": "Shelf.put",
                        "language": "python",
                        "start_line": 10,
                        "end_line": 15,
                        "range": _range(10, 5, 15, 32),
                        "counted_lines": 5,
                        "accepted": False,
                        "probability": 0.55,
                        "logit": 0.2,
                        "band": "unsure",
                        "reason": None,
                        "own_probability": 0.55,
                        "file_evidence": None,
                        "neighbours": 0,
                        "commit_evidence": None,
                        "commit_neighbours": 0,
                        "past_as_high": None,
                        "human_share": 0.45,
                        "llm_share": 0.55,
                        "llm_threshold": 0.9,
                        "declared": None,
                        "disagreement": None,
                        "nested": [log],
                    },
                    {
                        "id": _id("tiny"),
                        "name": "tiny",
                        "qualified_name": "tiny",
                        "language": "python",
                        "start_line": 18,
                        "end_line": 18,
                        "range": _range(18, 1, 18, 17),
                        "counted_lines": 1,
                        "accepted": False,
                        "probability": None,
                        "logit": None,
                        "band": None,
                        "reason": "too_short",
                        "own_probability": None,
                        "file_evidence": None,
                        "neighbours": 0,
                        "commit_evidence": None,
                        "commit_neighbours": 0,
                        "past_as_high": None,
                        "human_share": None,
                        "llm_share": None,
                        "llm_threshold": None,
                        "declared": None,
                        "disagreement": None,
                        "nested": [],
                    },
                ],
            }
        ],
        "errors": [{"path": "bad.py", "message": "is binary", "skipped": False}],
        "summary": {
            "files": 1,
            "without_functions": 0,
            "functions": 3,
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


def test_verdict_separates_own_text_from_file_context(
    make_file: MakeFile,
    make_result: MakeResult,
    in_file: Verdict,
    validator: jsonschema.Draft202012Validator,
) -> None:
    report = parsed(make_result((make_file(verdicts={"fast": in_file}),)))
    validator.validate(report)
    fast, put, _ = report["files"][0]["functions"]
    assert {
        name: fast[name]
        for name in ("probability", "logit", "own_probability", "file_evidence", "neighbours")
    } == {
        "probability": 0.97,
        "logit": 1.88,
        "own_probability": 0.64,
        "file_evidence": 0.62,
        "neighbours": 11,
    }
    assert (put["own_probability"], put["file_evidence"], put["neighbours"]) == (None, None, 0)


def test_file_verdict_is_in_the_report(
    make_file: MakeFile,
    make_result: MakeResult,
    file_verdicts: Mapping[Band, FileVerdict],
    validator: jsonschema.Draft202012Validator,
) -> None:
    report = parsed(make_result(tuple(make_file(whole=each) for each in file_verdicts.values())))
    validator.validate(report)
    assert report["files"][0]["verdict"] == {
        "probability": 0.96,
        "logit": 1.84,
        "band": "llm",
        "reason": None,
        "function_count": 7,
        "human_share": 0.04,
        "llm_share": 0.96,
        "llm_threshold": 0.9,
    }
    assert report["summary"]["file_bands"] == {"human": 1, "unsure": 1, "llm": 1}
    assert report["summary"]["findings"] == 3


def test_odd_names_survive_as_ascii_escapes(make_file: MakeFile, make_result: MakeResult) -> None:
    rendered = json.render(make_result((make_file("日本\x1b[31m.py"),)))
    assert rendered.isascii()
    assert "\x1b" not in rendered
    assert stdlib_json.loads(rendered)["files"][0]["path"] == "日本\x1b[31m.py"


def test_deepest_nesting_is_listed_completely(
    make_file: MakeFile, make_result: MakeResult, validator: jsonschema.Draft202012Validator
) -> None:
    depth = MAX_NESTING
    source = "".join(f"{' ' * level}def f{level}():\n" for level in range(depth)) + " " * depth + "pass\n"
    report = parsed(make_result((make_file("deep.py", source, {}),)))
    validator.validate(report)
    names = []
    pending = report["files"][0]["functions"]
    while pending:
        function = pending.pop()
        names.append(function["name"])
        pending.extend(function["nested"])
    assert sorted(names) == sorted(f"f{level}" for level in range(depth))
