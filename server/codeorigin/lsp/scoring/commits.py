"""Evidence for a document's functions from the other functions of their commits."""

import logging
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.report import FunctionReport
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.languages import Language, language_for_path
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.text.sources import decode_source

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.git.written import CommittedFile, WrittenFile

logger = logging.getLogger(__name__)

MAX_BYTES = 1_000_000
MAX_FILES = 100
"""Per commit; a commit with more files imports code, whose functions say little about each other."""
MAX_FUNCTIONS = 1_000
"""Per commit; more functions would hardly change the mean."""
MAX_COMMITS = 100
"""Per document."""
KEPT_FUNCTIONS = 50_000
"""Maximum number of cached functions over all commits, about 120 bytes each."""

_Written = tuple[tuple[str, float], ...]
"""Id and own logit of each function that one commit wrote and that has a verdict."""


class Commits:
    """Reads and scores the commits that wrote files.

    Scoring runs at the lowest priority, file by file, so that neither typing nor a hover waits for it.
    """

    def __init__(self, engine: ScoringEngine) -> None:
        self._engine = engine
        self._commits: dict[tuple[Path, str, str], _Written] = {}

    async def others(self, path: Path, language: Language) -> dict[str, tuple[float, ...]]:
        """By id of a function in the committed file, the own logits of the other functions of its commit.

        Raises:
            CodeOriginError: git or the model failed.
        """
        file = await self._engine.git.submit(partial(_committed, path))
        if file is None:
            return {}
        model_id, owners = await self._engine.score(partial(_owners, file, path, language))
        found: dict[str, tuple[float, ...]] = {}
        for commit in sorted(set(owners.values()))[:MAX_COMMITS]:
            written = await self._written((file.repository, commit, model_id), path.parent)
            for function_id, owner in owners.items():
                if owner == commit and (others := _without(written, function_id)):
                    found[function_id] = others
        return found

    async def _written(self, key: tuple[Path, str, str], folder: Path) -> _Written:
        """What a commit wrote, by its repository, its name and the model."""
        if (known := self._commits.get(key)) is not None:
            return known
        written: list[tuple[str, float]] = []
        try:
            for file in await self._engine.git.submit(partial(_written_by, folder, key[1])):
                if len(written) >= MAX_FUNCTIONS:
                    break
                written += await self._engine.score(partial(_wrote, file))
        except Cancelled:
            raise
        except CodeOriginError as error:
            # Not cached, because git may succeed next time, or a shallow history may have been deepened.
            logger.debug("a commit says nothing: %s", error)
            return ()
        if sum(map(len, self._commits.values())) + len(written) > KEPT_FUNCTIONS:
            self._commits.clear()
        self._commits[key] = tuple(written)
        return self._commits[key]


def _owners(
    file: "CommittedFile", path: Path, language: Language, analyzer: "Analyzer", cancel: CancelToken
) -> tuple[str, dict[str, str]]:
    """The model, and by id, the commit that last wrote all of a function's own lines, if it is a single one."""
    text = decode_source(file.content, str(path), MAX_BYTES, language.id)
    owners = {}
    for function, lines in _functions(text, language, str(path), analyzer, cancel):
        commits = {file.commits[line - 1] for line in lines.telling()}
        if len(commits) == 1:
            owners[function.function_id] = commits.pop()
    return analyzer.model_id, owners


def _wrote(file: "WrittenFile", analyzer: "Analyzer", cancel: CancelToken) -> list[tuple[str, float]]:
    language = language_for_path(file.path)
    if language is None:
        return []
    try:
        text = decode_source(file.content, file.path, MAX_BYTES, language.id)
    except CodeOriginError:
        return []
    return [
        (function.function_id, function.verdict.logit)
        for function, lines in _functions(text, language, file.path, analyzer, cancel)
        if function.verdict.logit is not None and lines.is_written(file.lines)
    ]


def _functions(
    text: str, language: Language, path: str, analyzer: "Analyzer", cancel: CancelToken
) -> Iterator[tuple[FunctionReport, FunctionLines]]:
    """The functions with their lines."""
    functions = analyzer.analyze(
        Document(text, language.id, path), file_context=False, cancel=cancel
    ).functions
    return zip(functions, function_lines(text, [function.span for function in functions]), strict=True)


# The code that runs git is imported on first use, in the git thread, because `initialize` does not need it.


def _committed(path: Path, token: CancelToken) -> "CommittedFile | None":
    from codeorigin.git.written import committed_file  # noqa: PLC0415

    return committed_file(path, MAX_BYTES, token)


def _written_by(folder: Path, commit: str, token: CancelToken) -> "Sequence[WrittenFile]":
    from codeorigin.git.written import written_files  # noqa: PLC0415

    def is_source(path: str) -> bool:
        return language_for_path(path) is not None

    return written_files(folder, commit, is_source, max_bytes=MAX_BYTES, max_files=MAX_FILES, cancel=token)


def _without(written: _Written, function_id: str) -> tuple[float, ...]:
    """The logits of all functions but one with the given id, which may occur in the commit more than once.

    Empty if the commit only has the function in another form: the commit did not write the current form, and the
    earlier form would count as evidence for it.
    """
    ids = [identity for identity, _ in written]
    if function_id not in ids:
        return ()
    its_place = ids.index(function_id)
    return tuple(logit for number, (_, logit) in enumerate(written) if number != its_place)
