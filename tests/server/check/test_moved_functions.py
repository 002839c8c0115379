"""Functions that a change moved: named and counted apart, in every format, and never a finding."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.command import check
from support.notebooks import notebook
from support.repositories import Repository

TOTAL = """\
def total(orders):
    amount = 0
    for order in orders:
        amount += order.price
    return amount
"""
SHORTER = """\
def shorter(words, limit):
    chosen = []
    for word in words:
        if len(word) < limit:
            chosen.append(word)
    return chosen
"""
LONGEST = """\
def longest(words):
    best = ""
    for word in words:
        if len(word) > len(best):
            best = word
    return best
"""
FUNCTIONS = (TOTAL, SHORTER, LONGEST)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """One function was moved into a class of a new file, and another is new there."""
    made = Repository(tmp_path / "work")
    made.commit({"a.py": f"{TOTAL}\n\n{SHORTER}"}, date="2020-01-01")
    inside = "".join(f"    {line}\n" for line in TOTAL.splitlines())
    made.commit({"a.py": SHORTER, "b.py": f"class Order:\n{inside}\n\n{LONGEST}"}, date="2020-01-02")
    monkeypatch.chdir(made.folder)
    return made


def test_moved_function_is_counted_apart_and_no_finding(repository: Repository) -> None:
    code, report, _ = check("--threshold", "0", "--commit", "HEAD")
    (file,) = (file for file in report["files"] if file["functions"])
    verdicts = [(function["name"], function["band"], function["reason"]) for function in file["functions"]]
    assert (code, verdicts) == (1, [("total", None, "moved"), ("longest", "llm", None)])
    summary = report["summary"]
    assert (summary["moved"], summary["functions"], summary["findings"]) == (1, 1, 1)
    assert summary["lines"] == len(LONGEST.splitlines())
    assert report["change"]["verdict"]["function_count"] == 1


def test_function_moved_from_a_notebook_to_another_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Repository(tmp_path / "work")
    made.commit({"a.ipynb": notebook(TOTAL, SHORTER), "b.ipynb": notebook(LONGEST)}, date="2020-01-01")
    made.write("a.ipynb", notebook(SHORTER))
    made.write("b.ipynb", notebook(LONGEST, "import os\n", TOTAL))
    monkeypatch.chdir(made.folder)
    code, report, _ = check("--threshold", "0", "--changed")
    assert (code, report["summary"]["moved"], report["summary"]["functions"]) == (0, 1, 0)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(FUNCTIONS), st.permutations(FUNCTIONS), st.integers(0, 3), st.integers(0, 3))
def test_change_that_only_permutes_functions_has_no_finding(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str], one: int, other: int
) -> None:
    made = Repository(tmp_path_factory.mktemp("permuted") / "work")
    for order, split in ((before, one), (after, other)):
        made.write("a.py", "\n\n".join(order[:split]))
        made.write("b.py", "\n\n".join(order[split:]))
        made.git("add", "-A")
        made.git("commit", "-q", "--allow-empty", "-m", "permuted")
    code, report, _ = check("--threshold", "0", "--commit", "HEAD", cwd=made.folder)
    assert (code, report["summary"]["functions"]) == (0, 0)
