"""Signed bars keep their width and their direction."""

import pytest
from rich.cells import cell_len

from codeorigin.cli.explanation_report import signed_bar


@pytest.mark.parametrize(
    ("value", "bar", "in_ascii"),
    [
        (2.0, "    │████", "    |####"),
        (1.0, "    │██  ", "    |##  "),
        (0.25, "    │▌   ", "    |    "),
        (-2.0, "████│    ", "####|    "),
        (-1.25, " ▐██│    ", "  ##|    "),
        (-0.25, "   ▐│    ", "    |    "),
        (0.0, "    │    ", "    |    "),
        (0.001, "    │    ", "    |    "),
        (9.0, "    │████", "    |####"),
    ],
)
def test_bars_show_direction_and_length(value: float, bar: str, in_ascii: str) -> None:
    assert "".join(signed_bar(value, 2.0, 4)) == bar
    assert "".join(signed_bar(value, 2.0, 4, ascii_only=True)) == in_ascii


@pytest.mark.parametrize("ascii_only", [False, True])
def test_all_bars_have_the_same_width(ascii_only: bool) -> None:
    bars = [signed_bar(step / 97, 1.0, 7, ascii_only=ascii_only) for step in range(-97, 98)]
    bars.append(signed_bar(0.0, 0.0, 7, ascii_only=ascii_only))
    assert {cell_len("".join(bar)) for bar in bars} == {15}
