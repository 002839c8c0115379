"""Sends verdicts on whole documents to the client: ``codeorigin/fileVerdict``."""

from collections.abc import Callable
from typing import Any

from codeorigin.lsp.features.wire_forms import file_to_wire
from codeorigin.lsp.scoring.requests import Result

METHOD = "codeorigin/fileVerdict"


class FileVerdicts:
    """Notifies the client of new and withdrawn verdicts; ``notify`` sends a method with its parameters."""

    def __init__(self, notify: Callable[[str, dict[str, Any]], None]) -> None:
        self._notify = notify
        self._notified: set[str] = set()

    def tell(self, result: Result) -> None:
        """Send the verdict on the whole document, or withdraw the last one."""
        uri = result.snapshot.uri
        if result.verdict is None and uri not in self._notified:
            return
        if result.verdict is None:
            self._notified.discard(uri)
        else:
            self._notified.add(uri)
        verdict = file_to_wire(result.verdict)
        self._notify(METHOD, {"uri": uri, "version": result.version, "verdict": verdict})

    def forget(self, uri: str) -> None:
        """Forget a closed document."""
        self._notified.discard(uri)
