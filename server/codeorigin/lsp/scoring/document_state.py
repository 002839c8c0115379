"""What the server knows about one open document: its result, the work on it, and what the client has received."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types

from codeorigin.lsp.scoring.declared_lines import DeclaredLines
from codeorigin.lsp.scoring.requests import Result


@dataclass(slots=True)
class DocumentState:
    """The only place where the results of a document are kept. Use only on the event loop."""

    result: Result | None = None
    """The newest result, maybe of an older version of the text."""
    scoring: asyncio.Task[bool] | None = None
    """Scores the document and sends the findings; its result is False if that failed."""
    is_delayed: bool = False
    """Whether the task is still waiting for the user to stop typing."""
    waits_for_save: bool = False
    """Whether the newest text is not scored before a save or a request, as the settings say."""
    repository: Path | None = None
    """The repository whose past counts, if it has one; None if none does."""
    in_commits: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """By function id, the own logits of the other functions of the commit that wrote it."""
    reading_commits: asyncio.Task[None] | None = None
    declared: DeclaredLines | None = None
    """What is recorded about the lines, maybe those of an older version; None if that is unknown or not wanted."""
    reading_declared: asyncio.Task[DeclaredLines | None] | None = None
    read_version: int | None = None
    """The version whose records are being read, or were last."""
    selection: tuple[types.Diagnostic, ...] = ()
    """The answer to "Rescore selection", shown until the next edit."""
    findings: list[types.Diagnostic] = field(default_factory=list)
    """What the client shows."""
    version: int | None = None
    """The version that the findings were sent for; None before the first."""
    reported: frozenset[str] = frozenset()
    """Names of the functions that have findings."""
    quiet: asyncio.TimerHandle | None = None
    """Sends the findings that are withheld near the caret."""
    has_file_verdict: bool = False
    """Whether the client was told a verdict on the whole document."""
    pulls: int = 0
    """Number of requests that wait for the findings."""
    superseded: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a newer request for the findings arrives, or the document is closed."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the findings were updated, or the document is closed."""

    @property
    def is_busy(self) -> bool:
        """Whether the document is being scored, or will be."""
        return self.scoring is not None and not self.scoring.done()

    @property
    def reads_commits(self) -> bool:
        """Whether the commits of the document are being read."""
        return self.reading_commits is not None and not self.reading_commits.done()

    @property
    def reads_declared(self) -> bool:
        """Whether the records about the document are being read."""
        return self.reading_declared is not None and not self.reading_declared.done()

    def stop_scoring(self) -> None:
        """Stop scoring the document."""
        if self.scoring is not None:
            self.scoring.cancel()
        self.scoring = None

    def stop_reading_commits(self) -> None:
        """Stop reading the commits of the document."""
        if self.reading_commits is not None:
            self.reading_commits.cancel()
        self.reading_commits = None

    def stop_reading_declared(self) -> None:
        """Stop reading the records about the document."""
        if self.reading_declared is not None:
            self.reading_declared.cancel()
        self.reading_declared = None

    def end_quiet(self) -> None:
        """Discard the findings that are withheld near the caret."""
        if self.quiet is not None:
            self.quiet.cancel()
        self.quiet = None

    def stop(self) -> None:
        """End all work on the document, which is closed."""
        self.stop_scoring()
        self.stop_reading_commits()
        self.stop_reading_declared()
        self.end_quiet()
        self.superseded.set()
        self.changed.set()
