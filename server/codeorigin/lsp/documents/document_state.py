"""What the server knows about one open document: its result, the work on it, and what the client has received."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lsprotocol import types

if TYPE_CHECKING:
    from codeorigin.lsp.documents.scored_document import Result
    from codeorigin.records.record import Record

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeclaredLines:
    """The strongest record about each line of a ``version`` of a document, in this ``state`` of its repository.

    There are no ``lines`` if none can be read.
    """

    version: int
    state: tuple[object, ...]
    lines: "tuple[Record | None, ...]" = ()


class LatestTask(Generic[T]):
    """Work on the event loop, of which only the newest runs."""

    def __init__(self) -> None:
        self.task: asyncio.Task[T] | None = None

    def start(self, work: Coroutine[Any, Any, T]) -> None:
        """Do ``work`` instead of what is being done."""
        self.stop()
        self.task = asyncio.get_running_loop().create_task(work)

    def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
        self.task = None

    @property
    def runs(self) -> bool:
        return self.task is not None and not self.task.done()


@dataclass(slots=True)
class DocumentState:
    """The only place where the results of a document are kept. Use only on the event loop."""

    result: "Result | None" = None
    """The newest result, maybe of an older version of the text."""
    scoring: LatestTask[bool] = field(default_factory=LatestTask)
    """Scores the document and sends the findings; its result is False if that failed."""
    is_delayed: bool = False
    """Whether the task is still waiting for the user to stop typing."""
    waits_for_save: bool = False
    """Whether the newest text is not scored before a save or a request, as the settings say."""
    past_repository: Path | None = None
    """The repository whose past counts, if it has one; None if none does."""
    declared: DeclaredLines | None = None
    """What is recorded about the lines, maybe those of an older version; None if that is unknown or not wanted."""
    reading_declared: LatestTask[DeclaredLines | None] = field(default_factory=LatestTask)
    read_version: int | None = None
    """The version whose records are being read, or were last."""
    selection: tuple[types.Diagnostic, ...] = ()
    """The answer to "Rescore selection", shown until the next edit."""
    findings: int = hash("[]")
    """A hash of what the client shows. The findings themselves would be half of what a document takes."""
    version: int | None = None
    """The version that the findings were sent for; None before the first."""
    likely_llm: int = 0
    """How many of its functions are reported as likely LLM."""
    summary: str | None = None
    """What the client was told of the whole document."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the findings were updated, or the document is closed."""
    is_open: bool = True

    @property
    def pending(self) -> int:
        """How much work on the document is being done."""
        return self.scoring.runs + self.reading_declared.runs

    def stop(self) -> None:
        self.is_open = False
        self.scoring.stop()
        self.reading_declared.stop()
        self.changed.set()
