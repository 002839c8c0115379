"""Evidence for a document's functions from the other functions of their commits, read in the background."""

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from codeorigin.analysis.report import FunctionReport
from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, CodeOriginError
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


@dataclass(frozen=True, slots=True)
class CommitEvidence:
    """By id of a document's function, the own logits of the other functions of the commit that wrote it.

    ``number`` identifies a state of this evidence; 0 means none.
    """

    number: int = 0
    others: Mapping[str, Sequence[float]] = field(default_factory=dict)


NOTHING = CommitEvidence()


class CommitScopes:
    """Keeps the evidence for open documents. All methods must be called on the event loop.

    git runs in the thread ``git``, and scoring runs in ``worker`` at the lowest priority, file by file, so that
    neither typing nor a hover waits for it. ``changed`` is called with the URI of a document whose evidence changed.
    """

    def __init__(
        self, worker: WorkerThread, git: WorkerThread, loader: ModelLoader, changed: Callable[[str], None]
    ) -> None:
        self._worker = worker
        self._loader = loader
        self._changed = changed
        self._git = git
        self._known: dict[str, CommitEvidence] = {}
        self._tasks: dict[str, tuple[asyncio.Task[None], CancelToken]] = {}
        self._numbers = itertools.count(1)
        self._commits: dict[tuple[Path, str, str], _Written] = {}

    @property
    def pending(self) -> int:
        """Number of documents being looked at."""
        return len(self._tasks)

    def of(self, uri: str) -> CommitEvidence:
        """The evidence for the document so far."""
        return self._known.get(uri, NOTHING)

    def refresh(self, uri: str, path: Path, language: Language) -> None:
        """Look at the committed file again, because the document was opened or saved."""
        self._cancel(uri)
        token = CancelToken()
        task = asyncio.get_running_loop().create_task(self._find(uri, path, language, token))
        self._tasks[uri] = task, token
        task.add_done_callback(lambda done: self._ended(uri, done))

    def forget(self, uri: str) -> None:
        """Drop a document's evidence, because it was closed or the setting is off."""
        self._cancel(uri)
        self._known.pop(uri, None)

    def stop(self) -> None:
        """Cancel everything permanently."""
        for uri in list(self._tasks):
            self._cancel(uri)

    def _cancel(self, uri: str) -> None:
        known = self._tasks.pop(uri, None)
        if known is not None:
            known[1].cancel()
            known[0].cancel()

    def _ended(self, uri: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(uri, (None,))[0] is task:
            del self._tasks[uri]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("the commits of a document could not be read", exc_info=error)

    async def _find(self, uri: str, path: Path, language: Language, token: CancelToken) -> None:
        try:
            others = await self._others(path, language, token)
        except Cancelled:
            return
        except CodeOriginError as error:
            logger.debug("no evidence by commits: %s", error)
            others = {}
        if others != self.of(uri).others:
            self._known[uri] = CommitEvidence(next(self._numbers), others)
            self._changed(uri)

    async def _others(
        self, path: Path, language: Language, token: CancelToken
    ) -> dict[str, tuple[float, ...]]:
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
            commits = {file.commits[line - 1] for line in lines.own()}
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
        report = self._loader.analyzer().analyze(
            text, language.id, path=path, file_context=False, cancel=token
        )
        return list(
            zip(report.functions, function_lines(text, [each.span for each in report.functions]), strict=True)
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
    own = ids.index(function_id)
    return tuple(logit for number, (_, logit) in enumerate(written) if number != own)
