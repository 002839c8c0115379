"""What the repositories of documents and files held before LLMs wrote code: read in the background, and kept."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import FileReport
from codeorigin.core.budget import Budget
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import CodeOriginError, ModelError, RepositoryError
from codeorigin.functions.documents import Document
from codeorigin.lsp.documents.model import KnownPast, Model
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.repository_facts import RepositoryFacts
from codeorigin.model.past import Past
from codeorigin.past.place import repository_folder
from codeorigin.settings.schema import Settings

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.model.bundle import Bundle

logger = logging.getLogger(__name__)

_CANCEL_SECONDS = 0.1


class Pasts:
    """The pasts of repositories, each known by its folder. Use only on the event loop.

    Old functions that are not in the cache are scored file by file, whenever there is nothing better to do.
    """

    def __init__(self, engine: ScoringEngine, facts: RepositoryFacts | None = None) -> None:
        self._engine = engine
        self._facts = facts or RepositoryFacts()
        self._reading: dict[tuple[Path, Model], asyncio.Task[None]] = {}
        self.changed: Callable[[Path], None] = lambda _: None
        """Called with a repository whose past was read and is another one than before."""

    @property
    def is_reading(self) -> bool:
        return bool(self._reading)

    def known(self, repository: Path | None) -> Past | None:
        """The past as it was when the repository was last read; None before."""
        found = self._engine.model.pasts.get(repository) if repository is not None else None
        return None if found is None else found.past

    def read(self, repository: Path) -> asyncio.Task[None]:
        """Look at the repository again, for HEAD may have moved; the task never fails."""
        key = repository, self._engine.model
        if key not in self._reading:
            self._reading[key] = asyncio.get_running_loop().create_task(self._read(*key))
        return self._reading[key]

    async def of(self, file: Path, settings: Settings, token: CancelToken) -> Past | None:
        """The past to judge a file with, as known when ``token`` is cancelled.

        Its repository is only read if that was not done before.
        """
        repository = repository_folder(file.parent) if settings.past else None
        if repository is not None and repository not in self._engine.model.pasts:
            reading = self.read(repository)
            while not reading.done() and not token.cancelled:
                await asyncio.wait({reading}, timeout=_CANCEL_SECONDS)
        return self.known(repository)

    async def _read(self, repository: Path, model: Model) -> None:
        before = self.known(repository)
        try:
            bundle = await self._engine.score(lambda analyzer, _: analyzer.bundle, model=model)
            found = KnownPast()
            if bundle.calibration.past is not None:
                known = model.pasts.get(repository, found)
                analyzer = _ScorerProxy(self._engine, model)
                look = partial(_look, repository, bundle, analyzer, known, self._facts)
                found = await self._engine.pasts.submit(look)
            model.pasts[repository] = found
        except CodeOriginError as error:
            logger.debug("no past of a repository: %s", error)
        except Exception:
            logger.exception("the past of a repository could not be read")
        finally:
            del self._reading[repository, model]
        if self.known(repository) != before:
            self.changed(repository)


class _ScorerProxy:
    """An analyzer for the thread for pasts, which waits while the scoring thread analyses one document after another."""

    def __init__(self, engine: ScoringEngine, model: Model) -> None:
        self._engine = engine
        self._model = model
        self._loop = asyncio.get_running_loop()
        self._budget: Budget | None = None

    def analyze_many(
        self,
        documents: Iterable[Document],
        *,
        file_context: bool = True,
        past: Past | None = None,
        cancel: CancelToken = NEVER,
    ) -> Iterator[FileReport | Exception]:
        assert past is None, "there is none yet"
        for document in documents:
            asked = asyncio.run_coroutine_threadsafe(self._report(document, file_context, cancel), self._loop)
            yield asked.result()

    async def _report(
        self, document: Document, file_context: bool, token: CancelToken
    ) -> FileReport | Exception:
        def work(analyzer: "Analyzer", cancel: CancelToken) -> FileReport | Exception:
            from codeorigin.languages.parse_budget import one_run, run_budget  # noqa: PLC0415 - not in `initialize`

            self._budget = self._budget or run_budget()
            with one_run(self._budget):
                (report,) = analyzer.analyze_many([document], file_context=file_context, cancel=cancel)
            return report

        if self._model is not self._engine.model:
            raise ModelError("another model was chosen")
        return await self._engine.score(work, token=token)


def _look(
    repository: Path,
    bundle: "Bundle",
    analyzer: _ScorerProxy,
    known: KnownPast,
    facts: RepositoryFacts,
    token: CancelToken,
) -> KnownPast:
    """The past as it is now; ``known`` if nothing that it depends on has changed. Runs in the thread for pasts."""
    # Imported here, because `initialize` does not need it.
    from codeorigin.past.old_functions import repository_past  # noqa: PLC0415

    try:
        found = facts.of(repository, token)
        state = found.state, found.repository.is_shallow
        if state == known.state:
            return known
        past = repository_past(found.repository, bundle, lambda: analyzer, token, found.state.head)
        return KnownPast(state, past)
    except RepositoryError as error:
        logger.debug("no past of a repository: %s", error)
        return KnownPast()
