"""Progress messages of a long history run."""

import pytest

from codeorigin.history.stream import CommitProgress


def test_rate_counts_only_new_commits(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    progress = CommitProgress(10_000, lambda: now[0])
    for now[0], done in ((30.0, 5_000), (61.0, 6_000), (120.0, 6_100), (122.0, 6_200)):
        progress(done, min(done, 6_000))
    assert capsys.readouterr().err.splitlines() == [
        "codeorigin: 6,000 of 10,000 commits",
        "codeorigin: 6,200 of 10,000 commits, 98 a minute, about 39 min left",
    ]
