"""Scoring that fails, a model that is not there, and one that is slow: the server goes on, and says so once."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.server.lsp.conftest import running
from tests.server.lsp.editor import SETTINGS, SHOWN, python_function

from codeorigin.core.cancellation import CancelToken
from codeorigin.model.bundle import default_model_dir
from codeorigin.model.scoring.scorer import Scorer


@pytest.mark.usefixtures("failing")
async def test_failing_work_is_told_once_and_does_not_stop_the_server(tmp_path: Path) -> None:
    async with running(tmp_path) as editor:
        for _ in range(3):
            editor.open(f"# RAISE\n{python_function('f')}")
        shown = await editor.take(SHOWN)
        assert shown.type is types.MessageType.Error
        assert shown.message == "CodeOrigin: scoring a document failed (ValueError); the log says where"
        editor.open("# EXIT\n")
        assert "RuntimeError" in (await editor.take(SHOWN)).message
        assert await editor.names(editor.open(python_function("still_alive"))) == ["still_alive"]
        assert not editor.inbox[SHOWN]


async def test_verdicts_of_a_slow_model_are_shown_function_by_function(
    tmp_path: Path, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    score_functions = Scorer.score_functions

    def score_slowly(self: Scorer, functions: Any, language: str, cancel: CancelToken) -> Iterator[Any]:
        """Score one function, and take for ever with the next."""
        for number, score in enumerate(score_functions(self, functions, language, cancel), 1):
            yield score
            while number < len(functions):
                cancel.raise_if_cancelled()
                time.sleep(0.005)

    monkeypatch.setattr(Scorer, "score_functions", score_slowly)
    names = ["first", "second", "third"]
    async with running(tmp_path, model=tiny_model_dir) as editor:
        document = editor.open("\n\n".join(python_function(name, step) for step, name in enumerate(names, 2)))
        shown: list[list[str]] = []
        while names not in shown:
            shown.append(await editor.names(document))
        # On a busy machine, the first step may end before a function is scored.
        assert list(filter(None, shown)) == [names[:1], names[:2], names]
        assert await editor.hover_text(document, 0)
        assert [each["name"] for each in (await editor.rescore(document))["functions"]] == names


async def test_model_load_failure_is_shown_once_and_can_be_fixed(tmp_path: Path) -> None:
    settings = {**SETTINGS, "modelPath": str(tmp_path / "nowhere")}
    async with running(tmp_path, settings=settings, folders=()) as editor:
        shown = await editor.take(SHOWN)
        assert shown.type is types.MessageType.Error
        assert "\n" not in shown.message
        document, *_ = [editor.open(python_function("f")) for _ in range(3)]
        assert await editor.hover(document, 0) is None
        status = await editor.command("codeorigin.status")
        assert status["state"] == "error"
        assert f"CodeOrigin: {status['message']}" == shown.message
        assert (await editor.explain(document, 0))["message"] == f"no explanation: {status['message']}"
        accepted = await editor.command("codeorigin.acceptFindings", document.uri, None, {"quiet": True})
        assert "open the folder" in accepted["message"]
        assert not editor.inbox[SHOWN]
        await editor.configure(**{**settings, "modelPath": str(default_model_dir())})
        assert await editor.names(document) == ["f"]
        assert (await editor.command("codeorigin.status"))["state"] == "ready"
