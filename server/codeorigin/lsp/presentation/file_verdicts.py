"""Verdicts on whole documents, on their way to the client: ``codeorigin/fileVerdict``."""

from collections.abc import Callable
from typing import Any

from codeorigin.lsp.presentation.wire_forms import file_to_wire
from codeorigin.lsp.scoring.scored_document import Result

METHOD = "codeorigin/fileVerdict"


class FileVerdicts:
    """Tells the client of verdicts, and of those that no longer hold. ``notify`` sends a method's parameters."""

    def __init__(self, notify: Callable[[str, dict[str, Any]], None]) -> None:
        self._notify = notify
        self._told: set[str] = set()

    def tell(self, result: Result) -> None:
        """Send the verdict on the whole document, or that the last one no longer holds."""
        uri = result.snapshot.uri
        if result.verdict is None and uri not in self._told:
            return
        if result.verdict is None:
            self._told.discard(uri)
        else:
            self._told.add(uri)
        verdict = file_to_wire(result.verdict)
        self._notify(METHOD, {"uri": uri, "version": result.version, "verdict": verdict})

    def forget(self, uri: str) -> None:
        """The document was closed."""
        self._told.discard(uri)
