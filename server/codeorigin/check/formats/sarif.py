"""The report for code scanning services: SARIF 2.1.0 (OASIS, 2020), with one result per finding."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from codeorigin.analysis.judged import JudgedFile, JudgedFunction, line_range
from codeorigin.check.formats.listed import Listed, listed_findings, path_in_repository
from codeorigin.check.result import CheckResult, FileError, moved_line
from codeorigin.records.function_records import function_record_values
from codeorigin.report import CAVEAT
from codeorigin.report.values import camel_case, indented_pieces, range_values, verdict_values
from codeorigin.text.literal_text import plain_message

RULE_ID = "likely-llm"
_INDENTED = 4
"""The number of levels of the document down to its results."""
_RULE = "A function that an LLM likely wrote"
_RULE_DESCRIPTION = (
    f"The model estimates how likely a function was written by a large language model. {CAVEAT}"
)
_RULE_HELP = (
    "Run 'codeorigin explain FILE:LINE' to see which lines made the model think so. Human-written code can be reported, "
    "and much LLM-written code is not. Use a finding to decide where to look twice, never to judge anybody. A comment "
    "'codeorigin: ignore' above the function hides it; 'codeorigin check --update-baseline' accepts all."
)
_RULE_HELP_MARKDOWN = _RULE_HELP.replace("'", "`")

_PROJECT_PAGE = "https://github.com/OWNER/codeorigin"
_RULE_PAGE = f"{_PROJECT_PAGE}/blob/main/docs/quality.md"
_FIGURES = (
    *("probability", "logit", "band", "human_share", "llm_share", "llm_threshold", "own_probability"),
    *("file_evidence", "neighbours", "commit_evidence", "commit_neighbours"),
)
_SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def _uri(path: str) -> str:
    """A percent-encoded URI reference: ``file:`` for an absolute path, relative for a relative one."""
    pure = PurePath(path.encode("utf-8", "backslashreplace").decode("utf-8"))
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())


def _region(file: JudgedFile, function: JudgedFunction) -> dict[str, int]:
    """The location of a function; for a cell, only lines of the notebook's file, where columns are meaningless."""
    if file.cell is None:
        return camel_case(range_values(function.span.range))
    first, last = line_range(function)
    return {"startLine": file.cell.line(first), "endLine": file.cell.line(last)}


def _result(finding: Listed) -> dict[str, Any]:
    file, function = finding.file, finding.function
    span = function.span
    return {
        "ruleId": RULE_ID,
        "ruleIndex": 0,
        "level": "note",
        "message": {"text": plain_message(finding.message)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.path)},
                    "region": _region(file, function),
                },
                "logicalLocations": [
                    {"name": span.name, "fullyQualifiedName": span.qualified_name, "kind": "function"}
                ],
            }
        ],
        # Two equal functions of a file are two results, and a host drops one of two with the same fingerprint.
        "partialFingerprints": {"functionText/v1": f"{function.function_id}:{finding.number}"},
        "properties": {
            "language": span.language,
            **({} if file.cell is None else {"cell": file.cell.number}),
            **camel_case(verdict_values(function.verdict, _FIGURES)),
            "declared": function_record_values(function.records),
        },
    }


def _moved(result: CheckResult) -> list[dict[str, Any]]:
    moved = moved_line(result)
    return [] if moved is None else [{"level": "note", "message": {"text": plain_message(moved)}}]


def _notification(error: FileError) -> dict[str, Any]:
    return {
        "level": "warning" if error.skipped else "error",
        "message": {"text": plain_message(error.message)},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": _uri(path_in_repository(error.path))}}}
        ],
    }


def to_dict(result: CheckResult) -> dict[str, Any]:
    """``result`` as a SARIF log with one run. Columns count code points, and ends are exclusive."""
    rule = {
        "id": RULE_ID,
        "name": "LlmWritten",
        "shortDescription": {"text": _RULE},
        "fullDescription": {"text": _RULE_DESCRIPTION},
        "defaultConfiguration": {"level": "note"},
        "help": {"text": _RULE_HELP, "markdown": _RULE_HELP_MARKDOWN},
        "helpUri": _RULE_PAGE,
        "properties": {"tags": ["maintainability", "provenance", "llm"], "precision": "medium"},
    }
    return {
        "$schema": _SCHEMA_URI,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "CodeOrigin",
                        "informationUri": _PROJECT_PAGE,
                        "version": result.version,
                        "semanticVersion": result.version,
                        "rules": [rule],
                        "properties": {"model": result.model},
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not result.summary.errors,
                        "toolExecutionNotifications": [
                            *map(_notification, result.errors),
                            *_moved(result),
                        ],
                    }
                ],
                "results": list(map(_result, listed_findings(result))),
            }
        ],
    }


def parts(result: CheckResult) -> Iterator[str]:
    """One ASCII SARIF document with a final newline."""
    return indented_pieces(to_dict(result), _INDENTED)
