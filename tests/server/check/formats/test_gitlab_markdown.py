"""The formats for GitLab and for step summaries."""

import json as stdlib_json
import re
from dataclasses import replace

import pytest

from codeorigin.analysis.report import ChangeReport
from codeorigin.check.formats import gitlab, markdown
from codeorigin.check.result import FileError
from support.check_results import check_result, checked_file


def test_gitlab_has_one_entry_per_finding() -> None:
    (entry,) = stdlib_json.loads(gitlab.render(check_result(checked_file())))
    assert entry["location"] == {"path": "shelf.py", "lines": {"begin": 4, "end": 6}}
    assert (entry["severity"], entry["check_name"]) == ("info", "codeorigin/llm-written")
    assert entry["description"].startswith("`fast` reads like LLM-written code (97 %).")
    assert stdlib_json.loads(gitlab.render(check_result())) == []
    (changed,) = gitlab.to_list(check_result(replace(checked_file(), changed=((5, 5),))))
    assert changed["location"]["lines"]["begin"] == 5


def test_gitlab_fingerprints_are_stable_and_unique() -> None:
    result = check_result(*map(checked_file, ("a.py", "b.py", "a.py")))
    prints = [entry["fingerprint"] for entry in gitlab.to_list(result)]
    assert len(set(prints)) == 3
    assert prints == [entry["fingerprint"] for entry in gitlab.to_list(result)]


def test_markdown_lists_findings_and_errors() -> None:
    result = check_result(checked_file(), errors=(FileError("bad.py", "is binary"),))
    result = replace(result, change=ChangeReport("index", None, "a" * 40, None))
    lines = markdown.render(result).splitlines()
    assert lines[0] == "## CodeOrigin"
    assert "Only functions with changed lines: the index against HEAD." in lines
    assert "| `fast` | `shelf.py:4-6` | 0.97 | llm |" in lines
    assert lines[4] == (
        "**1 of 2 functions looks LLM-written; 1 unsure, 0 human.** 1 not judged (too short). 1 file not checked. "
        "38 % of 8 lines with a verdict are in findings."
    )
    assert "- `bad.py`: is binary" in lines
    assert markdown.render(check_result()).splitlines()[2] == "**Nothing to check.**"


@pytest.mark.parametrize(
    "name",
    ["a|b", "`x`", "<img src=x>", "[l](http://x)", "@team", "*b*_c_", "www.x.org", "\x1b[1m\n# h"],
)
def test_names_are_literal_in_markdown(name: str) -> None:
    shown = markdown.render(check_result(checked_file(name), errors=(FileError("a.py", name),)))
    (row,) = (line for line in shown.splitlines() if line.startswith("| `fast`"))
    assert row.count("|") == 5
    place = row.split("|")[2].strip()
    assert "\x1b" not in shown
    if set(name) & set("`|<"):
        assert place.startswith("<code>")
        inside = place.removeprefix("<code>").removesuffix("</code>")
        assert not set(inside) & set("`<>[]()@*_.|")
    else:
        # Nothing is markup in a code span, which only a backtick ends.
        assert re.fullmatch(r"`[^`|]+`", place)
    (error,) = (line for line in shown.splitlines() if line.startswith("- `a.py`: "))
    assert not set(error.removeprefix("- `a.py`: ")) & set("`<>[]()@*_.|\\")


@pytest.mark.parametrize(
    "text",
    ["the index against HEAD.", "7 functions (3 human, 4 llm): 0.97, 12 %", "HEAD's parent, and/or 1,234."],
)
def test_our_own_sentences_are_readable_in_the_source(text: str) -> None:
    assert markdown.literal_text(text) == text


def test_long_lists_are_cut_off() -> None:
    shown = markdown.render(check_result(*(checked_file(f"{number}.py") for number in range(250))))
    assert "And 50 more." in shown
    assert shown.count("\n| `fast`") == 200
