"""Whether a document is scored at all, and why not."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from codeorigin.lsp.documents.documents import Snapshot
from codeorigin.settings.schema import UNNAMED_TEXTS, Settings
from codeorigin.text.exclusions import exclusions
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
    if snapshot.path is not None:
        path = Path(snapshot.path)
        if exclusions(settings.exclude, folder or Path(path.anchor)).file(path):
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
