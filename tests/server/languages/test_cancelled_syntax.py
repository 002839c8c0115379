"""Large texts that are cancelled while their functions are being collected."""

from collections.abc import Callable
from typing import Any

import pytest

from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled
from codeorigin.functions.captured_spans import SpanBuilder
from codeorigin.functions.finding import outline
from codeorigin.languages import get_language, repair
from codeorigin.languages.syntax import _Collector

FUNCTIONS = 3_000


@pytest.mark.parametrize(
    ("language", "text", "owner", "step"),
    [
        ("python", "def f():\n    return 1\n" * FUNCTIONS, _Collector, "_function"),
        ("python", "def f():\n    return 1\n" * FUNCTIONS, SpanBuilder, "_open_function"),
        # It breaks off, so its brackets are counted.
        ("c", "int f(void) { return 1; }\n" * FUNCTIONS + "int last(void) {", repair, "_pop"),
    ],
)
def test_cancelled_work_stops_after_a_few_more_steps(
    monkeypatch: pytest.MonkeyPatch, language: str, text: str, owner: Any, step: str
) -> None:
    token, steps = CancelToken(), []
    known: Callable[..., Any] = getattr(owner, step)

    def cancelling(*arguments: Any) -> Any:
        steps.append(step)
        token.cancel()
        return known(*arguments)

    monkeypatch.setattr(owner, step, cancelling)
    with pytest.raises(Cancelled):
        outline(text, get_language(language), cancel=token)
    assert 0 < len(steps) < FUNCTIONS / 4
