"""What is recorded about the lines of an open document."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.cancellation import CancelToken
from codeorigin.errors import RepositoryError

if TYPE_CHECKING:
    from codeorigin.declared.records import Record

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeclaredLines:
    """The strongest record about each line of a ``version`` of a document, in this ``state`` of its repository.

    There are no ``lines`` if none can be read.
    """

    version: int
    state: tuple[str | None, ...]
    lines: "tuple[Record | None, ...]" = ()


def read_declared_lines(
    path: Path, version: int, text: str, known: DeclaredLines | None, token: CancelToken
) -> DeclaredLines:
    """What is recorded now; ``known`` if text, HEAD and notes are the same. Runs in the git thread."""
    # Imported here, because `initialize` does not need it.
    from codeorigin.declared.files import file_records  # noqa: PLC0415
    from codeorigin.declared.reader import records_state  # noqa: PLC0415
    from codeorigin.git.repository import Repository  # noqa: PLC0415

    state: tuple[str | None, ...] = ()
    try:
        state = records_state(Repository.of(path.parent, token))
        if known is not None and (known.version, known.state) == (version, state):
            return known
        found = file_records(path, text.encode("utf-8", "surrogatepass"), token)
    except RepositoryError as error:
        logger.debug("no records about a document: %s", error)
        return DeclaredLines(version, state)
    for problem in found.problems:
        logger.debug("a record was skipped: %s", problem)
    return DeclaredLines(version, state, found.lines)
