"""Explanations in progress: cancelled when nobody waits or the document changes, late, or failing."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from lsprotocol import types
from tests.server.lsp.editor import SETTINGS, SHOWN, Document, Editor, hover_rows, python_function

from codeorigin.analysis.caches import CachedExplainer
from support.waiting import until

NESTED = python_function("outer").replace(
    "    total = 0\n", "    total = 0\n\n    def inner(value):\n        return value\n\n"
)


class Gate:
    """Explanations wait until it is open, and then fail if it says so."""

    def __init__(self) -> None:
        self.is_open = threading.Event()
        self.fails = False
        self.waiting = 0

    def explain(self, explainer: CachedExplainer, *arguments: Any, **options: Any) -> Any:
        self.waiting += 1
        try:
            while not self.is_open.wait(0.002):
                options["cancel"].raise_if_cancelled()
        finally:
            self.waiting -= 1
        if self.fails:
            raise ValueError("secret_word")
        return explain(explainer, *arguments, **options)


explain = CachedExplainer.explain


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate()
    monkeypatch.setattr(CachedExplainer, "explain", lambda *given, **options: made.explain(*given, **options))  # noqa: PLW0108
    yield made
    made.is_open.set()


async def begun(editor: Editor, document: Document) -> tuple[str, "asyncio.Future[Any]"]:
    """Wait until a function is being explained with a progress bar; return the bar's token and the request."""
    reports = editor.client.progress_reports
    reports.clear()
    asking = asyncio.ensure_future(editor.explain(document, 0))
    await until(lambda: any(reports.values()))
    return str(next(iter(reports))), asking


def kinds(editor: Editor, token: str) -> list[str]:
    return [report.kind for report in editor.client.progress_reports[token]]


async def free(editor: Editor) -> None:
    """Wait until nobody is explained anything any more."""
    while (await editor.command("codeorigin.status"))["queue"]:
        await asyncio.sleep(0.005)


async def test_identical_requests_are_cancelled_one_by_one_and_have_one_answer(
    editor: Editor, gate: Gate
) -> None:
    document = editor.open(python_function("shared"))
    await editor.findings(document)
    arguments = [document.uri, {"line": 0, "character": 4}, {"quiet": True}]
    params = types.ExecuteCommandParams(command="codeorigin.explain", arguments=arguments)
    for _ in range(2):
        error = await editor.cancelled_request(types.WORKSPACE_EXECUTE_COMMAND, params)
        assert error.code == types.LSPErrorCodes.RequestCancelled
    await free(editor)
    asked = [asyncio.ensure_future(editor.explain(document, 0)) for _ in range(3)]
    await until(lambda: gate.waiting > 0)
    gate.is_open.set()
    first, *others = [answer["explanation"] for answer in await asyncio.gather(*asked)]
    assert first["lines"]
    assert others == [first, first]


@pytest.mark.parametrize("by", ["edit", "user"])
async def test_edit_and_user_stop_the_work_and_remove_the_progress_bar(
    editor: Editor, gate: Gate, by: str
) -> None:
    # No other test may have had these explained: what is known needs no bar.
    names = [f"stopped_by_{by}", f"left_by_{by}"]
    document = editor.open("\n\n".join(map(python_function, names)))
    await editor.findings(document)
    token, asking = await begun(editor, document)
    others = asyncio.ensure_future(editor.attributions(document))
    await editor.command("codeorigin.status")
    if by == "edit":
        editor.fill(document, "x = 1\n")
    else:
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    assert (await asking)["message"] == "no explanation: cancelled"
    await until(lambda: kinds(editor, token) == ["begin", "end"])
    if by == "edit":
        assert (await editor.error_of(others)).code == types.LSPErrorCodes.ContentModified
        await free(editor)
    else:  # cancelling one leaves the others
        gate.is_open.set()
        functions = (await others)["functions"]
        assert [each["name"] for each in functions] == names
        assert all(each["explanation"]["lines"] for each in functions)


async def test_hover_does_not_wait_and_a_later_one_has_the_evidence(editor: Editor, gate: Gate) -> None:
    await editor.configure(**{**SETTINGS, "hoverTimeout": 0})
    document = editor.open(NESTED)
    await editor.findings(document)
    inner = NESTED.split("\n").index("    def inner(value):")
    for _ in range(2):
        text = await editor.hover_text(document, inner)
        assert text.startswith("**Likely LLM**")
        assert (
            "inner is judged as part of this function. The explanation is being computed; hover again" in text
        )
        assert not hover_rows(text)
    gate.is_open.set()
    await free(editor)
    text = await editor.hover_text(document, inner)
    assert hover_rows(text)
    assert "inner is judged as part of this function." in text


async def test_failure_is_logged_and_told_until_the_text_changes(
    editor: Editor, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    gate.fails = True
    gate.is_open.set()
    document = editor.open(python_function("broken"))
    await editor.findings(document)
    text = await editor.hover_text(document, 0)
    assert "No explanation (ValueError); the log has the details." in text
    assert "an explanation failed" in caplog.messages
    gate.fails = False
    assert hover_rows(await editor.hover_text(document, 0))
    assert SHOWN not in editor.inbox
