"""The order in which functions are read."""

import numpy as np

from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.splits import is_held_out
from codeorigin_training.pretrained.sample import reading_order, stratum

OPEN = [name for name in (f"owner/repo{number}" for number in range(60)) if not is_held_out(name)]


def row(repo: str, label: int, number: int = 0, **fields: object) -> Row:
    values: dict[str, object] = {
        "code": f"def f{number}(x):\n    y = x\n    return y",
        "language": "python",
        "label": label,
        "repo": repo,
        "agent": "claude" if label else "",
        "modern": False,
        "is_test": False,
        "lines": 3,
    }
    return Row(**(values | fields))  # type: ignore[arg-type]


def test_order_starts_with_both_classes_and_all_repositories_evenly() -> None:
    rows = [row(repo, label, number) for repo in OPEN[:10] for label in (0, 1) for number in range(20)]
    order = reading_order(rows)
    first = [rows[index] for index in order[:70]]
    llm = [found for found in first if found.label]
    assert {found.repo for found in llm} == set(OPEN[:10])
    counts = [sum(found.repo == repo for found in llm) for repo in OPEN[:10]]
    assert max(counts) - min(counts) <= 1
    assert sum(not found.label for found in first) >= 20
    assert len(set(order.tolist())) == len(order)


def test_held_out_repositories_and_tiny_functions_are_never_read() -> None:
    hidden = next(name for name in (f"owner/hidden{number}" for number in range(99)) if is_held_out(name))
    rows = [
        row(repo, label, lines=lines) for repo in (OPEN[0], hidden) for label in (0, 1) for lines in (2, 3)
    ]
    chosen = [rows[index] for index in reading_order(rows)]
    assert {found.repo for found in chosen} == {OPEN[0]}
    assert {found.lines for found in chosen} == {3}


def test_cells_with_only_one_class_are_left_out() -> None:
    rows = [row(OPEN[0], 1), row(OPEN[1], 0), row(OPEN[0], 1, code="// note\nf()\ng()", language="go")]
    assert set(reading_order(rows).tolist()) == {0, 1}


def test_sides_of_a_pair_are_adjacent() -> None:
    rows = [row(repo, label, number) for repo in OPEN[:4] for label in (0, 1) for number in range(30)]
    rows += [row(OPEN[5], label, pair=f"p{number}") for number in range(5) for label in (0, 1)]
    order = reading_order(rows)
    places = np.flatnonzero([rows[index].pair is not None for index in order])
    assert len(places) == 10
    for left, right in places.reshape(-1, 2):
        assert right == left + 1
        assert rows[order[left]].pair == rows[order[right]].pair


def test_rows_are_assigned_to_their_stratum() -> None:
    assert stratum(row(OPEN[0], 0, source="debian")).group == "distribution"
    assert stratum(row(OPEN[0], 0, modern=True)).group == "modern"
    assert stratum(row(OPEN[0], 1, modern=True)).group == "llm"
    assert stratum(row(OPEN[0], 0, pair="p")).group == "pair"
    documented = stratum(row(OPEN[0], 0, code="def f():\n    # why\n    return 1"))
    assert documented.documented
    assert documented.cell == "python|False|0|True"
