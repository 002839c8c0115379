"""A slow deep part in the running server: what is known is shown at once, the rest when it is ready."""

import time
from pathlib import Path

import pytest
from tests.server.lsp.raw import PATIENCE, RawServer
from tests.server.lsp.test_process import FAULTY

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.wording.explanations import DEEP_EVIDENCE_PENDING, DEEP_PENDING, PENDING
from codeorigin.wording.functions import headline
from support.snippets import LEDGER
from support.tiny_model import TinyModel

URI = "file:///project/a.py"
WHEN_ASKED = "# WHEN ASKED\n"
"""Otherwise background work may wait at the gate first and block the only scoring thread."""


def hover(server: RawServer, line: int = 2) -> str:
    place = {"textDocument": {"uri": URI}, "position": {"line": line, "character": 5}}
    return str(server.request("textDocument/hover", place)["contents"]["value"])


@pytest.mark.parametrize("wait", [0, 30])
def test_hover_shows_the_wide_part_while_the_deep_part_runs(
    tiny_refining_model: TinyModel, tmp_path: Path, wait: int
) -> None:
    model, gate = tiny_refining_model.directory, tmp_path / "gate"
    text = f"{WHEN_ASKED}# GATE {gate}\n{LEDGER}"
    analyzer = Analyzer.load(model)
    report = analyzer.analyze(text, "python")
    ids = [each.function_id for each in report.functions]
    first, last = (each.functions[0].verdict for each in (report, analyzer.refine(text, report, ids)))
    with RawServer(command=FAULTY) as server:
        server.initialize(options={"modelPath": str(model), "explainWait": wait})
        server.open(URI, text)
        shown = hover(server)
        assert headline(first) in shown
        end = time.monotonic() + PATIENCE
        while PENDING in shown and time.monotonic() < end:
            assert wait == 0  # it does not even wait for the wide part
            shown = hover(server)
        assert DEEP_PENDING in shown
        assert "Without the deep part" not in shown
        assert "logit" in shown  # the lines of the wide part are there
        gate.touch()
        end = time.monotonic() + PATIENCE
        while (DEEP_PENDING in shown or DEEP_EVIDENCE_PENDING in shown) and time.monotonic() < end:
            shown = hover(server)
        assert headline(last) in shown
        assert "Refined by the deep part" in shown
        assert server.leave() == 0


def test_hover_does_not_wait_for_another_hover(tiny_refining_model: TinyModel, tmp_path: Path) -> None:
    model, gate = tiny_refining_model.directory, tmp_path / "gate"
    text = f"{WHEN_ASKED}# GATE {gate}\n{LEDGER}\n\n{LEDGER.replace('_ledger', '_second')}"
    second = Analyzer.load(model).analyze(text, "python").functions[1]
    line = second.span.header.start_line
    with RawServer(command=FAULTY) as server:
        server.initialize(options={"modelPath": str(model), "explainWait": 30})
        server.open(URI, text)
        assert DEEP_PENDING in hover(server)
        shown = hover(server, line)
        assert headline(second.verdict) in shown
        assert PENDING in shown
        gate.touch()
        end = time.monotonic() + PATIENCE
        while PENDING in shown and time.monotonic() < end:
            shown = hover(server, line)
        assert "logit" in shown
        assert server.leave() == 0
