"""The formats for GitLab, for step summaries and for badges."""

import json as stdlib_json
from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from codeorigin.analysis.report import ChangeReport
from codeorigin.check.formats import badge, gitlab, markdown
from codeorigin.check.result import CheckedFile, CheckResult, FileError
from codeorigin.model.verdict import Band, Verdict

MakeFile = Callable[..., CheckedFile]
MakeResult = Callable[..., CheckResult]


def test_gitlab_has_one_entry_per_finding(make_result: MakeResult) -> None:
    (entry,) = stdlib_json.loads(gitlab.render(make_result()))
    assert entry["location"] == {"path": "shelf.py", "lines": {"begin": 4, "end": 6}}
    assert (entry["severity"], entry["check_name"]) == ("info", "codeorigin/llm-written")
    assert entry["description"].startswith("`fast` reads like LLM-written code (97 %).")
    assert stdlib_json.loads(gitlab.render(make_result(files=()))) == []


def test_gitlab_fingerprints_are_stable_and_unique(make_result: MakeResult, make_file: MakeFile) -> None:
    result = make_result((make_file("a.py"), make_file("b.py"), make_file("a.py")))
    prints = [entry["fingerprint"] for entry in stdlib_json.loads(gitlab.render(result))]
    assert len(set(prints)) == 3
    assert prints == [entry["fingerprint"] for entry in stdlib_json.loads(gitlab.render(result))]


def test_gitlab_points_at_the_changed_line(make_result: MakeResult, make_file: MakeFile) -> None:
    (entry,) = gitlab.to_list(make_result((replace(make_file(), changed=((5, 5),)),)))
    assert entry["location"]["lines"]["begin"] == 5


def test_markdown_lists_findings_and_errors(make_result: MakeResult) -> None:
    result = replace(
        make_result(errors=(FileError("bad.py", "is binary"),)),
        change=ChangeReport("index", None, "a" * 40, None),
    )
    lines = markdown.render(result).splitlines()
    assert lines[0] == "## CodeOrigin"
    assert "Only functions with changed lines&#58; the index against HEAD&#46;" in lines
    assert "| <code>fast</code> | <code>shelf&#46;py&#58;4&#45;6</code> | 0&#46;97 | llm |" in lines
    assert "38 &#37; of 8 lines with a verdict are in findings." in markdown.render(result)
    assert "- <code>bad&#46;py</code>: is binary" in lines


@pytest.mark.parametrize(
    "name", ["a|b", "`x`", "<img src=x>", "[l](http://x)", "@team", "*b*_c_", "www.x.org", "\x1b[1m\n# h"]
)
def test_names_are_literal_in_markdown(make_result: MakeResult, make_file: MakeFile, name: str) -> None:
    shown = markdown.render(make_result((make_file(name),)))
    table = [line for line in shown.splitlines() if line.startswith("| <code>")]
    assert len(table) == 1
    assert table[0].count("|") == 5
    assert all(
        sign not in table[0].replace("<code>", "").replace("</code>", "") for sign in "`<>[]()@*_.\x1b"
    )


def test_long_lists_are_cut_off(make_result: MakeResult, make_file: MakeFile) -> None:
    shown = markdown.render(make_result(tuple(make_file(f"{number}.py") for number in range(250))))
    assert "And 50 more." in shown
    assert shown.count("\n| <code>") == 200


@pytest.mark.parametrize(
    ("band", "message"), [(Band.LLM, "100 % of lines"), (Band.HUMAN, "0 % of lines"), (None, "no verdict")]
)
def test_badge_shows_the_share(
    make_result: MakeResult,
    make_file: MakeFile,
    verdicts: Mapping[Band, Verdict],
    band: Band | None,
    message: str,
) -> None:
    given = {} if band is None else {"fast": verdicts[band]}
    image = badge.render(make_result((make_file(verdicts=given),)))
    root = ElementTree.fromstring(image)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib["aria-label"] == f"likely LLM-written: {message}"
    assert [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")] == [
        "likely LLM-written",
        message,
    ]
    assert "http" not in image.replace("http://www.w3.org/2000/svg", "")
