"""Read back a JSON report, to render it again or compare it."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from codeorigin.analysis.report import ChangeReport, DeclaredAgent, FileReport, FunctionReport, Summary
from codeorigin.check.result import Cell, CheckedFile, CheckResult, FileError
from codeorigin.cli.terminal import display_path
from codeorigin.errors import SourceError
from codeorigin.functions.spans import FunctionSpan, TextRange
from codeorigin.model.calibration.promise import Group, Promise
from codeorigin.model.change_verdict import ChangeReason, ChangeVerdict
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.verdict import Band, Reason, Verdict
from codeorigin.text.regular_files import read_regular_file

MAX_BYTES = 1 << 30
NOT_OF_THIS_FORM = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""The exceptions raised for values that are not a valid report."""
_Named = TypeVar("_Named", Band, Reason, ChangeReason, FileReason, Group)


def read_report(path: Path) -> CheckResult:
    """The result that ``check --format json`` wrote to ``path``, without the code of its functions.

    Raises:
        SourceError: the file cannot be read, or does not contain such a report.
    """
    try:
        return check_result(read_json(path))
    except NOT_OF_THIS_FORM as error:
        raise SourceError(
            f"{display_path(path)}: is no report of this version's 'codeorigin check --format json'; write it again"
        ) from error


def read_json(path: Path) -> Any:
    """Read any JSON value from a file.

    Raises:
        SourceError: the file cannot be read, or is too large.
        ValueError, RecursionError: it is not valid JSON; both are in :data:`NOT_OF_THIS_FORM`.
    """
    shown = display_path(path)
    try:
        content = read_regular_file(path, MAX_BYTES)
    except OSError as error:
        raise SourceError(f"{shown}: cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise SourceError(f"{shown}: is larger than {MAX_BYTES:,} bytes")
    return json.loads(content, parse_float=_finite, parse_constant=_finite)


def _finite(text: str) -> float:
    """Parse a number, which must be finite so that it can be written as JSON again."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number of a report")
    return number


def check_result(data: Mapping[str, Any]) -> CheckResult:
    """The result in the values of a report; raises one of :data:`NOT_OF_THIS_FORM` if they are something else."""
    accepted: set[str] = set()
    files = tuple(_file(each, accepted) for each in data["files"])
    summary = data["summary"]
    return CheckResult(
        version=str(data["version"]),
        model=str(data["model"]),
        files=files,
        errors=tuple(
            FileError(str(each["path"]), str(each["message"]), bool(each["skipped"]))
            for each in data["errors"]
        ),
        summary=_summary(summary),
        threshold=_number(summary["threshold"]),
        false_positive_rate=_number(summary["false_positive_rate"]),
        change=None if data["change"] is None else _change(data["change"]),
        accepted=frozenset(accepted),
    )


def _change(data: Mapping[str, Any]) -> ChangeReport:
    declared = data["declared"]
    agents = None if declared is None else tuple(DeclaredAgent(**each) for each in declared)
    return ChangeReport(**{**data, "declared": agents, "verdict": _change_verdict(data["verdict"])})


def _change_verdict(data: Mapping[str, Any] | None) -> ChangeVerdict | None:
    if data is None:
        return None
    return ChangeVerdict(reason=_named(ChangeReason, data["reason"]), **_pooled(data))


def _pooled(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that verdicts on files and on changes have in common."""
    return {
        "probability": _number(data["probability"]),
        "logit": _number(data["logit"]),
        "band": _named(Band, data["band"]),
        "functions": int(data["function_count"]),
        "human_share": _number(data["human_share"]),
        "llm_threshold": _number(data["llm_threshold"]),
        "promise": _promise(data["promise"]),
    }


def _summary(data: Mapping[str, Any]) -> Summary:
    names = (
        "files",
        "without_functions",
        "functions",
        "scored",
        "findings",
        "accepted",
        "errors",
        "skipped",
        "lines",
        "finding_lines",
    )
    memory = data["peak_memory_bytes"]
    return Summary(
        **{name: int(data[name]) for name in names},
        bands={band: int(data["bands"][band.value]) for band in Band},
        file_bands={band: int(data["file_bands"][band.value]) for band in Band},
        seconds=float(data["seconds"]),
        peak_memory_bytes=None if memory is None else int(memory),
    )


def _file(data: Mapping[str, Any], accepted: set[str]) -> CheckedFile:
    path, language = str(data["path"]), str(data["language"])
    functions = tuple(_function(each, accepted) for each in data["functions"])
    changed, cell = data["changed_lines"], data["cell"]
    return CheckedFile(
        path,
        FileReport(language, path, functions, _file_verdict(data["verdict"])),
        counted=tuple(int(each["counted_lines"]) for each in data["functions"]),
        changed=None if changed is None else tuple((int(low), int(high)) for low, high in changed),
        cell=None if cell is None else Cell(int(cell["number"]), tuple(map(int, cell["lines"]))),
    )


def _function(data: Mapping[str, Any], accepted: set[str]) -> FunctionReport:
    place = data["range"]
    span = TextRange(
        # Offsets are not known without the text.
        start_byte=0,
        end_byte=0,
        start=0,
        end=0,
        start_line=int(place["start_line"]) - 1,
        start_column=int(place["start_column"]) - 1,
        end_line=int(place["end_line"]) - 1,
        end_column=int(place["end_column"]) - 1,
    )
    identity = str(data["id"])
    if data["accepted"]:
        accepted.add(identity)
    nested = tuple(_function(each, accepted) for each in data["nested"])
    return FunctionReport(
        span=FunctionSpan(
            name=str(data["name"]),
            qualified_name=str(data["qualified_name"]),
            language=str(data["language"]),
            range=span,
            code=span,
            header=span,
            name_range=span,
            doc_comment=None,
            is_test=False,
            nested=tuple(each.span for each in nested),
        ),
        verdict=Verdict(
            probability=_number(data["probability"]),
            logit=_number(data["logit"]),
            band=_named(Band, data["band"]),
            reason=_named(Reason, data["reason"]),
            human_share=_number(data["human_share"]),
            llm_threshold=_number(data["llm_threshold"]),
            promise=_promise(data["promise"]),
            own_probability=_number(data["own_probability"]),
            file_evidence=_number(data["file_evidence"]),
            neighbours=int(data["neighbours"]),
            commit_evidence=_number(data["commit_evidence"]),
            commit_neighbours=int(data["commit_neighbours"]),
        ),
        function_id=identity,
        nested=nested,
    )


def _file_verdict(data: Mapping[str, Any] | None) -> FileVerdict | None:
    if data is None:
        return None
    return FileVerdict(reason=_named(FileReason, data["reason"]), **_pooled(data))


def _promise(data: Mapping[str, Any] | None) -> Promise | None:
    if data is None:
        return None
    return Promise(
        rate=float(data["rate"]),
        repositories=int(data["repositories"] or 0),
        language=None if data["language"] is None else str(data["language"]),
        group=_named(Group, data["group"]),
    )


def _named(kind: type[_Named], value: str | None) -> _Named | None:
    return None if value is None else kind(value)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
