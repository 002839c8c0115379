"""What the user asks of ``history``."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from codeorigin.cli.output import ReportTarget
from codeorigin.history.totals import By


class HistoryFormat(StrEnum):
    """The formats of a history."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    MARKDOWN = "markdown"
    BADGE = "badge"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """What the user requested. ``targets`` are the reports to write.

    ``documents`` includes the code blocks in Markdown and reStructuredText. The project's settings apply unless
    ``config`` is False; ``file_context`` None means the project's setting.
    """

    path: str = "."
    since: str | None = None
    until: str | None = None
    by: By = By.MONTH
    revision: str = "HEAD"
    targets: Sequence[ReportTarget[HistoryFormat]] = (ReportTarget(HistoryFormat.TEXT),)
    language: str | None = None
    exclude: Sequence[str] = ()
    documents: bool = False
    declared: bool = True
    file_context: bool | None = None
    state: Path | None = None
    config: bool = True
    model: Path | None = None
    jobs: int = 1
