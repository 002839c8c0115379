"""A model with an encoder in the running server: each function is shown when it has been read."""

import os
from pathlib import Path

from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import serving
from tests.server.lsp.test_process import FAULTY

URI = "file:///project/a.py"
NAMES = ["first", "second", "third"]


def test_verdicts_are_shown_function_by_function(tiny_model_dir: Path) -> None:
    environment, options = {**os.environ, "SLOW": "1"}, {"modelPath": str(tiny_model_dir)}
    with serving(command=FAULTY, environment=environment, options=options) as server:
        server.open(URI, "\n\n".join(python_function(name, step) for step, name in enumerate(NAMES, 2)))
        assert server.hover(URI)["range"]["start"]["line"] == 0
        shown = [[each["data"]["name"] for each in server.findings(URI)] for _ in NAMES]
        assert shown == [NAMES[:1], NAMES[:2], NAMES]
        answer = server.command("codeorigin.rescore", URI)
        assert [each["name"] for each in answer["functions"]] == NAMES
