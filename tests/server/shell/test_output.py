"""Formats of a command and their files: ``--format``, reports written completely or not at all."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from codeorigin.check.formats import ReportFormat
from codeorigin.core.errors import CodeOriginError
from codeorigin.shell.output import ReportTarget, open_reports, parse_targets
from support.command import COMMAND, PLAIN, TERSE, complaints, run


def targets(*given: str) -> list[tuple[str, str | None]]:
    parsed = parse_targets(given, ReportFormat, ReportFormat.TEXT)
    return [(each.format.value, None if each.path is None else str(each.path)) for each in parsed]


def test_formats_get_their_files() -> None:
    assert targets() == [("text", None)]
    assert targets("json=a=b", "github", "html=c") == [("json", "a=b"), ("github", None), ("html", "c")]
    assert targets("json=/dev/null", "sarif=/dev/null") == [("json", "/dev/null"), ("sarif", "/dev/null")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["xml"], "--format xml: unknown; it is NAME or NAME=FILE, with text, json, "),
        (["=a"], "--format =a: unknown"),
        (["json="], "--format json=: write the file after the ="),
        (
            ["json", "html"],
            "--format json --format html: only one report can go without a file of its own",
        ),
        (["json=a", "html=./a"], "a: cannot hold two reports"),
    ],
)
def test_unclear_formats_cost_one_line(given: list[str], said: str) -> None:
    with pytest.raises(CodeOriginError) as caught:
        targets(*given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_check_writes_several_formats(tmp_path: Path) -> None:
    def without_numbers(text: str) -> str:
        # Every check takes another time.
        return re.sub(r"\d[\d.,]*", "0", text)

    def shown(*formats: str) -> str:
        done = run("check", TERSE, "--threshold", "0", *formats)
        assert done.returncode == 1
        return without_numbers(done.stdout.decode())

    alone = {form: shown("--format", form.value) for form in ReportFormat}
    files = {form: tmp_path / form for form in ReportFormat if form is not ReportFormat.GITHUB}
    formats = [f"--format={form.value}={path}" for form, path in files.items()]
    assert shown("--format", "github", *formats) == alone.pop(ReportFormat.GITHUB)
    assert {form: without_numbers(path.read_text("utf-8")) for form, path in files.items()} == alone


def test_unfinished_report_leaves_its_file_as_it_was(tmp_path: Path) -> None:
    whole, part, never = (
        ReportTarget(ReportFormat.TEXT, tmp_path / name) for name in ("whole", "part", "never")
    )
    for target in (whole, part):
        assert target.path is not None
        target.path.write_text("old")

    def write_all() -> None:
        with open_reports([whole, part, never]) as (first, second, _):
            first.finish(lambda: first.stream.write("new"))
            second.stream.write("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_all()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"whole": "new", "part": "old"}


def test_full_disk_costs_one_line_with_the_name_of_the_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    done = run("check", TERSE, "--format", "json=/dev/full", "--format", f"sarif={kept}")
    said = "codeorigin: /dev/full: cannot write the report here: No space left on device"
    assert (done.returncode, complaints(done)) == (2, [said])
    assert list(tmp_path.iterdir()) == []


def test_reports_in_files_are_whole_although_the_reader_of_stdout_left(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [*COMMAND, "check", str(TERSE), "--format", "html", "--format", f"json={report}"]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=PLAIN, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
    assert json.loads(report.read_text())["summary"]["files"] == 1
