"""JSON with only its upper levels indented."""

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest

from codeorigin.check.formats.json_text import indented, indented_pieces

VALUE = {
    "empty": {},
    "none": [],
    "text": 'a "quoted" line\n\ud800 ä',
    "deep": [{"a": 1, "b": [1.5, None, True]}, {}, [[]]],
}


@pytest.mark.parametrize("levels", range(6))
@pytest.mark.parametrize("value", [VALUE, [VALUE], [], {}, "text", None, 0.1])
def test_text_parses_back_to_the_same_value(value: Any, levels: int) -> None:
    text = indented(value, levels)
    assert json.loads(text) == value
    assert text.endswith("\n")
    assert text.isascii()


def test_indenting_all_levels_matches_the_standard_library() -> None:
    assert indented(VALUE, 9) == json.dumps(VALUE, indent=2) + "\n"


def test_deeper_values_get_one_line_each() -> None:
    assert indented({"files": [{"a": [1, 2]}, {"b": {}}], "n": 1}, 2) == (
        '{\n  "files": [\n    {"a": [1, 2]},\n    {"b": {}}\n  ],\n  "n": 1\n}\n'
    )


@pytest.mark.parametrize("levels", [2, 4])
@pytest.mark.parametrize("entries", [[], [{"a": [1, 2]}], [{"a": {}}, [], 3]])
def test_iterator_is_written_as_a_list_one_entry_at_a_time(entries: list[Any], levels: int) -> None:
    taken: list[Any] = []

    def one_by_one() -> Iterator[Any]:
        for entry in entries:
            taken.append(entry)
            yield entry

    pieces = indented_pieces({"n": 1, "files": one_by_one()}, levels)
    seen = [(len(taken), piece) for piece in pieces]
    assert "".join(piece for _, piece in seen) == indented({"n": 1, "files": entries}, levels)
    # The text before an entry is there before the next entry is requested.
    assert [count for count, _ in seen] == sorted(count for count, _ in seen)
    assert set(range(len(entries) + 1)) <= {count for count, _ in seen}


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_that_json_lacks_are_rejected(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        indented({"a": [number]}, 1)
