"""The real server with an analyzer that misbehaves when a document says so, to test what it survives.

An argument is the model's folder.
"""

import os
import sys
import time
from pathlib import Path

from codeorigin.analysis import analyzer
from codeorigin.languages import parse_budget, parser_pool
from codeorigin.lsp.app import serve
from codeorigin.model.scoring.scorer import Scorer

outlined = analyzer.outlined


def misbehave(document, parsed, cancel):  # type: ignore[no-untyped-def]
    """Do what the text says, then analyse it."""
    text = document.text
    if "RAISE" in text:
        raise ValueError(f"the text was {text}")
    if "EXIT" in text:
        sys.exit(5)
    if "PRINT" in text:
        print("a stray print")
        os.write(1, b"a stray write\n")
    if "HANG" in text:
        print("hanging", file=sys.stderr, flush=True)
        time.sleep(3600)
    return outlined(document, parsed, cancel)


score_functions = Scorer.score_functions


def score_slowly(self, functions, language, cancel):  # type: ignore[no-untyped-def]
    """Score one function, and take for ever with the next."""
    for number, score in enumerate(score_functions(self, functions, language, cancel), 1):
        yield score
        while number < len(functions):
            cancel.raise_if_cancelled()
            time.sleep(0.005)


if "ENDLESS" in os.environ:
    parse_budget.SECONDS = parse_budget._USUAL_SECONDS = parser_pool._STALLED = 1e6
if "SLOW" in os.environ:
    Scorer.score_functions = score_slowly  # type: ignore[method-assign]
analyzer.outlined = misbehave
sys.exit(serve(log_level="info", model_dir=Path(sys.argv[-1]) if len(sys.argv) > 1 else None))
