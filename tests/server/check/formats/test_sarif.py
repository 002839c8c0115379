"""The SARIF log: its required parts, locations and URIs."""

import json
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from codeorigin.check.formats import sarif
from codeorigin.check.result import CheckedFile, CheckResult, FileError
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.verdict import Band, Verdict
from support.command import ROOT

MakeFile = Callable[..., CheckedFile]
MakeResult = Callable[..., CheckResult]


def run_of(result: CheckResult) -> Any:
    log = json.loads(sarif.render(result))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


def test_each_finding_is_a_result_with_its_location(make_result: MakeResult) -> None:
    run = run_of(make_result())
    (found,) = run["results"]
    driver = run["tool"]["driver"]
    assert driver["rules"][found["ruleIndex"]]["id"] == found["ruleId"]
    place = found["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "shelf.py"
    assert place["physicalLocation"]["region"] == {
        "startLine": 4,
        "startColumn": 1,
        "endLine": 6,
        "endColumn": 53,
    }
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "fast"
    assert found["properties"]["probability"] == 0.97
    assert len(found["partialFingerprints"]["functionText/v1"]) == 16
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"][0]["executionSuccessful"] is True


def test_rule_says_where_to_read_more(make_result: MakeResult) -> None:
    driver = run_of(make_result(()))["tool"]["driver"]
    (rule,) = driver["rules"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert driver["informationUri"] == project["urls"]["Homepage"]
    page = rule["helpUri"].removeprefix(f"{driver['informationUri']}/blob/main/")
    assert (ROOT / page).is_file()
    assert "codeorigin explain FILE:LINE" in rule["help"]["text"]
    assert "`codeorigin explain FILE:LINE`" in rule["help"]["markdown"]
    assert "provenance" in rule["properties"]["tags"]


def test_result_separates_own_text_from_file_context(
    make_file: MakeFile, make_result: MakeResult, in_file: Verdict
) -> None:
    (found,) = run_of(make_result((make_file(verdicts={"fast": in_file}),)))["results"]
    properties = found["properties"]
    assert (properties["ownProbability"], properties["fileEvidence"], properties["neighbours"]) == (
        0.64,
        0.62,
        11,
    )
    assert (properties["probability"], properties["logit"]) == (0.97, 1.88)
    (alone,) = run_of(make_result())["results"]
    properties = alone["properties"]
    assert (properties["ownProbability"], properties["fileEvidence"], properties["neighbours"]) == (
        0.97,
        None,
        0,
    )


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/a b.py", "src/a%20b.py"),
        ("/abs/é.py", "file:///abs/%C3%A9.py"),
        ("c:odd#?.py", "c%3Aodd%23%3F.py"),
    ],
)
def test_paths_become_uris(path: str, uri: str, make_file: MakeFile, make_result: MakeResult) -> None:
    (found,) = run_of(make_result((make_file(path),)))["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_skipped_files_are_warnings_and_the_run_succeeds(make_result: MakeResult) -> None:
    errors = (FileError("bad.py", "is binary", skipped=True),)
    invocation = run_of(make_result(errors=errors))["invocations"][0]
    assert invocation["executionSuccessful"]
    assert [each["level"] for each in invocation["toolExecutionNotifications"]] == ["warning"]


def test_errors_are_notifications_and_the_run_fails(make_result: MakeResult) -> None:
    invocation = run_of(make_result(errors=(FileError("bad.py", "is binary"),)))["invocations"][0]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "is binary"
    assert notification["level"] == "error"


def test_threshold_decides_what_is_a_result(make_result: MakeResult) -> None:
    assert [
        found["logicalLocations"]
        for r in run_of(make_result(threshold=0.5))["results"]
        for found in r["locations"]
    ] == [
        [{"name": "fast", "fullyQualifiedName": "fast", "kind": "function"}],
        [{"name": "put", "fullyQualifiedName": "Shelf.put", "kind": "function"}],
    ]
    assert run_of(make_result(threshold=1.0))["results"] == []


def test_file_verdict_is_a_property_of_the_artifact_and_no_result(
    make_file: MakeFile, make_result: MakeResult, file_verdicts: Mapping[Band, FileVerdict]
) -> None:
    files = (
        make_file("a b.py", verdicts={}, whole=file_verdicts[Band.LLM]),
        make_file("few.py", verdicts={}, whole=FileVerdict.without(FileReason.TOO_FEW_FUNCTIONS, 1)),
    )
    run = run_of(make_result(files))
    (artifact,) = run["artifacts"]
    assert artifact["location"] == {"uri": "a%20b.py"}
    assert artifact["properties"]["band"] == "llm"
    assert artifact["properties"]["functionCount"] == 7
    assert run["results"] == []
    assert "artifacts" not in run_of(make_result())
