"""Whether a document is scored at all, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

from codeorigin.lsp.documents.documents import Snapshot
from codeorigin.settings.schema import UNNAMED_TEXTS, Settings
from codeorigin.text.ignore_files import IgnorePatterns
from codeorigin.wording import UNCLEAR_LANGUAGE, UNSUPPORTED_LANGUAGE


class SkipReason(Enum):
    """Why a document is not scored."""

    OFF = "switched off in the settings"
    KIND_OFF = "this kind of document is switched off in the settings"
    LANGUAGE_OFF = "the language is switched off in the settings"
    UNSUPPORTED = UNSUPPORTED_LANGUAGE
    UNCLEAR = UNCLEAR_LANGUAGE
    EXCLUDED = "excluded in the settings"
    TOO_LARGE = "larger than maxFileSize"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that is not scored. ``size`` in bytes and its ``limit`` are set if it is too large."""

    reason: SkipReason
    size: int = 0
    limit: int = 0

    def __str__(self) -> str:
        """The reason, worded to follow "not scored: "."""
        sizes = f" ({self.size} > {self.limit} bytes)" if self.reason is SkipReason.TOO_LARGE else ""
        return self.reason.value + sizes


def skipped(snapshot: Snapshot, settings: Settings, folder: Path | None) -> Skipped | None:
    """Why ``snapshot`` is not scored; None if it is."""
    if (reason := _reason(snapshot, settings)) is not None:
        return Skipped(reason)
    # A code point takes at most four bytes, so the exact size is computed only when it matters.
    if len(snapshot.text) * 4 > settings.max_file_size:
        size = len(snapshot.text.encode("utf-8", "surrogatepass"))
        if size > settings.max_file_size:
            return Skipped(SkipReason.TOO_LARGE, size, settings.max_file_size)
    if snapshot.path is not None and is_excluded(snapshot.path, settings.exclude, folder):
        return Skipped(SkipReason.EXCLUDED)
    return None


def _reason(snapshot: Snapshot, settings: Settings) -> SkipReason | None:
    if not settings.enable:
        return SkipReason.OFF
    if snapshot.unnamed and UNNAMED_TEXTS not in settings.documents:
        return SkipReason.UNSUPPORTED
    if snapshot.host is not None and snapshot.host.id not in settings.documents:
        return SkipReason.KIND_OFF
    if snapshot.kind is None:
        return SkipReason.UNCLEAR if snapshot.unnamed else SkipReason.UNSUPPORTED
    if snapshot.language is not None and snapshot.language.id not in settings.languages:
        return SkipReason.LANGUAGE_OFF
    return None


def is_excluded(path: str, patterns: Sequence[str], folder: Path | None) -> bool:
    """Whether .gitignore-style ``patterns``, relative to ``folder``, match ``path``."""
    if not patterns:
        return False
    relative = Path(path)
    if folder is not None and relative.is_relative_to(folder):
        relative = relative.relative_to(folder)
    elif relative.is_absolute():
        relative = relative.relative_to(relative.anchor)
    return _compiled(tuple(patterns)).ignores_file(relative.as_posix())


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> IgnorePatterns:
    return IgnorePatterns(patterns)
