"""The check of a change: the files that it touched, its functions, and the verdict on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from codeorigin.analysis.judged import Source
from codeorigin.analysis.report import ChangeReport
from codeorigin.check.inputs import MAX_BYTES
from codeorigin.check.options import CheckOptions
from codeorigin.check.selection import Selection
from codeorigin.core.errors import CodeOriginError, NoSuchRevisionError, RepositoryError
from codeorigin.git.change import Change, ChangeKind, ChangeRequest, open_change, relative_to_folder
from codeorigin.git.diff import ChangedFile
from codeorigin.git.repository import Repository
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.shell.terminal import display_path
from codeorigin.text.sources import decode_source


def _change_request(options: CheckOptions) -> ChangeRequest:
    """The change that ``options`` ask for; raises CodeOriginError unless it is exactly one."""
    asked = []
    if options.changed is not None:
        kind = ChangeKind.RANGE if options.changed else ChangeKind.WORKING_TREE
        asked.append(ChangeRequest(kind, options.changed))
    if options.staged:
        asked.append(ChangeRequest(ChangeKind.INDEX))
    if options.commit is not None:
        asked.append(ChangeRequest(ChangeKind.COMMIT, options.commit))
    if len(asked) != 1:
        raise CodeOriginError("--changed, --staged and --commit ask for one change each; name one of them")
    return asked[0]


@contextmanager
def changed_sources(
    options: CheckOptions, selection: Selection
) -> Iterator[tuple[list[Source], ChangeReport]]:
    """The selected files that a change touches below the paths of ``options``, or anywhere, and the change itself.

    They are readable inside the block.

    Raises:
        CodeOriginError: ``options`` ask for more than one change.
        RepositoryError: there is no such change, or a name is outside the repository.
    """
    request = _change_request(options)
    repository = Repository.of(Path.cwd())
    wanted, _ = selection.in_repository(repository, options.paths)
    try:
        with open_change(repository, request, wanted, max_bytes=MAX_BYTES) as change:
            sources = []
            for file in change.files:
                kind = kind_for_path(file.path)
                if kind is not None:
                    shown = display_path(relative_to_folder(repository, file.path))
                    sources.append(
                        Source(
                            shown,
                            kind.id,
                            partial(_read, change, file, shown, kind.id),
                            named=False,
                            changed=file.lines,
                            moved=file.moved,
                            cells=selection.cells if kind is NOTEBOOK else None,
                            inside=file.path,
                        )
                    )
            report = ChangeReport(
                kind=request.kind.value,
                revision=request.revision or None,
                old=change.old,
                new=change.new,
                parents=change.parents,
                tells_moves=change.tells_moves,
            )
            yield sources, report
    except NoSuchRevisionError as error:
        if request.kind is ChangeKind.RANGE and os.path.lexists(request.revision):
            raise RepositoryError(
                f"is a path and no revision; write --changed -- {request.revision}", request.revision
            ) from error
        raise


def _read(change: Change, file: ChangedFile, shown: str, language: str) -> str:
    return decode_source(change.read(file, MAX_BYTES), shown, MAX_BYTES, language)
