"""A file that is too hard to parse is an error: it never counts as one without findings."""

from pathlib import Path

import pytest

from support.command import TERSE, complaints, report_of, run

_REASON = "its syntax takes too much time or memory to read, so nothing in it was judged"


@pytest.mark.parametrize("argument", ["a.py", "."])
def test_file_that_cannot_be_parsed_in_time_is_an_error_everywhere(tmp_path: Path, argument: str) -> None:
    comments = "".join(f"# {number:04} and some more words of a comment\n" for number in range(9_000))
    (tmp_path / "a.py").write_text(TERSE.read_text() + comments)
    done = run("check", argument, "--format", "json", "--threshold", "0", cwd=tmp_path)
    report = report_of(done)
    assert [(each["path"], each["message"]) for each in report["errors"]] == [("a.py", _REASON)]
    assert complaints(done) == [f"codeorigin: a.py: {_REASON}"]
    assert done.returncode == 2
    shown = run("check", argument, cwd=tmp_path)
    assert shown.returncode == 2
    assert b"1 error" in shown.stdout
