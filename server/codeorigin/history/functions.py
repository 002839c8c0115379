"""The functions of a file's content, in so few words that those of a whole history can be kept."""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeorigin.analyzer import Analyzer
from codeorigin.changed_functions import FunctionLines, function_lines
from codeorigin.errors import MissingContentError
from codeorigin.git.objects import Objects, UnreadableObjectError
from codeorigin.git.repository import Repository
from codeorigin.model.features import RawScore
from codeorigin.model.judge import Scored
from codeorigin.model.pooled_rule import counted_lines
from codeorigin.model.promise import Group
from codeorigin.pieces import Piece, pieces_of
from codeorigin.report import FunctionReport
from codeorigin.source.files import decode_source

MAX_BYTES = 2_000_000
LONGEST_NAME = 200
VERDICT_CACHE_BYTES = 64 * 2**20
"""A file comes again and again with most of its functions as they were."""


@dataclass(frozen=True, slots=True)
class BlobFunction:
    """An outermost function of a blob. ``logit`` and ``group`` are None without a verdict of its own.

    ``weight`` is :func:`~codeorigin.model.pooled_rule.counted_lines` of its code.
    """

    name: str
    lines: FunctionLines
    weight: int
    logit: float | None
    group: Group | None

    @property
    def scored(self) -> Scored | None:
        """What a verdict is made from."""
        if self.logit is None or self.group is None:
            return None
        return Scored(RawScore(self.logit, self.logit, 0.0, 1), self.group)


@dataclass(frozen=True, slots=True)
class PieceFunctions:
    """The functions of a piece of a file (see :class:`~codeorigin.pieces.Piece`), in a language (its id).

    Those of a ``block`` of a document say nothing of the commit: its rule was not measured on such code.
    """

    language: str
    block: bool
    functions: tuple[BlobFunction, ...]


def packed(sections: Iterable[PieceFunctions]) -> bytes:
    """``sections`` for :func:`unpacked`."""
    rows = [(each.language, each.block, [_row(function) for function in each.functions]) for each in sections]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode("ascii"), 1)


def _row(function: BlobFunction) -> tuple[Any, ...]:
    place, group = function.lines, function.group
    return (
        function.name,
        place.first,
        place.last,
        place.blank,
        place.plain,
        function.weight,
        function.logit,
        None if group is None else group.value,
    )


def unpacked(data: bytes) -> list[PieceFunctions]:
    """What :func:`packed` was given.

    Raises:
        ValueError: the data is damaged.
    """
    try:
        return [
            PieceFunctions(
                language,
                block,
                tuple(
                    BlobFunction(
                        name,
                        FunctionLines(first, last, tuple(blank), tuple(plain)),
                        weight,
                        logit,
                        None if group is None else Group(group),
                    )
                    for name, first, last, blank, plain, weight, logit, group in functions
                ),
            )
            for language, block, functions in json.loads(zlib.decompress(data))
        ]
    except (zlib.error, TypeError) as error:
        raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True)
class AnalyzedPiece:
    """A piece of a file, and its outermost functions with their lines in the piece."""

    piece: Piece
    functions: tuple[FunctionReport, ...]
    lines: list[FunctionLines]


class BlobReader:
    """Reads blobs of one repository and judges their functions. Use it in one thread, and close it."""

    def __init__(self, repository: Repository, analyzer: Analyzer) -> None:
        self._objects = Objects(repository.git)
        self._analyzer = analyzer

    def close(self) -> None:
        """End git."""
        self._objects.close()

    def pieces(self, blob: str, path: str, kind: str) -> Iterator[AnalyzedPiece]:
        """The pieces of a blob of a ``kind`` (see :func:`~codeorigin.pieces.kind_of_path`).

        Raises:
            MissingContentError: it is not in this clone, or is damaged.
            SourceError: it is no text, or too large, or a broken notebook.
            RepositoryError: git cannot be started, or takes too long.
        """
        try:
            content = self._objects.read(blob, MAX_BYTES)
        except UnreadableObjectError:
            content = None
        if content is None:
            raise MissingContentError(
                f"{path}: its content is not in this clone or is damaged, and nothing is fetched"
            )
        text = decode_source(content, path, MAX_BYTES, kind)
        for piece in pieces_of(text, kind, path):
            report = self._analyzer.analyze(piece.text, piece.language, path=path, cell=piece.cell)
            yield AnalyzedPiece(piece, report.functions, function_lines(piece.text, report.functions))

    def sections(self, blob: str, path: str, kind: str) -> list[PieceFunctions]:
        """The functions of a blob; raises as :meth:`pieces`."""
        return [_section(each) for each in self.pieces(blob, path, kind)]


def _section(found: AnalyzedPiece) -> PieceFunctions:
    piece = found.piece
    return PieceFunctions(
        piece.language,
        piece.block,
        tuple(
            BlobFunction(
                # A name is a label: whole programs stand between the brackets of some.
                each.span.qualified_name[:LONGEST_NAME],
                piece.in_file(place),
                counted_lines(piece.text[each.span.code.start : each.span.code.end]),
                None if piece.ignored else each.verdict.logit,
                None if piece.ignored else each.verdict.group,
            )
            for each, place in zip(found.functions, found.lines, strict=True)
        ),
    )


def load_analyzer(model: Path | None) -> Analyzer:
    """The model with room for the functions of many blobs; raises :class:`~codeorigin.errors.ModelError`."""
    return Analyzer.load(model, verdict_cache_bytes=VERDICT_CACHE_BYTES)
