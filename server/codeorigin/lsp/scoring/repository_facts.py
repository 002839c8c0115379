"""What git says of the repositories of open documents: each is opened once, and looked at once for each save."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import RepositoryError

if TYPE_CHECKING:
    from codeorigin.git.repository import Repository
    from codeorigin.records.reader import RecordsState


@dataclass(frozen=True, slots=True)
class Facts:
    """A repository as it was when it was looked at, by one git process."""

    repository: "Repository"
    state: "RecordsState"


class RepositoryFacts:
    """The facts about repositories by their folders. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: dict[Path, Repository] = {}
        self._current: dict[Path, Facts] = {}

    def forget(self, folder: Path) -> None:
        """Look at the repository again when it is next asked about, because a save may follow a commit."""
        self._current.pop(folder, None)

    def of(self, folder: Path, cancel: CancelToken) -> Facts:
        """The facts about the repository of ``folder``; ``cancel`` kills git. Raises Cancelled and RepositoryError."""
        # Imported here, because `initialize` does not need it.
        from codeorigin.git.repository import Repository  # noqa: PLC0415
        from codeorigin.records.reader import RecordsState  # noqa: PLC0415

        with self._lock:
            if (known := self._current.get(folder)) is not None:
                return Facts(known.repository.with_cancel(cancel), known.state)
            try:
                opened = self._opened.get(folder)
                repository = Repository.of(folder, cancel) if opened is None else opened.with_cancel(cancel)
                state = RecordsState.of(repository)
            except RepositoryError:
                self._opened.pop(folder, None)
                raise
            self._opened[folder] = repository
            self._current[folder] = Facts(repository, state)
            return self._current[folder]
