"""The real server with an analyzer that misbehaves on documents that say so: for tests of what it survives."""

import os
import sys
import time

from codeorigin.analyzer import Analyzer
from codeorigin.lsp.app import serve

analyze = Analyzer.analyze


def misbehave(self, text, language, **options):  # type: ignore[no-untyped-def]
    """Do as the text says, then analyse."""
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
    return analyze(self, text, language, **options)


Analyzer.analyze = misbehave  # type: ignore[method-assign]
sys.exit(serve(log_level="info"))
