"""The functions of a file's content, in a form compact enough to keep those of a whole history."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FunctionReport, PieceReport
from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.functions.spans import Piece
from codeorigin.git.objects import LargeObjectError, Objects
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.model.calibration.pooled_rule import counted_lines
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.text.sources import decode_source

MAX_BYTES = 2_000_000
LONGEST_NAME = 200
VERDICT_CACHE_BYTES = 64 * 2**20
"""Size of the cache: most functions of a file stay the same from one commit to the next."""


@dataclass(frozen=True, slots=True)
class BlobFunction:
    """An outermost function of a blob. ``logit`` is None if it has no verdict.

    ``weight`` is :func:`~codeorigin.model.calibration.pooled_rule.counted_lines` of its code.
    """

    name: str
    lines: FunctionLines
    weight: int
    logit: float | None

    @property
    def score(self) -> RawScore | None:
        """The input for a verdict; None if the function has no verdict."""
        return None if self.logit is None else RawScore(self.logit, self.logit, 0.0, 1)


@dataclass(frozen=True, slots=True)
class PieceFunctions:
    """The functions of a piece of a file (see :class:`~codeorigin.functions.spans.Piece`). ``language`` is an id."""

    language: str
    functions: tuple[BlobFunction, ...]


def packed(pieces: Iterable[PieceFunctions]) -> bytes:
    """Serialize ``pieces`` for :func:`unpacked`."""
    return zlib.compress(json.dumps(list(map(astuple, pieces)), separators=(",", ":")).encode("ascii"), 1)


def unpacked(data: bytes) -> list[PieceFunctions]:
    """Restore the pieces given to :func:`packed`.

    Raises:
        ValueError: the data is damaged.
    """
    try:
        return [
            PieceFunctions(language, tuple(_function(*function) for function in functions))
            for language, functions in json.loads(zlib.decompress(data))
        ]
    except (zlib.error, TypeError) as error:
        raise ValueError(str(error)) from error


def _function(name: str, lines: list[Any], weight: int, logit: float | None) -> BlobFunction:
    first, last, blank, plain = lines
    return BlobFunction(name, FunctionLines(first, last, tuple(blank), tuple(plain)), weight, logit)


@dataclass(frozen=True, slots=True)
class AnalyzedPiece:
    """A piece of a file, with its outermost functions and their lines in the piece."""

    piece: Piece
    functions: tuple[FunctionReport, ...]
    lines: list[FunctionLines]


class BlobReader:
    """Reads ``objects`` of a repository as files, and judges their functions. Not thread-safe."""

    def __init__(self, objects: Objects, analyzer: Analyzer) -> None:
        self._objects = objects
        self._analyzer = analyzer

    def pieces(self, blob: str, path: str) -> list[AnalyzedPiece]:
        """The pieces of a blob, whose kind its ``path`` tells.

        Raises:
            SourceError: it is not text, is too large, is a broken notebook, or is too hard to parse.
            RepositoryError: it is damaged or not in this clone, or git fails.
        """
        try:
            content = self._objects.content(blob, MAX_BYTES)
        except LargeObjectError:
            raise SourceError(f"is larger than {MAX_BYTES:,} bytes", path) from None
        kind = kind_for_path(path)
        assert kind is not None, "other files were left out"
        text = decode_source(content, path, MAX_BYTES, kind.id)
        report = self._analyzer.analyze(Document(text, kind.id, path))
        try:
            report.require_parsed()
        except CodeOriginError as error:
            raise SourceError(error.reason, path) from None
        whole = PieceReport(Piece(report.language, text), report)
        return [_analyzed(piece) for piece in (report.pieces if kind is NOTEBOOK else [whole])]

    def functions(self, blob: str, path: str) -> list[PieceFunctions]:
        """The functions of a blob, piece by piece; raises the same errors as :meth:`pieces`."""
        return [_functions(piece) for piece in self.pieces(blob, path)]


def _analyzed(found: PieceReport) -> AnalyzedPiece:
    functions = found.report.functions
    lines = function_lines(found.piece.text, [function.span for function in functions])
    return AnalyzedPiece(found.piece, functions, lines)


def _functions(found: AnalyzedPiece) -> PieceFunctions:
    piece = found.piece
    return PieceFunctions(
        piece.language,
        tuple(
            BlobFunction(
                # The name is only a label, and some names have whole programs in their brackets.
                function.span.qualified_name[:LONGEST_NAME],
                place.in_file(piece),
                counted_lines(piece.text[function.span.code.start : function.span.code.end]),
                function.verdict.logit,
            )
            for function, place in zip(found.functions, found.lines, strict=True)
        ),
    )


def load_analyzer(model: Path | None) -> Analyzer:
    """Load the model, with a cache for many blobs; raises :class:`~codeorigin.core.errors.ModelError`."""
    return Analyzer.load(model, verdict_cache_bytes=VERDICT_CACHE_BYTES)
