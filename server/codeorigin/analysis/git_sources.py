"""Files in a repository's objects as sources to judge."""

from functools import partial

from codeorigin.analysis.judged import Source
from codeorigin.core.budget import Budget
from codeorigin.core.errors import SourceError
from codeorigin.git.diff import ChangedFile
from codeorigin.git.objects import LARGEST, LargeObjectError, Objects
from codeorigin.languages.kinds import kind_for_path
from codeorigin.text.sources import decode_source


def blob_source(
    objects: Objects,
    path: str,
    blob: str,
    max_bytes: int,
    *,
    changed: ChangedFile | None = None,
    shown: str | None = None,
    budget: Budget | None = None,
) -> Source:
    """The file at ``path`` with the content ``blob``, readable while ``objects`` are open.

    Args:
        objects: those of the repository.
        path: relative to the top of the repository, with the name of a supported language or kind of document.
        blob: full object name.
        max_bytes: a larger file cannot be read.
        changed: what a change did to the file, if only this is to be judged.
        shown: the path to display, if it is another.
        budget: what reading draws on, if anything.
    """
    kind = kind_for_path(path)
    assert kind is not None, "other files were left out"
    shown = path if shown is None else shown
    read = partial(_read, objects, blob, shown, kind.id, max_bytes, budget)
    if changed is None:
        return Source(shown, kind.id, read, named=False)
    return Source(
        shown, kind.id, read, named=False, changed=changed.lines, moved=changed.moved, inside=changed.path
    )


def _read(
    objects: Objects, blob: str, shown: str, language: str, max_bytes: int, budget: Budget | None
) -> str:
    """The text; raises SourceError, or RepositoryError if it is damaged or not in this clone."""
    try:
        content = objects.content(blob, max_bytes)
    except LargeObjectError:
        raise SourceError(f"is larger than {min(max_bytes, LARGEST):,} bytes", shown) from None
    if budget is not None:
        budget.spend(size=len(content))
    return decode_source(content, shown, max_bytes, language)
