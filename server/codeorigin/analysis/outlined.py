"""The pieces of a document with the functions in them, before any is scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.functions.documents import Document
from codeorigin.functions.notebooks import without_magics
from codeorigin.functions.outline import Outline, outline_of
from codeorigin.functions.spans import FunctionSpan, Piece, code_text
from codeorigin.languages import Language, get_language
from codeorigin.languages.captures import Syntax
from codeorigin.languages.parse import parse_all
from codeorigin.languages.parse_budget import ParserInput
from codeorigin.model.verdict import Reason
from codeorigin.text.generated import is_generated
from codeorigin.text.sources import is_minified

T = TypeVar("T")

ParsedPiece = tuple[Piece, Syntax | Exception]
"""A piece, and what is captured in it or why that is not known."""


@dataclass(frozen=True, slots=True)
class OutlinedPiece:
    """A piece, its outline, and the ``reason`` why nothing in it gets a verdict, if that holds for all of it."""

    piece: Piece
    language: Language
    outline: Outline
    reason: Reason | None

    def reason_of(self, span: FunctionSpan) -> Reason | None:
        """Why ``span`` gets no verdict whatever its code; None if it may get one."""
        return self.reason or (Reason.IGNORED if span.ignored else None)

    def codes(self) -> dict[str, str]:
        """What the model reads of the functions that may get a verdict, by id."""
        return {
            function_id: code_text(self.piece.text, span)
            for function_id, span in zip(self.outline.ids, self.outline.functions, strict=True)
            if self.reason_of(span) is None
        }


def parsed_together(
    documents: Sequence[Document], cancel: CancelToken = NEVER
) -> list[list[ParsedPiece] | Exception]:
    """The pieces of each document, or the error of :meth:`~codeorigin.functions.documents.Document.pieces`."""
    read: list[Sequence[Piece] | Exception] = []
    texts: list[ParserInput] = []
    for document in documents:
        pieces = tried(document.pieces)
        read.append(pieces)
        if not isinstance(pieces, Exception):
            texts += (ParserInput.of(_parsed_text(document, piece), piece.language) for piece in pieces)
    syntaxes = iter(parse_all(texts, cancel))
    return [
        pieces if isinstance(pieces, Exception) else [(piece, next(syntaxes)) for piece in pieces]
        for pieces in read
    ]


def outlined(
    document: Document, parsed: Sequence[ParsedPiece], cancel: CancelToken = NEVER
) -> list[OutlinedPiece]:
    """The outlines of the pieces of a document; raises Cancelled, and an error of the parser."""
    return [_outlined(piece, syntax, document, cancel) for piece, syntax in parsed]


def tried(work: Callable[[], T]) -> T | Exception:
    """The result, or the error other than Cancelled."""
    try:
        return work()
    except Cancelled:
        raise
    except Exception as error:
        return error


def _parsed_text(document: Document, piece: Piece) -> str:
    is_cell = document.is_cell or piece.cell is not None
    return without_magics(piece.text, get_language(piece.language)) if is_cell else piece.text


def _outlined(
    piece: Piece, syntax: Syntax | Exception, document: Document, cancel: CancelToken
) -> OutlinedPiece:
    text, language = piece.text, get_language(piece.language)
    found = outline_of(syntax, text, language, cancel=cancel)
    cancel.raise_if_cancelled()
    if found.ignored:
        reason: Reason | None = Reason.IGNORED
    elif is_generated(text):
        reason = Reason.GENERATED
    else:
        reason = Reason.MINIFIED if is_minified(text) else None
    return OutlinedPiece(piece, language, found, reason)
