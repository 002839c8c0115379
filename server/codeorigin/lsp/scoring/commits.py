"""Evidence for a document's functions from the other functions of their commits."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from codeorigin.analysis.report import FunctionReport
from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, CodeOriginError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.languages import Language, language_for_path
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from codeorigin.text.sources import decode_source

if TYPE_CHECKING:
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

T = TypeVar("T")

_Written = tuple[tuple[str, float], ...]
"""Id and own logit of each function that one commit wrote and that has a verdict."""


class Commits:
    """Reads and scores the commits that wrote files.

    git runs in the thread ``git``, and scoring runs in ``worker`` at the lowest priority, file by file, so that
    neither typing nor a hover waits for it.
    """

    def __init__(self, worker: WorkerThread, git: WorkerThread, loader: ModelLoader) -> None:
        self._worker = worker
        self._git = git
        self._loader = loader
        self._commits: dict[tuple[Path, str, str], _Written] = {}

    async def others(
        self, path: Path, language: Language, token: CancelToken
    ) -> dict[str, tuple[float, ...]]:
        """By id of a function in the committed file, the own logits of the other functions of its commit.

        Raises:
            CodeOriginError: git or the model failed.
        """
        file = await self._ask_git(partial(_committed, path, token), token)
        if file is None:
            return {}
        owners = await self._score(partial(self._owners, file, path, language, token), token)
        model_id = await self._score(lambda: self._loader.analyzer().model_id, token)
        found: dict[str, tuple[float, ...]] = {}
        for commit in sorted(set(owners.values()))[:MAX_COMMITS]:
            written = await self._written(file.repository, path.parent, commit, model_id, token)
            for function_id, owner in owners.items():
                if owner == commit and (others := _without(written, function_id)):
                    found[function_id] = others
        return found

    def _owners(
        self, file: "CommittedFile", path: Path, language: Language, token: CancelToken
    ) -> dict[str, str]:
        """By id, the commit that last wrote all of a function's own lines, if it is a single one."""
        text = decode_source(file.content, str(path), MAX_BYTES, language.id)
        owners = {}
        for function, lines in self._functions(text, language, str(path), token):
            commits = {file.commits[line - 1] for line in lines.telling()}
            if len(commits) == 1:
                owners[function.function_id] = commits.pop()
        return owners

    async def _written(
        self, repository: Path, folder: Path, commit: str, model_id: str, token: CancelToken
    ) -> _Written:
        key = repository, commit, model_id
        known = self._commits.get(key)
        if known is not None:
            return known
        read = partial(_written_by, folder, commit, token)
        written: list[tuple[str, float]] = []
        try:
            for file in await self._ask_git(read, token):
                if len(written) >= MAX_FUNCTIONS:
                    break
                written += await self._score(partial(self._wrote, file, token), token)
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

    def _wrote(self, file: "WrittenFile", token: CancelToken) -> list[tuple[str, float]]:
        language = language_for_path(file.path)
        if language is None:
            return []
        try:
            text = decode_source(file.content, file.path, MAX_BYTES, language.id)
        except CodeOriginError:
            return []
        return [
            (function.function_id, function.verdict.logit)
            for function, lines in self._functions(text, language, file.path, token)
            if function.verdict.logit is not None and lines.is_written(file.lines)
        ]

    def _functions(
        self, text: str, language: Language, path: str, token: CancelToken
    ) -> list[tuple[FunctionReport, FunctionLines]]:
        """The functions with their lines. Runs in the worker."""
        document = Document(text, language.id, path)
        report = self._loader.analyzer().analyze(document, file_context=False, cancel=token)
        return list(
            zip(
                report.functions,
                function_lines(text, [function.span for function in report.functions]),
                strict=True,
            )
        )

    async def _ask_git(self, work: Callable[[], T], token: CancelToken) -> T:
        return await self._git.submit(work, priority=Priority.SCAN, token=token)

    async def _score(self, work: Callable[[], T], token: CancelToken) -> T:
        return await self._worker.submit(work, priority=Priority.SCAN, token=token)


def _is_source(path: str) -> bool:
    return language_for_path(path) is not None


# The code that runs git is imported on first use, in the git thread, because `initialize` does not need it.


def _committed(path: Path, token: CancelToken) -> "CommittedFile | None":
    from codeorigin.git.written import committed_file  # noqa: PLC0415

    return committed_file(path, MAX_BYTES, token)


def _written_by(folder: Path, commit: str, token: CancelToken) -> "Sequence[WrittenFile]":
    from codeorigin.git.written import written_files  # noqa: PLC0415

    return written_files(folder, commit, _is_source, max_bytes=MAX_BYTES, max_files=MAX_FILES, cancel=token)


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
