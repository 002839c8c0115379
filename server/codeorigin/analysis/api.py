"""The implementation of :func:`codeorigin.analyze`: one loaded model per folder, used by one thread at a time."""

import os
import threading
from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FileReport
from codeorigin.functions.documents import Document

_lock = threading.Lock()
_analyzers: dict[Path | None, Analyzer] = {}


def analyze_text(
    text: str,
    language: str,
    *,
    path: str | os.PathLike[str] | None,
    file_context: bool,
    model: str | os.PathLike[str] | None,
    threads: int,
) -> FileReport:
    """See :func:`codeorigin.analyze`."""
    shown = None if path is None else os.fspath(path)
    key = None if model is None else Path(model).absolute()
    with _lock:
        if key not in _analyzers:
            _analyzers[key] = Analyzer.load(key, threads=threads)
        analyzer = _analyzers[key]
        return analyzer.analyze(Document(text, language, shown), file_context=file_context)
