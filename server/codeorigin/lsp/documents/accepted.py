"""The accepted findings of the workspace's folders."""

from collections.abc import Callable, Sequence
from pathlib import Path

from codeorigin.settings.accepted_findings import AcceptedFindings


class AcceptedInFolders:
    """The accepted findings of each folder; ``show_problems`` tells the user what is wrong with a file now."""

    def __init__(self, show_problems: Callable[[str, Sequence[str]], None]) -> None:
        self._show_problems = show_problems
        self._folders: dict[Path, AcceptedFindings] = {}
        self._ids: dict[Path, frozenset[str]] = {}

    def of(self, folder: Path) -> AcceptedFindings:
        """The accepted findings of a folder."""
        return self._folders.setdefault(folder, AcceptedFindings(folder))

    def ids(self, folder: Path, *, is_watched: bool) -> frozenset[str]:
        """Ids of the functions that are accepted in a folder.

        The file is checked on each call, unless it ``is_watched``. Then the ids are cached, and the watcher must call
        :meth:`forget` when the file may have changed.
        """
        known = self._ids.get(folder) if is_watched else None
        if known is None:
            findings = self.of(folder)
            known = self._ids[folder] = findings.ids()
            self._show_problems(
                f"accepted findings in {folder}", [findings.problem] if findings.problem else []
            )
        return known

    def forget(self) -> None:
        """Drop the cached ids, because the files may have changed."""
        self._ids.clear()
