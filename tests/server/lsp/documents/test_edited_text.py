"""What edits of a text cost; that the text is the client's is tested with the documents."""

import pytest
from lsprotocol import types
from pygls.workspace import PositionCodec

from codeorigin.lsp.documents import edited_text
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.text.positions import LineIndex, PositionEncoding

COUNT = 2_000
LINES = [(line, 12) for line in range(0, COUNT, 10)]
"""Places of the name."""


@pytest.mark.parametrize("kind", types.PositionEncodingKind)
@pytest.mark.parametrize(("ending", "places"), [("\n", LINES[::-1]), ("\n", LINES), ("\r\n", LINES)])
def test_each_edit_of_a_message_costs_no_more_than_a_few_lines(
    monkeypatch: pytest.MonkeyPatch,
    kind: types.PositionEncodingKind,
    ending: str,
    places: list[tuple[int, int]],
) -> None:
    handled = 0

    class Counted(LineIndex):
        def __init__(self, text: str) -> None:
            nonlocal handled
            handled += len(text)
            super().__init__(text)

    monkeypatch.setattr(edited_text, "LineIndex", Counted)
    monkeypatch.setattr("codeorigin.lsp.documents.documents.LineIndex", Counted)
    old = "    value = old_name(value)"
    document = SourceDocument(
        "file:///a.py", source=(old + ending) * COUNT, position_codec=PositionCodec(kind)
    )
    for line, column in places:
        place = types.Range(types.Position(line, column), types.Position(line, column + 8))
        document.apply_change(types.TextDocumentContentChangePartial(place, "new_name"))
    assert document.source.count("new_name") == len(places)
    assert document.source.replace("new", "old") == (old + ending) * COUNT
    assert handled <= len(document.source) + 10 * len(old) * len(places)


def test_column_after_characters_of_two_units_is_found_in_a_long_line() -> None:
    text = "\U0001d499a" * 1_000
    index = LineIndex(text)
    found = [index.units_to_column(0, units, PositionEncoding.UTF16) for units in (0, 1, 2, 3, 2_999, 9_000)]
    assert found == [0, 0, 1, 2, 1_999, 2_000]
