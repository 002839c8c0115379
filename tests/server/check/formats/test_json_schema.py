"""The schema of the JSON report: it covers every verdict and reason, and rejects invalid reports."""

import copy
import json as stdlib_json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from codeorigin.check.formats import json
from codeorigin.check.result import CheckedFile, CheckResult
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.verdict import Band, Reason, Verdict

MakeFile = Callable[..., CheckedFile]


MakeResult = Callable[..., CheckResult]


def parsed(result: CheckResult) -> Any:
    return stdlib_json.loads(json.render(result))


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_in_the_schema(
    reason: Reason,
    make_file: MakeFile,
    make_result: MakeResult,
    validator: jsonschema.Draft202012Validator,
) -> None:
    report = parsed(make_result((make_file(verdicts={"fast": Verdict.without(reason)}),)))
    validator.validate(report)
    assert report["files"][0]["functions"][0]["reason"] == reason.value


@pytest.mark.parametrize("band", list(Band))
def test_every_band_is_in_the_schema(
    band: Band,
    make_file: MakeFile,
    make_result: MakeResult,
    validator: jsonschema.Draft202012Validator,
) -> None:
    given = Verdict(probability=0.5, logit=0.0, band=band, own_probability=0.5)
    validator.validate(parsed(make_result((make_file(verdicts={"fast": given}),), threshold=0.25)))


@pytest.mark.parametrize("reason", list(FileReason))
def test_every_file_reason_is_in_the_schema(
    reason: FileReason,
    make_file: MakeFile,
    make_result: MakeResult,
    validator: jsonschema.Draft202012Validator,
) -> None:
    report = parsed(make_result((make_file(whole=FileVerdict.without(reason, 2)),)))
    validator.validate(report)
    verdict = report["files"][0]["verdict"]
    assert (verdict["reason"], verdict["function_count"], verdict["band"]) == (reason.value, 2, None)
    assert report["summary"]["file_bands"] == {"human": 0, "unsure": 0, "llm": 0}


def test_empty_report_is_valid(make_result: MakeResult, validator: jsonschema.Draft202012Validator) -> None:
    report = parsed(make_result(()))
    validator.validate(report)
    assert report["files"] == []
    assert report["summary"]["functions_per_second"] is None


def spoiled(report: Any, change: Callable[[Any], None]) -> Any:
    other = copy.deepcopy(report)
    change(other)
    return other


@pytest.mark.parametrize(
    "change",
    [
        lambda report: report.update(extra=1),
        lambda report: report.pop("errors"),
        lambda report: report["files"][0].update(extra=None),
        lambda report: report["files"][0].pop("verdict"),
        lambda report: report["files"][0].update(verdict={"band": "llm"}),
        lambda report: report["files"][0]["functions"][0].update(start_line=0),
        lambda report: report["files"][0]["functions"][0].update(band="maybe"),
        lambda report: report["files"][0]["functions"][0].update(probability=None),
        lambda report: report["files"][0]["functions"][0].update(reason="too_short"),
        lambda report: report["files"][0]["functions"][0].update(own_probability=None),
        lambda report: report["files"][0]["functions"][0].update(file_evidence=0.5),
        lambda report: report["files"][0]["functions"][0].update(neighbours=2),
        lambda report: report["files"][0]["functions"][0].pop("neighbours"),
        lambda report: report["files"][0]["functions"][2].update(own_probability=0.5),
        lambda report: report["files"][0]["functions"][2].update(file_evidence=0.5, neighbours=2),
        lambda report: report["files"][0]["functions"][1]["nested"][0].pop("nested"),
        lambda report: report["summary"]["bands"].update(robot=1),
    ],
)
def test_schema_rejects_invalid_reports(
    change: Callable[[Any], None], make_result: MakeResult, validator: jsonschema.Draft202012Validator
) -> None:
    assert not validator.is_valid(spoiled(parsed(make_result()), change))
