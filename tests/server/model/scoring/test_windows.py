import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.scoring.windows import Window, split


def test_a_function_that_fits_is_one_window() -> None:
    assert split(512, 512, 64) == [Window(0, 512, 1.0)]
    assert split(1, 512, 64) == [Window(0, 1, 1.0)]


def test_an_empty_function_has_no_window() -> None:
    assert split(0, 512, 64) == []


def test_one_token_too_many_makes_two_full_windows() -> None:
    assert split(513, 512, 64) == [Window(0, 512, 0.5), Window(1, 513, 0.5)]


def test_windows_are_spread_evenly() -> None:
    assert [(window.start, window.stop) for window in split(250, 100, 25)] == [
        (0, 100),
        (75, 175),
        (150, 250),
    ]


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
