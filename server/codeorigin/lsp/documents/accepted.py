"""The accepted findings of the workspace's folders."""

from collections.abc import Callable
from pathlib import Path

from codeorigin.settings.accepted_findings import AcceptedFindings


class AcceptedInFolders:
    """The accepted findings of each folder; ``complain`` reports a broken file to the user."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
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
            if findings.problem:
                self._complain(findings.problem)
        return known

    def forget(self) -> None:
        """Drop the cached ids, because the files may have changed."""
        self._ids.clear()
