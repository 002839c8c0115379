import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.scoring.inputs import Window, split


@pytest.mark.parametrize(
    ("length", "context", "overlap", "expected"),
    [
        (0, 512, 64, []),
        (1, 512, 64, [(0, 1)]),
        (512, 512, 64, [(0, 512)]),
        (513, 512, 64, [(0, 512), (1, 513)]),
        (250, 100, 25, [(0, 100), (75, 175), (150, 250)]),
    ],
)
def test_windows_are_as_few_as_possible_and_spread_evenly(
    length: int, context: int, overlap: int, expected: list[tuple[int, int]]
) -> None:
    weight = 1 / max(1, len(expected))
    assert split(length, context, overlap) == [Window(start, stop, weight) for start, stop in expected]


@pytest.mark.parametrize(("context", "overlap"), [(64, 64), (64, 65), (64, -1), (0, 0)])
def test_an_impossible_overlap_is_refused(context: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        split(100, context, overlap)


@given(st.integers(1, 5000), st.integers(1, 600), st.data())
def test_every_token_is_covered_with_the_overlap_and_weights_add_up(
    length: int, context: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, context - 1))
    windows = split(length, context, overlap)
    assert windows[0].start == 0
    assert windows[-1].stop == length
    assert all(0 < window.stop - window.start <= context for window in windows)
    for left, right in itertools.pairwise(windows):
        assert left.start < right.start
        assert left.stop - right.start >= overlap
    assert sum(window.weight for window in windows) == pytest.approx(1.0)
