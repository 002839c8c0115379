"""The real server with an analyzer that misbehaves when a document says so, to test what it survives."""

import os
import sys
import time
from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.lsp.app import serve
from codeorigin.lsp.scoring.refining import Refining

analyze, explain, refine = Analyzer.analyze, Analyzer.explain, Analyzer.refine
begin = Refining.begin


def misbehave(self, text, language, **options):  # type: ignore[no-untyped-def]
    """Do what the text says, then analyse it."""
    if "RAISE" in text:
        raise ValueError(f"the text was {text}")
    if "EXIT" in text:
        sys.exit(5)
    if "PRINT" in text:
        print("a stray print")
        os.write(1, b"a stray write\n")
    if "COUNT" in text:
        print("counted", file=sys.stderr, flush=True)
    if "HANG" in text:
        print("hanging", file=sys.stderr, flush=True)
        time.sleep(3600)
    return analyze(self, text, language, **options)


def wait(text, cancel):  # type: ignore[no-untyped-def]
    """Wait until the file named in the text exists."""
    gate = next((line.split()[-1] for line in text.splitlines() if "GATE" in line), None)
    while gate is not None and not Path(gate).exists():
        cancel.raise_if_cancelled()
        time.sleep(0.005)


def explain_late(self, text, span, options, *, cancel, **more):  # type: ignore[no-untyped-def]
    """Wait or fail, as the text says; never wait if only the wide part is explained."""
    if options.deep:
        wait(text, cancel)
    if "BREAK" in text:
        raise ValueError(f"the text was {text}")
    return explain(self, text, span, options, cancel=cancel, **more)


def refine_late(self, text, report, looked_at=(), *, ask=True, **more):  # type: ignore[no-untyped-def]
    """Wait before asking the deep part."""
    if ask:
        wait(text, more["cancel"])
    return refine(self, text, report, looked_at, ask=ask, **more)


def begin_unless_told(self, result):  # type: ignore[no-untyped-def]
    """Refine in the background, unless the text wants the deep part to read only what somebody looks at."""
    if "WHEN ASKED" not in result.snapshot.text:
        begin(self, result)


Refining.begin = begin_unless_told  # type: ignore[method-assign]
Analyzer.refine = refine_late  # type: ignore[method-assign]
Analyzer.analyze = misbehave  # type: ignore[method-assign]
Analyzer.explain = explain_late  # type: ignore[method-assign]
sys.exit(serve(log_level="info"))
