"""Code inside an open document: the selected part of it, and edits that add ignore comments."""

from lsprotocol import types

from codeorigin.errors import ModelError
from codeorigin.functions.embedded.code_blocks import block_at, code_blocks
from codeorigin.functions.embedded.ignore_marks import document_comment, front_matter_end
from codeorigin.functions.spans import FunctionSpan, Piece
from codeorigin.languages import get_language
from codeorigin.languages.kinds import DocumentKind
from codeorigin.lsp.documents.detected_language import guessed
from codeorigin.lsp.documents.documents import Positions, Snapshot
from codeorigin.lsp.documents.ignore_edits import ignore_function, line_end
from codeorigin.text.positions import LineIndex, PositionEncoding


def selected_code(snapshot: Snapshot, start: int, end: int) -> tuple[str, str] | None:
    """The code between two offsets and its language; if it is in a document's block, the part in that block.

    Outside of all blocks, and in ``unnamed`` documents, the language is guessed from the selected text. None if the
    guess is not clear, or if the language of the document is not supported.
    """
    code = snapshot.text[start:end]
    if snapshot.language is not None:
        return code, snapshot.language.id
    lines = snapshot.positions.index
    if snapshot.host is not None:
        first, last = lines.offset_to_position(start)[0], lines.offset_to_position(end)[0]
        try:
            block = block_at(code_blocks(lines, snapshot.host), first, last)
        except ModelError:
            block = None
        if block is not None:
            index = LineIndex(block.text)
            places = [_own_offset(block, index, lines, offset) for offset in (start, end)]
            return block.text[slice(*places)], block.language
    elif not snapshot.unnamed:
        return None
    language = guessed(code)
    return None if language is None else (code, language.id)


def ignore_embedded(positions: Positions, block: Piece, span: FunctionSpan) -> types.TextEdit:
    """:func:`ignore_function` for a function in ``block``, with the prefix of the document's lines there."""
    in_block = Positions(LineIndex(block.text), PositionEncoding.UTF32)
    edit = ignore_function(
        in_block, get_language(block.language), span.range.start_line, span.range.start_column
    )
    line, column = edit.range.start.line, edit.range.start.character
    shown = line + block.first_line
    before = positions.index.line_text(shown)[: block.column(line, 0)]
    place = positions.position(shown, block.column(line, column))
    text = edit.new_text.replace("\n", line_end(positions) + before)
    return types.TextEdit(range=types.Range(start=place, end=place), new_text=text)


def ignore_document(positions: Positions, kind: DocumentKind) -> types.TextEdit:
    """Insert an ignore comment at the top of the document, after any YAML front matter."""
    end = line_end(positions)
    place = positions.position(front_matter_end(positions.index), 0)
    return types.TextEdit(
        range=types.Range(start=place, end=place), new_text=f"{document_comment(kind)}{end}{end}"
    )


def _own_offset(block: Piece, own: LineIndex, lines: LineIndex, offset: int) -> int:
    """Convert an offset in the document to one in ``block``, clamped to its ends."""
    line, column = lines.offset_to_position(offset)
    line -= block.first_line
    if line < 0:
        return 0
    if line >= len(block.shifts):
        return len(block.text)
    return own.position_to_offset(line, max(0, column - block.shifts[line]))
