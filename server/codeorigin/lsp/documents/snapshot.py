"""Immutable snapshots of documents, with positions in the client's encoding."""

import logging
from dataclasses import dataclass

from lsprotocol import types
from pygls import uris

from codeorigin.core.errors import ModelError
from codeorigin.functions.spans import TextRange
from codeorigin.languages import Language, get_language
from codeorigin.text.positions import LineIndex, PositionEncoding

logger = logging.getLogger(__name__)

UNNAMED = frozenset({"", "plaintext", "text", "fundamental"})
"""Language ids that clients use for a document whose language they do not know."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Converts between code point positions in one text and positions in the client's encoding."""

    index: LineIndex
    encoding: PositionEncoding

    def offset(self, position: types.Position) -> int:
        """Client position -> code point offset, clamped to the line and to the text."""
        if position.line >= self.index.line_count:
            return len(self.index.text)
        column = self.index.units_to_column(position.line, position.character, self.encoding)
        return self.index.position_to_offset(position.line, column)

    def position(self, line: int, column: int) -> types.Position:
        return types.Position(line=line, character=self.index.column_to_units(line, column, self.encoding))

    def range(self, span: TextRange) -> types.Range:
        return types.Range(
            start=self.position(span.start_line, span.start_column),
            end=self.position(span.end_line, span.end_column),
        )

    def first_line(self, span: TextRange) -> types.Range:
        if span.end_line == span.start_line:
            return self.range(span)
        end = len(self.index.line_text(span.start_line).rstrip())
        return types.Range(
            start=self.position(span.start_line, span.start_column),
            end=self.position(span.start_line, max(end, span.start_column)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A document at one version, safe to pass to the worker; there is one for each text that is asked for.

    ``unnamed`` means that nobody tells the language, so ``language`` is guessed from the text, or None.
    """

    uri: str
    version: int
    text: str
    positions: Positions
    language: Language | None
    path: str | None
    unnamed: bool = False
    is_cell: bool = False
    """Whether it is a notebook cell; ``path`` is then the notebook's."""


def guessed(text: str) -> Language | None:
    """Guess the language of ``text``; None if the guess is uncertain, or the model for it is missing."""
    from codeorigin.language_id import guess_language  # noqa: PLC0415 - loads a model

    try:
        guess = guess_language(text)
    except ModelError as error:
        logger.warning("no language can be guessed: %s", error)
        return None
    return None if guess.language is None else get_language(guess.language)


def path_of_uri(uri: str) -> str | None:
    """The path of a file's URI; None for the URIs of virtual documents, and for those that are broken."""
    try:
        return uris.to_fs_path(uri) or None
    except ValueError:
        return None
