"""Text and progress sent to a terminal can neither move its cursor nor get lost."""

import io
import os

import pytest
from rich.text import Text

from codeorigin.shell.console import make_console
from codeorigin.shell.progress import ProgressLine
from codeorigin.shell.terminal import (
    display_path,
    printable,
    printable_code,
    to_stderr,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [red]text[/red] :smile:", "plain [red]text[/red] :smile:"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("bell\a back\b line\n feed\r tab\t", "bell\\x07 back\\x08 line\\x0a feed\\x0d tab\\x09"),
        ("user\u202eresu", "user\\u202eresu"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
        ("zero\u200bwidth \ufeff", "zero\\u200bwidth \\ufeff"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
        ("日本語 naïve 🙂 👨\u200d👩", "日本語 naïve 🙂 👨\u200d👩"),
    ],
)
def test_printable_escapes_what_would_control_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_code_keeps_its_columns_after_tabs() -> None:
    assert printable_code("\tif x:\ty\x0c") == "    if x:   y\\x0c"


def test_non_utf8_path_becomes_valid_unicode() -> None:
    shown = display_path(os.fsdecode(b"caf\xe9/na\xc3\xafve.py"))
    assert shown == "caf\\xe9/naïve.py"
    assert shown.encode("utf-8")


def test_console_ignores_markup() -> None:
    stream = io.StringIO()
    console = make_console(stream)
    console.print("[bold]x[/bold] :smile: 'quoted' 12")
    console.print(Text("[red]y[/red]"))
    assert stream.getvalue() == "[bold]x[/bold] :smile: 'quoted' 12\n[red]y[/red]\n"


def test_output_to_a_file_is_not_wrapped() -> None:
    stream = io.StringIO()
    make_console(stream).print(Text("word " * 100))
    assert stream.getvalue().count("\n") == 1


def test_complaint_is_one_escaped_line(capsys: pytest.CaptureFixture[str]) -> None:
    to_stderr("a\nb\x1b[2J")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "codeorigin: a\\x0ab\\x1b[2J\n"


def test_rate_counts_only_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    progress = ProgressLine("commits", 10_000, clock=lambda: now[0])
    for now[0], done in ((30.0, 5_000), (61.0, 6_000), (120.0, 6_100), (122.0, 6_200), (900.0, 10_000)):
        progress.show(done, min(done, 6_000))
    progress.clear()
    assert capsys.readouterr().err.splitlines() == [
        "codeorigin: 6,000 of 10,000 commits",
        "codeorigin: 6,200 of 10,000 commits, 98 a minute, about 39 min left",
        "codeorigin: 10,000 of 10,000 commits",
    ]


def test_quiet_progress_is_only_for_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    silent = ProgressLine("files", 9, quiet=True, clock=lambda: now[0])
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    shown = ProgressLine("files", 9, quiet=True, clock=lambda: now[0])
    now[0] = 120.0
    silent.show(3)
    assert capsys.readouterr().err == ""
    shown.show(3)
    shown.clear()
    assert capsys.readouterr().err == "\r\x1b[K3 of 9 files, 2 a minute, about 4 min left\r\x1b[K"
