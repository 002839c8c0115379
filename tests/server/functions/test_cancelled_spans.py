"""Large texts that are cancelled while their functions are being built; see ``test_parsing`` for the parser."""

from typing import Any

import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.functions.captured_spans import SpanBuilder
from codeorigin.functions.outline import outline
from codeorigin.languages import get_language

FUNCTIONS = 3_000


def test_cancelled_work_stops_after_a_few_more_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    token, steps = CancelToken(), []
    known = SpanBuilder._open_function

    def cancelling(*arguments: Any) -> Any:
        steps.append(1)
        token.cancel()
        return known(*arguments)

    monkeypatch.setattr(SpanBuilder, "_open_function", cancelling)
    with pytest.raises(Cancelled):
        outline("def f():\n    return 1\n" * FUNCTIONS, get_language("python"), cancel=token)
    assert 0 < len(steps) < FUNCTIONS / 4
