"""The pieces of a document with the functions in them, before any is scored."""

from dataclasses import dataclass

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.functions.documents import Document
from codeorigin.functions.finding import Outline, outline
from codeorigin.functions.notebooks import without_magics
from codeorigin.functions.spans import FunctionSpan, Piece, code_text
from codeorigin.languages import Language, get_language
from codeorigin.languages.parsing import one_document
from codeorigin.model.verdict import Reason
from codeorigin.text.positions import LineIndex
from codeorigin.text.sources import is_generated, is_minified


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


def outlined(document: Document, cancel: CancelToken = NEVER) -> list[OutlinedPiece]:
    """The pieces of a document; raises as :meth:`~codeorigin.functions.documents.Document.pieces`."""
    with one_document(len(document.text)):
        return [_outlined(piece, document, cancel) for piece in document.pieces(cancel)]


def _outlined(piece: Piece, document: Document, cancel: CancelToken) -> OutlinedPiece:
    text, language = piece.text, get_language(piece.language)
    is_cell = document.is_cell or piece.cell is not None
    found = outline(
        text,
        language,
        path=document.path,
        lines=LineIndex(text),
        parsed=without_magics(text, language) if is_cell else text,
        cancel=cancel,
    )
    cancel.raise_if_cancelled()
    if piece.ignored or found.ignored:
        reason: Reason | None = Reason.IGNORED
    elif is_generated(text):
        reason = Reason.GENERATED
    else:
        reason = Reason.MINIFIED if is_minified(text) else None
    return OutlinedPiece(piece, language, found, reason)
