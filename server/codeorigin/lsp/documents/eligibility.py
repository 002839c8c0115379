"""Whether a document is scored at all, and why not."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from codeorigin.lsp.documents.documents import Snapshot
from codeorigin.settings.schema import UNNAMED_TEXTS, Settings
from codeorigin.text.ignore_files import IgnorePatterns
from codeorigin.wording import UNCLEAR_LANGUAGE, UNSUPPORTED_LANGUAGE


def skip_reason(snapshot: Snapshot, settings: Settings, folder: Path | None) -> str | None:
    """Why ``snapshot`` is not scored, worded to follow "not scored: "; None if it is scored."""
    if not settings.enable:
        return "switched off in the settings"
    if (reason := _kind_reason(snapshot, settings)) is not None:
        return reason
    # A code point takes at most four bytes, so the exact size is computed only when it matters.
    if len(snapshot.text) * 4 > settings.max_file_size:
        size = len(snapshot.text.encode("utf-8", "surrogatepass"))
        if size > settings.max_file_size:
            return f"larger than maxFileSize ({size} > {settings.max_file_size} bytes)"
    if snapshot.path is not None and is_excluded(snapshot.path, settings.exclude, folder):
        return "excluded in the settings"
    return None


def _kind_reason(snapshot: Snapshot, settings: Settings) -> str | None:
    if snapshot.unnamed and UNNAMED_TEXTS not in settings.documents:
        return UNSUPPORTED_LANGUAGE
    if snapshot.host is not None and snapshot.host.id not in settings.documents:
        return "this kind of document is switched off in the settings"
    if snapshot.kind is None:
        return UNCLEAR_LANGUAGE if snapshot.unnamed else UNSUPPORTED_LANGUAGE
    if snapshot.language is not None and snapshot.language.id not in settings.languages:
        return "the language is switched off in the settings"
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
