"""The real server with an analyzer that misbehaves when a document says so, to test what it survives."""

import os
import sys
import time

from codeorigin.analysis import analyzer
from codeorigin.languages import parse_budget, parser_pool
from codeorigin.lsp.server import serve

outlined = analyzer.outlined


def misbehave(document, parsed, cancel):  # type: ignore[no-untyped-def]
    """Do what the text says, then analyse it."""
    text = document.text
    if "RAISE" in text:
        raise ValueError(f"the text was {text}")
    if "PRINT" in text:
        print("a stray print")
        os.write(1, b"a stray write\n")
    if "HANG" in text:
        print("hanging", file=sys.stderr, flush=True)
        time.sleep(3600)
    return outlined(document, parsed, cancel)


if "ENDLESS" in os.environ:
    parse_budget.SECONDS = parse_budget._USUAL_SECONDS = parser_pool._STALLED = 1e6
analyzer.outlined = misbehave
sys.exit(serve(log_level="info", model_dir=None))
