"""Offsets, positions and units of any text, against a reference that counts one character at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.text.positions import LineIndex, PositionEncoding, encode_utf8

CHARACTERS = st.one_of(
    st.sampled_from(
        ["\n", "\r", "\r\n", "a", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0"]
    ),
    st.sampled_from(["é", "e\u0301", "ﬁ", "中", "🎉", "👩‍👩‍👧", "\ufeff", "\ud83d", "\ude00", "\udc80"]),
    st.text(st.characters(), max_size=4),
)
TEXTS = st.one_of(
    st.lists(CHARACTERS, max_size=30).map("".join),
    st.lists(CHARACTERS, min_size=1, max_size=6).map("".join).map(lambda text: text * 120),
)


def units(text: str, encoding: PositionEncoding) -> int:
    if encoding is PositionEncoding.UTF8:
        return sum(
            1 if ord(c) < 0x80 else 2 if ord(c) < 0x800 else 3 if ord(c) < 0x10000 else 4 for c in text
        )
    if encoding is PositionEncoding.UTF16:
        return sum(1 if ord(c) < 0x10000 else 2 for c in text)
    return len(text)


def reference_lines(text: str) -> list[str]:
    lines = [""]
    position = 0
    while position < len(text):
        if text.startswith("\r\n", position):
            lines.append("")
            position += 2
        elif text[position] in "\r\n":
            lines.append("")
            position += 1
        else:
            lines[-1] += text[position]
            position += 1
    return lines


@given(TEXTS)
def test_lines_end_as_lsp_says_and_nowhere_else(text: str) -> None:
    index = LineIndex(text)
    expected = reference_lines(text)
    assert index.line_count == len(expected)
    assert [index.line_text(line) for line in range(index.line_count)] == expected
    assert all(
        text[index.line_start(line) : index.line_end(line)] == expected[line]
        for line in range(index.line_count)
    )


@given(TEXTS, st.data())
def test_offset_and_position_round_trip(text: str, data: st.DataObject) -> None:
    index = LineIndex(text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = index.offset_to_position(offset)
    if 0 < offset < len(text) and text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1
    assert index.position_to_offset(line, column) == offset
    assert (line, column) == (
        len(reference_lines(text[:offset])) - 1,
        len(reference_lines(text[:offset])[-1]),
    )


@given(TEXTS, st.data())
def test_bytes_and_offsets_agree_with_the_encoder(text: str, data: st.DataObject) -> None:
    index = LineIndex(text)
    offset = data.draw(st.integers(0, len(text)))
    byte = units(text[:offset], PositionEncoding.UTF8)
    assert index.byte_to_offset(byte) == offset
    if offset < len(text):
        for inside in range(byte, byte + units(text[offset], PositionEncoding.UTF8)):
            assert index.byte_to_offset(inside) == offset


@pytest.mark.parametrize("encoding", PositionEncoding)
@given(text=TEXTS, data=st.data())
def test_columns_and_units_agree_in_every_encoding(
    encoding: PositionEncoding, text: str, data: st.DataObject
) -> None:
    index = LineIndex(text)
    line = data.draw(st.integers(0, index.line_count - 1))
    content = index.line_text(line)
    column = data.draw(st.integers(0, len(content)))
    before = units(content[:column], encoding)
    assert index.column_to_units(line, column, encoding) == before
    assert index.units_to_column(line, before, encoding) == column
    if column < len(content):
        for inside in range(before, before + units(content[column], encoding)):
            assert index.units_to_column(line, inside, encoding) == column
    beyond = units(content, encoding) + data.draw(st.integers(0, 5))
    assert index.units_to_column(line, beyond, encoding) == len(content)


def test_positions_outside_the_text_are_clamped() -> None:
    index = LineIndex("äb\r\ncd")
    assert index.position_to_offset(-1, 5) == 0
    assert index.position_to_offset(0, -3) == 0
    assert index.position_to_offset(0, 99) == 2
    assert index.position_to_offset(9, 0) == 6
    assert index.offset_to_position(-4) == (0, 0)
    assert index.offset_to_position(99) == (1, 2)
    assert index.offset_to_position(3) == (0, 2)
    assert (index.byte_to_offset(-1), index.byte_to_offset(99)) == (0, 6)
    assert index.line_text(99) == "cd"
    assert index.line_start(-1) == 0
    for encoding in PositionEncoding:
        assert index.units_to_column(0, -1, encoding) == 0
        assert index.column_to_units(0, -1, encoding) == 0


def test_an_empty_text_has_one_empty_line() -> None:
    index = LineIndex("")
    assert index.line_count == 1
    assert index.offset_to_position(0) == (0, 0)
    assert index.byte_to_offset(0) == 0


def test_lone_surrogates_take_three_bytes() -> None:
    assert encode_utf8("\ud83d\ude00") == b"\xed\xa0\xbd\xed\xb8\x80"
