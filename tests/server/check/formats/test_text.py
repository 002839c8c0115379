"""The human-readable table."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from codeorigin.check.formats import Show, text
from codeorigin.check.result import CheckResult, FileError
from codeorigin.model.past import Past
from codeorigin.model.verdict import Verdict
from codeorigin.report.past import errors_here
from support.check_results import HUMAN, LLM, UNSURE, check_result, checked_file


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def rendered(result: CheckResult, show: Show = Show.ALL, *, verbose: bool = False) -> str:
    stream = io.StringIO()
    text.write(result, stream, show, verbose=verbose)
    return stream.getvalue()


def test_findings_are_listed_likeliest_first_and_two_lines_of_totals_follow() -> None:
    likelier = replace(LLM, probability=0.99)
    second = checked_file("b.py", verdicts={"fast": likelier, "Shelf.put": HUMAN})
    assert rendered(check_result(checked_file(), second), Show.FINDINGS) == (
        "prob.  file and lines  function\n"
        " 0.99  b.py:4-6        fast\n"
        " 0.97  shelf.py:4-6    fast\n"
        "\n"
        "2 of 4 functions look LLM-written; 1 unsure, 1 human.\n"
        "2 not judged (too short). An estimate, not proof.\n"
    )


def test_long_list_is_cut_and_nested_functions_are_folded() -> None:
    files = [checked_file(f"{number}.py", verdicts={"Shelf.put": LLM}) for number in range(53)]
    shown = rendered(check_result(*files), Show.FINDINGS).splitlines()
    assert [line for line in shown[1:51] if "Shelf.put" not in line or "log" in line] == []
    assert shown[51:53] == ["3 more: --show all", ""]
    assert (
        len([line for line in rendered(check_result(*files)).splitlines() if "Shelf.put.log" in line]) == 53
    )


def test_how_often_it_errs_comes_first_and_the_next_step_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b.py").touch()
    past = Past((0.5,) * 40, 0.0, flagged=1)
    result = replace(check_result(checked_file("a b.py")), past=past, is_compared=True)
    first, blank, *_, last = rendered(result, Show.FINDINGS).splitlines()
    assert (first, blank) == (errors_here(past), "")
    assert last == "See why: codeorigin explain 'a b.py:4'; accept all: codeorigin check --update-baseline"
    assert "See why" not in rendered(replace(result, files=(checked_file("gone.py"),)), Show.FINDINGS)


@pytest.mark.parametrize(
    ("verdicts", "line"),
    [
        ({}, "No function to judge in 1 file. 3 not judged (too short)."),
        (
            {"fast": UNSURE, "Shelf.put": HUMAN},
            "None of 2 functions looks LLM-written; 1 unsure, 1 human. 1 not judged (too short).",
        ),
    ],
)
def test_nothing_found_is_one_line(verdicts: Mapping[str, Verdict], line: str) -> None:
    assert rendered(check_result(checked_file(verdicts=verdicts)), Show.FINDINGS) == f"{line}\n"
    assert rendered(check_result()) == "Nothing to check.\n"


def test_accepted_functions_are_not_listed_as_findings() -> None:
    (found,) = checked_file().findings()
    result = check_result(checked_file(), accepted=frozenset({found.function_id}))
    assert rendered(result, Show.FINDINGS) == (
        "1 of 2 functions looks LLM-written, accepted; 1 unsure, 0 human. 1 not judged (too short).\n"
    )
    assert rendered(result).splitlines()[1].split() == ["0.97", "accepted", "shelf.py:4-6", "fast"]


def test_show_all_lists_every_function_with_its_verdict() -> None:
    lines = rendered(check_result(checked_file())).splitlines()
    assert [line.split() for line in lines[:5]] == [
        ["prob.", "verdict", "file", "and", "lines", "function"],
        ["0.97", "llm", "shelf.py:4-6", "fast"],
        ["0.55", "unsure", "shelf.py:10-15", "Shelf.put"],
        ["-", "nested", "shelf.py:11-12", "Shelf.put.log"],
        ["-", "too", "short", "shelf.py:18-18", "tiny"],
    ]


def test_columns_line_up_with_wide_characters() -> None:
    lines = rendered(check_result(checked_file("目录/书架.py"), checked_file("b.py"))).splitlines()[1:9]
    names = ("fast", "Shelf.put", "  Shelf.put.log", "tiny")
    places = {
        cell_len(line.removesuffix(name)) for line in lines for name in names if line.endswith(f"  {name}")
    }
    assert len(places) == 1


def test_very_long_path_does_not_widen_the_other_lines() -> None:
    lines = rendered(check_result(checked_file("x/" * 100 + "a.py"), checked_file("b.py"))).splitlines()
    assert any(("  " + "x/" * 100) in line for line in lines)
    assert max(len(line) for line in lines if "b.py" in line) < 100


def test_verbose_gives_counts_speed_and_memory() -> None:
    result = check_result(checked_file(), errors=(FileError("bad.py", "is binary"),))
    shown = rendered(result, Show.FINDINGS, verbose=True)
    assert "1 not judged (too short). 1 file not checked. An estimate, not proof.\n" in shown
    assert (
        "3 functions in 1 file; 1 finding at the model's threshold; 6.0 functions/s; peak memory 300 MiB\n"
        "codeorigin-test 0.1.0 (abc)\n"
    ) in shown


def test_names_are_shown_literally() -> None:
    shown = rendered(check_result(checked_file("[red]\x1b[2Jevil[/red]:smile:.py")))
    assert "[red]\\x1b[2Jevil[/red]:smile:.py:4-6" in shown
    assert "\x1b" not in shown


def test_terminal_gets_colours_but_no_escapes_from_file_names() -> None:
    stream = Terminal()
    text.write(check_result(checked_file("\x1b]0;title\x07.py")), stream)
    shown, colours = re.subn("\x1b\\[[0-9;]*m", "", stream.getvalue())
    assert colours > 0
    assert "\\x1b]0;title\\x07.py:4-6" in shown
    assert "\x1b" not in shown


def test_certainty_is_never_shown() -> None:
    sure, never = replace(LLM, probability=0.99999), replace(HUMAN, probability=0.00001)
    shown = rendered(check_result(checked_file(verdicts={"fast": sure, "Shelf.put": never})))
    assert ">0.99" in shown
    assert "<0.01" in shown
    assert "1.00" not in shown


def test_thousands_of_functions_are_listed_in_order() -> None:
    source = "".join(f"def f{number}():\n    pass\n" for number in range(1201))
    lines = rendered(check_result(checked_file("many.py", source, {}))).splitlines()
    assert [line.split()[-1] for line in lines[1:1202]] == [f"f{number}" for number in range(1201)]
