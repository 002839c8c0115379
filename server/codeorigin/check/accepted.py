"""Findings that a team has accepted, in the same file that editors use, or that of ``check --baseline``."""

import os
from collections.abc import Sequence
from pathlib import Path

from codeorigin.analysis.judged import JudgedFile
from codeorigin.check.inputs import STDIN_NAME
from codeorigin.check.options import CheckOptions
from codeorigin.core.errors import CodeOriginError
from codeorigin.past.place import repository_folder
from codeorigin.report.figures import counted
from codeorigin.settings.accepted_findings import AcceptedFindings, accepted_file
from codeorigin.settings.project import Project
from codeorigin.shell.terminal import display_path, to_stderr


def _opened(path: Path) -> AcceptedFindings:
    # Resolve only the folder, because the file itself must not be a link.
    return AcceptedFindings(Path(os.path.realpath(path.parent)), path.name, named=path)


def accepted_by(options: CheckOptions, project: Project) -> tuple[Path | None, frozenset[str]]:
    """The file of accepted findings, None if there is to be none, and the ids of the functions that it accepts.

    If the file that ``options`` name does not exist, stderr says so, because the name may be misspelt.

    Raises:
        CodeOriginError: the options contradict each other, no folder contains all paths, or the file is broken.
    """
    path = _file_for(options, project)
    if path is None:
        return None, frozenset()
    found = _opened(path)
    if options.baseline is not None and not options.update_baseline and not found.exists():
        to_stderr(
            f"{display_path(path)}: no such file yet, so no finding is accepted; --update-baseline writes it"
        )
    return path, found.demand_ids()


def _file_for(options: CheckOptions, project: Project) -> Path | None:
    """The file of ``--baseline``, or the project's; None with ``--no-baseline``.

    A project's new file is in the root of its repository, or outside of one where the user is.
    """
    if not options.reads_baseline:
        if options.baseline is not None or options.update_baseline:
            raise CodeOriginError("--no-baseline: give it without --baseline and --update-baseline")
        return None
    if options.baseline is not None:
        return options.baseline
    if project.start is None:
        if options.update_baseline:
            raise CodeOriginError("--update-baseline: name the file to write, with --baseline FILE")
        return None
    name = project.settings.baseline
    if (file := accepted_file(project.start, name)) is not None:
        return file
    folder = Path.cwd() if Path.cwd() in project.start.parents else project.start
    return (repository_folder(project.start) or folder) / name


def accept_all(path: Path, files: Sequence[JudgedFile], *, is_change: bool) -> frozenset[str]:
    """Accept all findings of ``files``; returns their ids.

    Entries for files that were checked as a whole are dropped if they are no longer findings.

    Raises:
        CodeOriginError: the file is broken or cannot be written; it is left unchanged.
    """
    places = {file.path: None if file.path == STDIN_NAME else os.path.realpath(file.path) for file in files}
    reported = [
        (function.function_id, function.span.qualified_name, places[file.path])
        for file in files
        for function in file.functions
        if function.is_finding or function.accepted
    ]
    seen = [] if is_change else [place for place in places.values() if place is not None]
    added, dropped = _opened(path).accept(reported, seen=seen)
    gone = f"{dropped:,} entry" if dropped == 1 else f"{dropped:,} entries"
    to_stderr(f"{display_path(path)}: {counted(added, 'finding')} accepted, {gone} dropped")
    return frozenset(function_id for function_id, _, _ in reported)
