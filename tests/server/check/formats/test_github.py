"""Workflow commands, which no name can forge."""

from codeorigin.check.formats import github
from codeorigin.check.result import FileError
from support.check_results import check_result, checked_file

ESTIMATE = "A probability is an estimate from style, not proof of who wrote the code."


def test_each_finding_has_a_notice_and_a_summary_follows() -> None:
    notice, summary = github.render(check_result(checked_file())).splitlines()
    assert notice == (
        "::notice file=shelf.py,line=4,endLine=6,title=Likely LLM-written::"
        f"`fast` reads like LLM-written code (97 %25). {ESTIMATE}"
    )
    said = "CodeOrigin: 1 of 2 functions looks LLM-written; 1 unsure, 0 human. 1 not judged"
    assert summary.startswith(said)


def test_what_was_not_checked_is_a_warning_or_an_error() -> None:
    errors = (FileError("a.py", "is binary", skipped=True), FileError("a,b:c.py", "50 % of it\nis binary"))
    first, second, summary = github.render(check_result(errors=errors)).splitlines()
    assert first == "::warning file=a.py,title=Not checked::is binary"
    assert second == "::error file=a%2Cb%3Ac.py,title=Problem::50 %25 of it\\x0ais binary"
    assert "2 files not checked." in summary


def test_name_with_line_breaks_cannot_forge_a_command() -> None:
    file = checked_file("x\n::error::forged\r\x1b[1m.py")
    lines = github.render(check_result(file)).split("\n")
    assert len(lines) == 3
    assert lines[0].startswith("::notice file=x\\x0a%3A%3Aerror%3A%3Aforged\\x0d\\x1b[1m.py,")
