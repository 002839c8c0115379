"""What the server scores with: its model, the thread that uses it, and a thread for git."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from codeorigin.core.cancellation import CancelToken
from codeorigin.lsp.documents.model import Model
from codeorigin.lsp.scoring.worker import Priority, WorkerThread

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer

T = TypeVar("T")


class ScoringEngine:
    """The newest model and the threads. Use on the event loop."""

    def __init__(self, folder: Path | None = None) -> None:
        self.model = Model(folder)
        self.scorer = WorkerThread()
        self.git = WorkerThread()
        """Runs git, which may be slow, so that nothing else waits for it."""
        self.pasts = WorkerThread()
        """Reads pasts, which wait for the scorer, so that no other use of git waits for them."""

    def choose(self, folder: Path | None) -> bool:
        """Switch to the model in ``folder``; return whether that is a change."""
        if folder == self.model.folder:
            return False
        self.model = Model(folder)
        return True

    def score(
        self,
        work: "Callable[[Analyzer, CancelToken], T]",
        priority: Priority = Priority.SCAN,
        token: CancelToken | None = None,
        model: Model | None = None,
    ) -> asyncio.Future[T]:
        """Run ``work`` in the scoring thread with the analyzer of ``model``, by default the newest.

        For the rest see :meth:`WorkerThread.submit`. The future also raises ModelError if the model cannot be loaded.
        """
        chosen = model or self.model

        def scored(cancel: CancelToken) -> "T":
            from codeorigin.languages.parse_budget import one_run, run_budget  # noqa: PLC0415 - not in `initialize`

            analyzer = chosen.analyzer()
            with one_run(run_budget()):
                return work(analyzer, cancel)

        return self.scorer.submit(scored, priority, token)

    def stop(self) -> None:
        self.git.stop(0)
        self.pasts.stop(0)
        self.scorer.stop(0)
