"""The SARIF log: its required parts, locations and URIs."""

import json
import re
import tomllib
from typing import Any

import pytest

from codeorigin.check.formats import sarif
from codeorigin.check.result import CheckResult, FileError
from support.check_results import IN_FILE, check_result, checked_file
from support.command import ROOT


def run_of(result: CheckResult) -> Any:
    log = json.loads(sarif.render(result))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


def test_each_finding_is_a_result_with_its_location() -> None:
    run = run_of(check_result(checked_file()))
    (found,) = run["results"]
    driver = run["tool"]["driver"]
    assert driver["rules"][found["ruleIndex"]]["id"] == found["ruleId"]
    place = found["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "shelf.py"
    region = {"startLine": 4, "startColumn": 1, "endLine": 6, "endColumn": 53}
    assert place["physicalLocation"]["region"] == region
    assert place["logicalLocations"] == [{"name": "fast", "fullyQualifiedName": "fast", "kind": "function"}]
    assert found["properties"]["probability"] == 0.97
    assert re.fullmatch("[0-9a-f]{16}:1", found["partialFingerprints"]["functionText/v1"])
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"][0]["executionSuccessful"] is True


def test_rule_says_where_to_read_more() -> None:
    driver = run_of(check_result())["tool"]["driver"]
    (rule,) = driver["rules"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert driver["informationUri"] == project["urls"]["Homepage"]
    page = rule["helpUri"].removeprefix(f"{driver['informationUri']}/blob/main/")
    assert (ROOT / page).is_file()
    assert "codeorigin explain FILE:LINE" in rule["help"]["text"]
    assert "`codeorigin explain FILE:LINE`" in rule["help"]["markdown"]
    assert "provenance" in rule["properties"]["tags"]


def test_result_separates_own_text_from_file_context() -> None:
    files = (checked_file(verdicts={"fast": IN_FILE}), checked_file())
    in_file, alone = (each["properties"] for each in run_of(check_result(*files))["results"])
    names = ("probability", "logit", "ownProbability", "fileEvidence", "neighbours")
    assert [in_file[name] for name in names] == [0.97, 1.88, 0.64, 0.62, 11]
    assert [alone[name] for name in names] == [0.97, 1.88, 0.97, None, 0]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/a b.py", "src/a%20b.py"),
        ("/abs/é.py", "file:///abs/%C3%A9.py"),
        ("c:odd#?.py", "c%3Aodd%23%3F.py"),
    ],
)
def test_paths_become_uris(path: str, uri: str) -> None:
    (found,) = run_of(check_result(checked_file(path)))["results"]
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize("skipped", [True, False])
def test_only_errors_fail_the_run(skipped: bool) -> None:
    result = check_result(errors=(FileError("bad.py", "is binary", skipped=skipped),))
    (invocation,) = run_of(result)["invocations"]
    assert invocation["executionSuccessful"] is skipped
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "is binary"
    assert notification["level"] == ("warning" if skipped else "error")


def test_threshold_decides_what_is_a_result() -> None:
    for threshold, names in ((0.5, ["fast", "Shelf.put"]), (1.0, [])):
        results = run_of(check_result(checked_file(), threshold=threshold))["results"]
        places = [each["locations"][0]["logicalLocations"][0] for each in results]
        assert [place["fullyQualifiedName"] for place in places] == names
