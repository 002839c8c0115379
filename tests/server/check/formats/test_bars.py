"""Signed bars keep their width and their direction."""

import pytest
from rich.cells import cell_len

from codeorigin.check.formats.bars import signed_bar


@pytest.mark.parametrize(
    ("value", "bar"),
    [
        (2.0, "    │████"),
        (1.0, "    │██  "),
        (0.25, "    │▌   "),
        (-2.0, "████│    "),
        (-1.25, " ▐██│    "),
        (-0.25, "   ▐│    "),
        (0.0, "    │    "),
        (0.001, "    │    "),
        (9.0, "    │████"),
    ],
)
def test_bars_show_direction_and_length(value: float, bar: str) -> None:
    assert str(signed_bar(value, 2.0, 4)) == bar


@pytest.mark.parametrize(
    ("value", "bar"), [(2.0, "    |####"), (-1.0, "  ##|    "), (0.0, "    |    "), (-0.1, "    |    ")]
)
def test_ascii_bars_show_direction_and_length(value: float, bar: str) -> None:
    assert str(signed_bar(value, 2.0, 4, ascii_only=True)) == bar


@pytest.mark.parametrize("ascii_only", [False, True])
def test_all_bars_have_the_same_width(ascii_only: bool) -> None:
    widths = {cell_len(str(signed_bar(step / 97, 1.0, 7, ascii_only=ascii_only))) for step in range(-97, 98)}
    assert widths == {15}


def test_bar_is_empty_if_the_largest_value_is_zero() -> None:
    assert str(signed_bar(0.0, 0.0, 2)) == "  │  "
