"""The model as the server holds it, loaded on first use; explanations that nobody has asked for yet."""

import asyncio
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from codeorigin.core.errors import ModelError
from codeorigin.lsp.documents.model import Model
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.explanation_jobs import MOST_PREPARED, ExplanationJobs
from codeorigin.lsp.scoring.worker import Priority


def test_model_is_loaded_once(tiny_model_dir: Path) -> None:
    model = Model(tiny_model_dir)
    assert model.loaded is None
    assert model.analyzer() is model.analyzer() is model.loaded


def test_failure_is_kept_until_another_model_is_chosen(tmp_path: Path, tiny_model_dir: Path) -> None:
    folder = tmp_path / "model"
    engine = ScoringEngine(folder)
    for _ in range(2):
        with pytest.raises(ModelError) as raised:
            engine.model.analyzer()
        assert raised.value is engine.model.error
        shutil.copytree(tiny_model_dir, folder, dirs_exist_ok=True)
    assert not engine.choose(folder)
    assert engine.choose(tiny_model_dir)
    assert engine.model.error is None
    assert engine.model.analyzer().bundle is not None


def test_unexpected_failure_is_logged_and_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load(_: Path | None) -> None:
        raise ValueError("two\nlines")

    monkeypatch.setattr("codeorigin.analysis.analyzer.Analyzer.load", load)
    with pytest.raises(ModelError, match=r"^the model could not be loaded \(ValueError\)"):
        Model().analyzer()
    assert caplog.records[0].exc_info is not None


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
