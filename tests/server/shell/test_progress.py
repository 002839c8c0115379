"""Progress of a long command."""

import pytest

from codeorigin.shell.progress import ProgressLine


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
