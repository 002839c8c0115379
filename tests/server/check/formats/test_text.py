"""The human-readable table."""

import io
import re
from collections.abc import Callable, Mapping

from rich.cells import cell_len

from codeorigin.check.formats import text
from codeorigin.check.result import CheckedFile, CheckResult, FileError, Show
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.verdict import Band, Verdict

MakeFile = Callable[..., CheckedFile]
MakeResult = Callable[..., CheckResult]


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def rendered(result: CheckResult) -> str:
    stream = io.StringIO()
    text.write(result, stream)
    return stream.getvalue()


def test_each_function_has_a_line_with_place_probability_and_verdict(make_result: MakeResult) -> None:
    lines = rendered(make_result()).splitlines()
    assert [line.split() for line in lines[1:5]] == [
        ["*", "shelf.py:4-6", "0.97", "llm", "fast"],
        ["shelf.py:10-15", "0.55", "unsure", "Shelf.put"],
        ["shelf.py:11-12", "-", "nested", "Shelf.put.log"],
        ["shelf.py:18-18", "-", "too", "short", "tiny"],
    ]


def test_file_verdict_has_a_line_of_its_own(
    make_file: MakeFile, make_result: MakeResult, file_verdicts: Mapping[Band, FileVerdict]
) -> None:
    shown = rendered(make_result((make_file(whole=file_verdicts[Band.UNSURE]), make_file("b.py"))))
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[5] == "shelf.py 0.50 unsure (the file as a whole, 7 functions)"
    assert lines[6].startswith("* b.py:4-6")
    assert "1 file judged as a whole (0 human, 1 unsure, 0 llm)" in shown


def test_file_without_a_verdict_adds_no_line(make_file: MakeFile, make_result: MakeResult) -> None:
    whole = FileVerdict.without(FileReason.TOO_FEW_FUNCTIONS, 2)
    assert rendered(make_result((make_file(whole=whole),))) == rendered(make_result())


def test_columns_line_up_with_wide_characters(make_file: MakeFile, make_result: MakeResult) -> None:
    wide = make_file("目录/书架.py")
    lines = rendered(make_result((wide, make_file("b.py")))).splitlines()[1:9]
    places = {cell_len(line[: re.search(r"  (\d\.\d\d|   -)  ", line).start()]) for line in lines}  # type: ignore[union-attr]
    assert len(places) == 1


def test_very_long_path_does_not_widen_the_other_lines(make_file: MakeFile, make_result: MakeResult) -> None:
    files = (make_file("x/" * 100 + "a.py"), make_file("b.py"))
    lines = rendered(make_result(files)).splitlines()
    assert any(line.startswith("* " + "x/" * 100) for line in lines)
    assert max(len(line) for line in lines if "b.py" in line) < 100


def test_summary_gives_counts_speed_and_memory(make_result: MakeResult) -> None:
    errors = (FileError("bad.py", "is binary"),)
    shown = rendered(make_result(errors=errors))
    assert "3 functions in 1 file; 2 with a verdict (0 human, 1 unsure, 1 llm)" in shown
    assert (
        "1 finding at the model's threshold (marked *); 1 error; 6.0 functions/s; peak memory 300 MiB"
        in shown
    )
    assert "codeorigin-test 0.1.0 (abc). A probability is an estimate" in shown


def test_show_findings_lists_only_findings(make_result: MakeResult) -> None:
    shown = rendered(make_result(show=Show.FINDINGS))
    assert "fast" in shown
    assert "Shelf.put" not in shown
    assert "3 functions" in shown


def test_report_without_functions_is_only_a_summary(make_result: MakeResult) -> None:
    shown = rendered(make_result(()))
    assert shown.startswith("0 functions in 0 files;")


def test_names_are_shown_literally(make_file: MakeFile, make_result: MakeResult) -> None:
    shown = rendered(make_result((make_file("[red]\x1b[2Jevil[/red]:smile:.py"),)))
    assert "[red]\\x1b[2Jevil[/red]:smile:.py:4-6" in shown
    assert "\x1b" not in shown


def test_terminal_gets_colours_but_no_escapes_from_file_names(
    make_file: MakeFile, make_result: MakeResult
) -> None:
    stream = Terminal()
    text.write(make_result((make_file("\x1b]0;title\x07.py"),)), stream)
    shown, colours = re.subn("\x1b\\[[0-9;]*m", "", stream.getvalue())
    assert colours > 0
    assert "\\x1b]0;title\\x07.py:4-6" in shown
    assert "\x1b" not in shown


def test_certainty_is_never_shown(
    make_file: MakeFile, make_result: MakeResult, verdicts: Mapping[Band, Verdict]
) -> None:
    sure = Verdict(probability=0.99999, logit=11.5, band=Band.LLM)
    none = Verdict(probability=0.00001, logit=-11.5, band=Band.HUMAN)
    shown = rendered(make_result((make_file(verdicts={"fast": sure, "Shelf.put": none}),)))
    assert ">0.99" in shown
    assert "<0.01" in shown
    assert "1.00" not in shown


def test_thousands_of_functions_are_listed_in_order(make_file: MakeFile, make_result: MakeResult) -> None:
    source = "".join(f"def f{number}():\n    pass\n" for number in range(1201))
    lines = rendered(make_result((make_file("many.py", source, {}),))).splitlines()
    assert [line.split()[-1] for line in lines[1:1202]] == [f"f{number}" for number in range(1201)]
