"""What the repositories of documents and files held before LLMs wrote code: read in the background, and kept."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.report import FileReport
from codeorigin.cancellation import CancelToken, CancelWhen
from codeorigin.errors import Cancelled, CodeOriginError, RepositoryError
from codeorigin.functions.documents import Document
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from codeorigin.model.past import Past
from codeorigin.past.place import repository_folder
from codeorigin.settings.schema import Settings

if TYPE_CHECKING:
    from codeorigin.model.bundle import Bundle

logger = logging.getLogger(__name__)

_CANCEL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _Known:
    """A past, and what it depends on: the model's generation, HEAD, and whether the history is cut off."""

    generation: int
    state: tuple[str | None, bool] | None
    past: Past | None


class Pasts:
    """The pasts of repositories, each known by its folder. Use only on the event loop.

    git runs in the thread ``git``. Old functions that are not in the cache are scored in ``worker``, file by file,
    whenever that has nothing better to do.
    """

    def __init__(self, worker: WorkerThread, git: WorkerThread, loader: ModelLoader) -> None:
        self._worker = worker
        self._git = git
        self._loader = loader
        self._known: dict[Path, _Known] = {}
        self._reading: dict[tuple[Path, int], asyncio.Task[None]] = {}
        self.changed: Callable[[Path], None] = lambda _: None
        """Called with a repository whose past was read and is another one than before."""

    @property
    def is_reading(self) -> bool:
        """Whether a repository is being read."""
        return bool(self._reading)

    def known(self, repository: Path | None) -> Past | None:
        """The past as it was when the repository was last read; None before."""
        return self._known[repository].past if repository is not None and self._is_known(repository) else None

    def read(self, repository: Path) -> asyncio.Task[None]:
        """Look at the repository again, for HEAD may have moved; the task never fails."""
        key = repository, self._loader.generation
        if key not in self._reading:
            self._reading[key] = asyncio.get_running_loop().create_task(self._read(*key))
        return self._reading[key]

    async def newest(self, repository: Path | None, token: CancelToken) -> Past | None:
        """The past once the repository has been read again, or as known when ``token`` is cancelled."""
        if repository is not None:
            reading = self.read(repository)
            while not reading.done() and not token.cancelled:
                await asyncio.wait({reading}, timeout=_CANCEL_SECONDS)
        return self.known(repository)

    async def of(self, file: Path, settings: Settings, token: CancelToken) -> Past | None:
        """The past to judge a file with; its repository is only read if that was not done before."""
        repository = repository_folder(file.parent) if settings.past else None
        if repository is None or self._is_known(repository):
            return self.known(repository)
        return await self.newest(repository, token)

    def _is_known(self, repository: Path) -> bool:
        known = self._known.get(repository)
        return known is not None and known.generation == self._loader.generation

    async def _read(self, repository: Path, generation: int) -> None:
        before, token = self.known(repository), CancelToken()
        try:
            bundle = await self._worker.submit(
                lambda: self._loader.analyzer(generation).bundle, priority=Priority.SCAN, token=token
            )
            found = _Known(generation, None, None)
            if bundle.calibration.past is not None:
                known = self._known[repository] if self._is_known(repository) else found
                analyzer = _InWorker(self._worker, self._loader, generation, token)
                look = partial(_look, repository, bundle, analyzer, known, token)
                found = await self._git.submit(look, priority=Priority.SCAN, token=token)
            self._known[repository] = found
        except CodeOriginError as error:
            logger.debug("no past of a repository: %s", error)
        except Exception:
            logger.exception("the past of a repository could not be read")
        finally:
            del self._reading[repository, generation]
        if self.known(repository) != before:
            self.changed(repository)


class _InWorker:
    """An analyzer for the git thread, which waits while the worker analyses one document after another."""

    def __init__(
        self, worker: WorkerThread, loader: ModelLoader, generation: int, token: CancelToken
    ) -> None:
        self._worker = worker
        self._loader = loader
        self._generation = generation
        self._token = token
        self._loop = asyncio.get_running_loop()

    def analyze_many(
        self, documents: Iterable[Document], *, file_context: bool, cancel: CancelToken
    ) -> Iterator[FileReport | Exception]:
        """The report on each document, or its error."""
        until_wanted = CancelWhen(cancel, partial(self._worker.is_wanted_before, Priority.SCAN))
        for document in documents:
            report = None
            while report is None:
                work = partial(self._analyze, document, file_context, until_wanted)
                report = asyncio.run_coroutine_threadsafe(self._ask(work), self._loop).result()
            yield report

    async def _ask(self, work: Callable[[], FileReport | Exception | None]) -> FileReport | Exception | None:
        return await self._worker.submit(work, priority=Priority.SCAN, token=self._token)

    def _analyze(
        self, document: Document, file_context: bool, cancel: CancelToken
    ) -> FileReport | Exception | None:
        """The report, or None if something more urgent came up. Runs in the worker."""
        analyzer = self._loader.analyzer(self._generation)
        try:
            (report,) = analyzer.analyze_many([document], file_context=file_context, cancel=cancel)
        except Cancelled:
            self._token.raise_if_cancelled()
            return None
        return report


def _look(
    repository: Path, bundle: "Bundle", analyzer: _InWorker, known: _Known, token: CancelToken
) -> _Known:
    """The past as it is now; ``known`` if nothing that it depends on has changed. Runs in the git thread."""
    # Imported here, because `initialize` does not need it.
    from codeorigin.git.repository import Repository  # noqa: PLC0415
    from codeorigin.past.old_functions import repository_past  # noqa: PLC0415

    try:
        opened = Repository.of(repository, token)
        state = opened.head(), opened.is_shallow
        if state == known.state:
            return known
        return _Known(known.generation, state, repository_past(opened, bundle, lambda: analyzer, token))
    except RepositoryError as error:
        logger.debug("no past of a repository: %s", error)
        return _Known(known.generation, None, None)
