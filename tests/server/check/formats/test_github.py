"""Workflow commands, which no name can forge."""

from collections.abc import Callable, Mapping

from codeorigin.check.formats import github
from codeorigin.check.result import CheckedFile, CheckResult, FileError
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.verdict import Band

MakeFile = Callable[..., CheckedFile]
MakeResult = Callable[..., CheckResult]


def test_each_finding_has_a_notice_and_a_summary_follows(make_result: MakeResult) -> None:
    notice, summary = github.render(make_result()).splitlines()
    assert notice == (
        "::notice file=shelf.py,line=4,endLine=6,title=Likely LLM-written::"
        "`fast` reads like LLM-written code (97 %25). "
        "A probability is an estimate from style, not proof of who wrote the code."
    )
    assert summary.startswith("CodeOrigin: 3 functions in 1 file;")


def test_only_files_in_band_llm_get_a_notice(
    make_file: MakeFile, make_result: MakeResult, file_verdicts: Mapping[Band, FileVerdict]
) -> None:
    files = tuple(make_file(f"{band}.py", verdicts={}, whole=each) for band, each in file_verdicts.items())
    notice, summary = github.render(make_result(files)).splitlines()
    assert notice == (
        "::notice file=llm.py,line=1,title=Likely LLM-written file::"
        "Taken together, 7 functions of this file read like LLM-written code (96 %25). "
        "A probability is an estimate from style, not proof of who wrote the code."
    )
    assert "0 findings" in summary


def test_skipped_files_are_warnings(make_result: MakeResult) -> None:
    rendered = github.render(make_result((), errors=(FileError("a.py", "is binary", skipped=True),)))
    assert rendered.startswith("::warning file=a.py,title=Not checked::is binary\n")
    assert "1 skipped" in rendered


def test_errors_are_error_commands(make_result: MakeResult) -> None:
    rendered = github.render(make_result((), errors=(FileError("a,b:c.py", "50 % of it\nis binary"),)))
    assert rendered.splitlines()[0] == "::error file=a%2Cb%3Ac.py,title=Problem::50 %25 of it\\x0ais binary"


def test_name_with_line_breaks_cannot_forge_a_command(make_file: MakeFile, make_result: MakeResult) -> None:
    file = make_file("x\n::error::forged\r\x1b[1m.py")
    lines = github.render(make_result((file,))).split("\n")
    assert len(lines) == 3
    assert lines[0].startswith("::notice file=x\\x0a%3A%3Aerror%3A%3Aforged\\x0d\\x1b[1m.py,")
