"""The code blocks of a document in other text, with their languages and positions."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.functions.embedded.ignore_marks import ignores_block, ignores_document
from codeorigin.functions.embedded.markdown import markdown_blocks
from codeorigin.functions.embedded.markup import Markup, language_of_word, language_word
from codeorigin.functions.embedded.restructuredtext import restructuredtext_blocks
from codeorigin.functions.spans import Piece
from codeorigin.languages.kinds import MARKDOWN, RESTRUCTUREDTEXT, DocumentKind, find_document_kind
from codeorigin.text.positions import LineIndex

_SCANNERS: Mapping[str, Callable[[LineIndex], Iterable[Markup]]] = MappingProxyType(
    {MARKDOWN.id: markdown_blocks, RESTRUCTUREDTEXT.id: restructuredtext_blocks}
)
_DEPTH = 3
"""Maximum depth of documents inside documents, like a Markdown example in a Markdown manual."""


def code_blocks(
    lines: LineIndex,
    kind: DocumentKind,
    languages: Collection[str] | None = None,
    cancel: CancelToken = NEVER,
) -> tuple[Piece, ...]:
    """The blocks of a document, in order; the language of one that does not name it is guessed from its text.

    Blocks in languages other than ``languages`` (None: all supported ones), and blocks whose language cannot be
    guessed with confidence, are left out.

    Raises:
        ModelError: a language had to be guessed, and the language identification model is missing or broken.
    """
    return tuple(_blocks(lines, kind, languages, cancel, 0))


def block_at(blocks: Iterable[Piece], first: int, last: int) -> Piece | None:
    """The first of the code ``blocks`` that overlaps the lines ``first`` to ``last``, inclusive; None if none does."""
    return next(
        (
            piece
            for piece in blocks
            if piece.first_line <= last and piece.first_line + len(piece.shifts) > first
        ),
        None,
    )


def _blocks(
    lines: LineIndex, kind: DocumentKind, languages: Collection[str] | None, cancel: CancelToken, depth: int
) -> Iterator[Piece]:
    all_ignored = ignores_document(lines, kind)
    for markup in _SCANNERS[kind.id](lines):
        cancel.raise_if_cancelled()
        ignored = all_ignored or ignores_block(lines, kind, markup.opening)
        word = language_word(markup.info)
        inner = find_document_kind(word) if word and depth < _DEPTH else None
        if inner is not None and inner.id in _SCANNERS:
            for block in _blocks(LineIndex(markup.text), inner, languages, cancel, depth + 1):
                yield _inside(block, markup, ignored=ignored)
            continue
        language, confidence = (language_of_word(word), None) if word else _guessed(markup.text)
        if language is not None and (languages is None or language in languages):
            yield Piece(
                language,
                markup.text,
                first_line=markup.first_line,
                shifts=markup.shifts,
                confidence=confidence,
                ignored=ignored,
            )


def _guessed(text: str) -> tuple[str | None, float | None]:
    from codeorigin.language_id import guess_language  # noqa: PLC0415 - loads a model

    guess = guess_language(text)
    return guess.language, guess.confidence


def _inside(block: Piece, markup: Markup, *, ignored: bool) -> Piece:
    """A block inside the one in ``markup``, with its positions in the document that contains that."""
    outer = markup.shifts[block.first_line : block.first_line + len(block.shifts)]
    shifts = tuple(shift + more for shift, more in zip(block.shifts, outer, strict=True))
    return replace(
        block,
        first_line=block.first_line + markup.first_line,
        shifts=shifts,
        ignored=block.ignored or ignored,
    )
