"""Code inside an open document: what is selected of it, and edits that ignore it."""

from lsprotocol import types

from codeorigin.embedded import region_at, regions_of
from codeorigin.embedded.ignore_marks import document_comment, front_matter_end
from codeorigin.errors import ModelError
from codeorigin.languages import get_language
from codeorigin.languages.hosts import Host
from codeorigin.lsp.documents.documents import Positions, Snapshot
from codeorigin.lsp.documents.ignore_edits import ignore_function, line_end
from codeorigin.lsp.documents.told_language import guessed
from codeorigin.source.text import LineIndex, PositionEncoding
from codeorigin.spans import FunctionSpan, Region


def selected_code(snapshot: Snapshot, start: int, end: int) -> tuple[str, str] | None:
    """The code between two offsets and its language; of a document's block, the part of it that is selected.

    Outside of all blocks, and in documents without a known language, the selected text tells its language. None where
    it does not.
    """
    code = snapshot.text[start:end]
    if snapshot.language is not None:
        return code, snapshot.language.id
    lines = snapshot.positions.index
    if snapshot.host is not None:
        first, last = lines.offset_to_position(start)[0], lines.offset_to_position(end)[0]
        try:
            region = region_at(regions_of(lines, snapshot.host), first, last)
        except ModelError:
            region = None
        if region is not None:
            own = LineIndex(region.text)
            places = [_own_offset(region, own, lines, offset) for offset in (start, end)]
            return region.text[slice(*places)], region.language
    elif not snapshot.unnamed:
        return None
    language = guessed(code)
    return None if language is None else (code, language.id)


def ignore_embedded(positions: Positions, region: Region, span: FunctionSpan) -> types.TextEdit:
    """:func:`ignore_function` for a function of ``region``, with what the document's lines begin with there."""
    own = Positions(LineIndex(region.text), PositionEncoding.UTF32)
    edit = ignore_function(own, get_language(region.language), span.range.start_line, span.range.start_column)
    line, column = edit.range.start.line, edit.range.start.character
    shown = line + region.first_line
    before = positions.index.line_text(shown)[: region.column(line, 0)]
    place = positions.position(shown, region.column(line, column))
    text = edit.new_text.replace("\n", line_end(positions) + before)
    return types.TextEdit(range=types.Range(start=place, end=place), new_text=text)


def ignore_document(positions: Positions, host: Host) -> types.TextEdit:
    """A comment at the top of the document, behind the YAML that it may begin with."""
    end = line_end(positions)
    place = positions.position(front_matter_end(positions.index), 0)
    return types.TextEdit(
        range=types.Range(start=place, end=place), new_text=f"{document_comment(host)}{end}{end}"
    )


def _own_offset(region: Region, own: LineIndex, lines: LineIndex, offset: int) -> int:
    """A document's offset in its region, or the region's nearest end."""
    line, column = lines.offset_to_position(offset)
    line -= region.first_line
    if line < 0:
        return 0
    if line >= len(region.shifts):
        return len(region.text)
    return own.position_to_offset(line, max(0, column - region.shifts[line]))
