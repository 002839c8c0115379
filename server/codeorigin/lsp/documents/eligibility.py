"""Whether a document is scored at all, and why not."""

from pathlib import Path
from typing import NamedTuple

from codeorigin.lsp.documents.snapshot import Snapshot
from codeorigin.report import UNCLEAR_LANGUAGE, UNSUPPORTED_LANGUAGE, exclusion
from codeorigin.settings.schema import Settings
from codeorigin.text.exclusions import exclusions


class Skipped(NamedTuple):
    """Why a document is not scored, worded to follow "not scored: ", and the ``sizes`` of one that is too large."""

    reason: str
    sizes: str = ""

    def __str__(self) -> str:
        """All of it."""
        return self.reason + self.sizes


def skipped(
    snapshot: Snapshot, settings: Settings, folder: Path | None, excluded_by: str = "the settings"
) -> Skipped | None:
    """Why ``snapshot`` is not scored; None if it is. ``excluded_by`` names where ``exclude`` is set."""
    if (reason := _reason(snapshot, settings)) is not None:
        return Skipped(reason)
    # A code point takes at most four bytes, so the exact size is computed only when it matters.
    if len(snapshot.text) * 4 > settings.max_file_size:
        size = len(snapshot.text.encode("utf-8", "surrogatepass"))
        if size > settings.max_file_size:
            return Skipped("larger than maxFileSize", f" ({size} > {settings.max_file_size} bytes)")
    if snapshot.path is not None:
        path = Path(snapshot.path)
        pattern = exclusions(settings.exclude, folder or Path(path.anchor)).by(path)
        if pattern is not None:
            return Skipped(exclusion(pattern, excluded_by))
    return None


def _reason(snapshot: Snapshot, settings: Settings) -> str | None:
    if not settings.enable:
        return "switched off in the settings"
    if snapshot.language is None:
        return UNCLEAR_LANGUAGE if snapshot.unnamed else UNSUPPORTED_LANGUAGE
    if snapshot.language.id not in settings.languages:
        return "the language is switched off in the settings"
    return None
