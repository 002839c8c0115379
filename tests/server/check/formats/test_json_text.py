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


@pytest.mark.parametrize("value", [VALUE, [VALUE], [], {}, "text", None, 0.1])
def test_text_parses_back_to_the_same_value(value: Any) -> None:
    for levels in range(6):
        text = indented(value, levels)
        assert json.loads(text) == value
        assert text.endswith("\n")
        assert text.isascii()
    assert indented(value, 9) == json.dumps(value, indent=2) + "\n"


def test_deeper_values_get_one_line_each() -> None:
    assert indented({"files": [{"a": [1, 2]}, {"b": {}}], "n": 1}, 2) == (
        '{\n  "files": [\n    {"a": [1, 2]},\n    {"b": {}}\n  ],\n  "n": 1\n}\n'
    )


@pytest.mark.parametrize("entries", [[], [{"a": [1, 2]}], [{"a": {}}, [], 3]])
def test_iterator_is_written_as_a_list_one_entry_at_a_time(entries: list[Any]) -> None:
    taken: list[Any] = []

    def one_by_one() -> Iterator[Any]:
        for entry in entries:
            taken.append(entry)
            yield entry

    pieces = indented_pieces({"n": 1, "files": one_by_one()}, 2)
    seen = [(len(taken), piece) for piece in pieces]
    assert "".join(piece for _, piece in seen) == indented({"n": 1, "files": entries}, 2)
    # The text before an entry is there before the next entry is requested.
    assert {count for count, _ in seen} == set(range(len(entries) + 1))


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_that_json_lacks_are_rejected(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        indented({"a": [number]}, 1)
