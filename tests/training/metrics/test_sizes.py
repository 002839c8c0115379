"""Figures by number of functions in a file or commit, checked against counts by hand."""

import numpy as np
import pytest

from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin_training.arrays import Booleans
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.files import pooled_metrics
from codeorigin_training.metrics.sizes import called_by_size, sizes_of, whole_by_size
from codeorigin_training.thresholds.pooled import PooledSample
from support.corpus_rows import row
from support.scales import scale


def context(called: Booleans) -> Answers:
    blank = np.zeros(len(called))
    return Answers(called, ~called, blank, blank, called)


def test_functions_count_in_the_size_class_of_their_commit_and_file() -> None:
    # One repository has a commit of twelve functions, four of them in one file; another one of a single function.
    rows = [row("a.py", repo="one", label=0) for _ in range(12)] + [row("b.py", repo="two", label=0)]
    rows += [row("c.py", repo="three", label=1, modern=False) for _ in range(2)]
    commits = np.array([0] * 12 + [1] + [2] * 2)
    files = np.array([0] * 4 + [-1] * 8 + [1] + [2] * 2)
    called = np.array([True] * 3 + [False] * 9 + [True] + [True, False])
    found = called_by_size(
        rows, {"by_text": context(called), "in_commit": context(~called)}, {"commit": commits, "file": files}
    )
    shares = {
        (each["code"], each["within"], each["functions"], way): (share["share"], share["functions"])
        for each in found
        for way, share in each["contexts"].items()
    }
    assert {key: value for key, value in shares.items() if key[3] == "by_text"} == {
        ("old_human", "commit", "1", "by_text"): (1.0, 1),
        ("old_human", "commit", "10 or more", "by_text"): (0.25, 12),
        ("old_human", "file", "1", "by_text"): (1.0, 1),
        ("old_human", "file", "4-9", "by_text"): (0.75, 4),
        ("llm", "commit", "2-3", "by_text"): (0.5, 2),
        ("llm", "file", "2-3", "by_text"): (0.5, 2),
    }
    assert shares["old_human", "commit", "10 or more", "in_commit"] == (0.75, 12)


def test_repositories_are_weighted_equally_and_eras_are_kept_apart() -> None:
    rows = [row("a.py", repo="one", label=0, modern=True) for _ in range(3)]
    rows += [row("a.py", repo="two", label=0, modern=True), row("a.py", repo="old", label=0)]
    called = np.array([False, False, False, True, False])
    found = called_by_size(rows, {"by_text": context(called)}, {"commit": np.zeros(5, dtype=np.int64)})
    assert [(each["code"], each["functions"]) for each in found] == [
        ("old_human", "4-9"),
        ("modern_human", "4-9"),
    ]
    modern = found[1]["contexts"]["by_text"]
    assert (modern["share"], modern["repositories"], modern["functions"]) == (0.5, 2, 4)
    assert modern["affected"] == 1


def test_functions_without_a_commit_or_file_have_no_size_class() -> None:
    assert sizes_of(np.array([-1, 0, 0, 1, -1])).tolist() == [0, 2, 2, 1, 0]
    rows = [row("a.py", label=0), row("b.py", label=0)]
    assert called_by_size(rows, {"by_text": context(np.ones(2, bool))}, {"commit": np.array([-1, -1])}) == []


def sample(label: int, size: int, logit: float) -> PooledSample:
    return PooledSample(((logit, 10),) * size, row(label=label, repo=f"{label}-{size}-{logit}"))


def test_commits_of_each_size_are_judged_by_the_same_rule() -> None:
    rule = PooledRule(0.0, 0.0, 4, scale(2.0, -2.0))
    small = [sample(0, 5, -3.0), sample(0, 4, 2.5), sample(1, 6, 3.0), sample(1, 9, 1.0)]
    large = [sample(0, 10, -1.0), sample(1, 30, 4.0)]
    short = [sample(0, 3, 9.0)]
    found = whole_by_size([*small, *large, *short], rule)
    assert list(found) == ["4-9", "10 or more"]
    assert found["4-9"] == pooled_metrics(small, rule)
    assert found["10 or more"]["verdicts"]["files"] == 2
    assert found["4-9"]["verdicts"]["false_positive_rate_old"]["share"] == pytest.approx(0.5)
    assert found["10 or more"]["verdicts"]["true_positive_rate"]["share"] == 1.0
    assert found["10 or more"]["verdicts"]["false_positive_rate_modern"] is None
