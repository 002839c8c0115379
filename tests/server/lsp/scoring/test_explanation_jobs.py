"""Explanations that nobody has asked for yet."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from codeorigin.lsp.documents.model import Model
from codeorigin.lsp.scoring.explanation_jobs import MOST_PREPARED, ExplanationJobs
from codeorigin.lsp.scoring.worker import Priority


class Engine:
    """Ends no job."""

    def __init__(self) -> None:
        self.jobs: list[asyncio.Future[Any]] = []

    def score(self, _work: object, priority: Priority, *_: object) -> "asyncio.Future[Any]":
        assert priority is Priority.IDLE
        self.jobs.append(asyncio.get_running_loop().create_future())
        return self.jobs[-1]


async def test_thousands_of_documents_do_not_fill_the_queue_with_explanations() -> None:
    engine = Engine()
    jobs = ExplanationJobs(cast("Any", engine))
    job = SimpleNamespace(model=Model(None), past=None)
    functions = [
        SimpleNamespace(function_id=str(number), verdict=SimpleNamespace(records=()), span=None)
        for number in range(10)
    ]
    for number in range(MOST_PREPARED):
        snapshot = SimpleNamespace(uri=f"file:///{number}.py", text="")
        jobs.prepare(cast("Any", SimpleNamespace(snapshot=snapshot, job=job)), cast("Any", functions))
    assert len(engine.jobs) == MOST_PREPARED
