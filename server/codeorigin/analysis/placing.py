"""Translate reports on a code block to positions in the document that contains it."""

from dataclasses import replace

from codeorigin.analysis.report import FunctionReport
from codeorigin.functions.spans import FunctionSpan, Piece, TextRange
from codeorigin.text.positions import LineIndex


def place_function(function: FunctionReport, block: Piece, lines: LineIndex) -> FunctionReport:
    """``function`` of ``block``, and those nested in it, with their positions in the document ``lines``."""
    nested = tuple(place_function(each, block, lines) for each in function.nested)
    return replace(function, span=_span(function.span, block, lines), nested=nested)


def _span(span: FunctionSpan, block: Piece, lines: LineIndex) -> FunctionSpan:
    return replace(
        span,
        range=_range(span.range, block, lines),
        code=_range(span.code, block, lines),
        header=_range(span.header, block, lines),
        name_range=_range(span.name_range, block, lines),
        doc_comment=None if span.doc_comment is None else _range(span.doc_comment, block, lines),
        nested=tuple(_span(each, block, lines) for each in span.nested),
        inside=(block, span),
    )


def _range(place: TextRange, block: Piece, lines: LineIndex) -> TextRange:
    start_line = place.start_line + block.first_line
    start = lines.position_to_offset(start_line, block.column(place.start_line, place.start_column))
    if place.end_column == 0 and place.end_line > place.start_line:
        # The range ends after a line ending, so the next line's prefix in the document is not part of it.
        end = lines.line_end(place.end_line - 1 + block.first_line)
    else:
        end_line = place.end_line + block.first_line
        end = lines.position_to_offset(end_line, block.column(place.end_line, place.end_column))
    end = max(start, end)
    return TextRange(
        lines.offset_to_byte(start),
        lines.offset_to_byte(end),
        start,
        end,
        *lines.offset_to_position(start),
        *lines.offset_to_position(end),
    )
