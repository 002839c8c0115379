"""Findings that a team has accepted, in the same file that editors use, or that of ``check --baseline``."""

import os
from dataclasses import replace
from pathlib import Path

from codeorigin.check.inputs import STDIN_NAME
from codeorigin.check.options import CheckOptions
from codeorigin.check.result import CheckResult
from codeorigin.core.errors import CodeOriginError
from codeorigin.past.place import repository_folder
from codeorigin.report.figures import counted
from codeorigin.settings.accepted_findings import AcceptedFindings, accepted_file
from codeorigin.settings.project import Project
from codeorigin.shell.terminal import display_path, to_stderr


def _opened(path: Path) -> AcceptedFindings:
    # Resolve only the folder, because the file itself must not be a link.
    return AcceptedFindings(Path(os.path.realpath(path.parent)), path.name, named=path)


def file_for(options: CheckOptions, project: Project) -> Path | None:
    """The file of accepted findings: that of ``--baseline``, or the project's; None with ``--no-baseline``.

    A project's new file is in the root of its repository, or outside of one where the user is.

    Raises:
        CodeOriginError: the options contradict each other, or no folder contains all paths.
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


def accepted_ids(path: Path, *, may_be_new: bool) -> frozenset[str]:
    """The ids of the functions that the file at ``path`` accepts; none if there is no such file yet.

    Unless ``may_be_new``, stderr says so, because the name may be misspelt.

    Raises:
        CodeOriginError: the file is broken.
    """
    found = _opened(path)
    if not found.exists():
        if not may_be_new:
            to_stderr(
                f"{display_path(path)}: no such file yet, so no finding is accepted; --update-baseline writes it"
            )
        return frozenset()
    return found.demand_ids()


def update(path: Path, result: CheckResult) -> CheckResult:
    """Accept all findings of ``result``, and return the result with them accepted.

    Entries for files that were checked as a whole are dropped if they are no longer findings.

    Raises:
        CodeOriginError: the file is broken or cannot be written; it is left unchanged.
    """
    places = {
        file.path: None if file.path == STDIN_NAME else os.path.realpath(file.path) for file in result.files
    }
    reported = [
        (function.function_id, function.span.qualified_name, places[file.path])
        for file in result.files
        for function in file.functions
        if function.is_finding or function.accepted
    ]
    seen = [] if result.change is not None else [place for place in places.values() if place is not None]
    added, dropped = _opened(path).accept(reported, seen=seen)
    gone = f"{dropped:,} entry" if dropped == 1 else f"{dropped:,} entries"
    to_stderr(f"{display_path(path)}: {counted(added, 'finding')} accepted, {gone} dropped")
    summary = replace(
        result.summary,
        findings=0,
        finding_lines=0,
        accepted=result.summary.accepted + result.summary.findings,
    )
    files = [
        file.with_functions(
            [
                replace(function, accepted=function.accepted or function.is_finding)
                for function in file.functions
            ]
        )
        for file in result.files
    ]
    return replace(result, summary=summary, files=tuple(files))
