"""The functions of a file's content, in so few words that those of a whole history can be kept."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codeorigin.analyzer import Analyzer
from codeorigin.changed_functions import FunctionLines, function_lines
from codeorigin.errors import SourceError
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.model.features import RawScore
from codeorigin.model.judge import Scored
from codeorigin.model.pooled_rule import counted_lines
from codeorigin.model.promise import Group
from codeorigin.source.files import decode_source

MAX_BYTES = 2_000_000
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


def packed(functions: Sequence[BlobFunction]) -> bytes:
    """``functions`` for :func:`unpacked`."""
    rows = [
        (
            each.name,
            each.lines.first,
            each.lines.last,
            each.lines.blank,
            each.lines.plain,
            each.weight,
            each.logit,
            None if each.group is None else each.group.value,
        )
        for each in functions
    ]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode("ascii"), 1)


def unpacked(data: bytes) -> list[BlobFunction]:
    """What :func:`packed` was given."""
    return [
        BlobFunction(
            name,
            FunctionLines(first, last, tuple(blank), tuple(plain)),
            weight,
            logit,
            None if group is None else Group(group),
        )
        for name, first, last, blank, plain, weight, logit, group in json.loads(zlib.decompress(data))
    ]


class BlobReader:
    """Reads blobs of one repository and judges their functions. Use it in one thread, and close it."""

    def __init__(self, repository: Repository, analyzer: Analyzer) -> None:
        self._objects = Objects(repository.git)
        self._analyzer = analyzer

    def close(self) -> None:
        """End git."""
        self._objects.close()

    def text(self, blob: str, path: str, language: str) -> str:
        """The text of a blob.

        Raises:
            SourceError: it is no text, or too large, or not in this clone.
            RepositoryError: git says no.
        """
        content = self._objects.read(blob, MAX_BYTES)
        if content is None:
            raise SourceError(f"{path}: its content is not in this clone, and nothing is fetched")
        return decode_source(content, path, MAX_BYTES, language)

    def functions(self, blob: str, path: str, language: str) -> list[BlobFunction]:
        """The functions of a blob; raises as :meth:`text`."""
        text = self.text(blob, path, language)
        report = self._analyzer.analyze(text, language, path=path)
        lines = function_lines(text, report.functions)
        return [
            BlobFunction(
                # A name is a label: whole programs stand between the brackets of some.
                each.span.qualified_name[:200],
                place,
                counted_lines(text[each.span.code.start : each.span.code.end]),
                each.verdict.logit,
                each.verdict.group,
            )
            for each, place in zip(report.functions, lines, strict=True)
        ]


def load_analyzer(model: Path | None) -> Analyzer:
    """The model with room for the functions of many blobs; raises :class:`~codeorigin.errors.ModelError`."""
    return Analyzer.load(model, verdict_cache_bytes=VERDICT_CACHE_BYTES)
