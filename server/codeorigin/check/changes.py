"""The input of ``check --changed``, ``--staged`` and ``--commit``: the functions that a change touched."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.change_verdicts import judge_change
from codeorigin.analysis.report import ChangeReport, DeclaredAgent, FileReport
from codeorigin.check.inputs import MAX_BYTES, Source, chosen_cells, kind_chooser
from codeorigin.check.options import CheckOptions
from codeorigin.check.result import CheckedFile
from codeorigin.check.result import counted_lines as count_changed
from codeorigin.cli.terminal import display_path
from codeorigin.errors import CodeOriginError, NoSuchRevisionError, RepositoryError
from codeorigin.functions.function_lines import function_lines
from codeorigin.git.changes import Change, ChangeKind, ChangeRequest, open_change, relative_to_folder
from codeorigin.git.declared import declared_agents
from codeorigin.git.line_changes import ChangedFile, LineRange
from codeorigin.git.repository import Repository
from codeorigin.languages import get_language
from codeorigin.languages.kinds import DOCUMENT_KINDS, NOTEBOOK, kind_for_path
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.pooled_rule import counted_lines
from codeorigin.model.change_verdict import ChangedFunctions, ChangeReason, ChangeVerdict
from codeorigin.text.positions import LineIndex

if TYPE_CHECKING:
    from codeorigin.settings.project import Project


def change_request(options: CheckOptions) -> ChangeRequest:
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


@dataclass(frozen=True, slots=True)
class ChangedSources:
    """The changed files of a supported language, and the change itself."""

    sources: list[Source]
    report: ChangeReport


@contextmanager
def changed_sources(
    request: ChangeRequest,
    names: Sequence[str],
    *,
    language: str | None,
    exclude: Sequence[str],
    project: "Project | None",
    declared: bool = True,
    documents: bool = False,
) -> Iterator[ChangedSources]:
    """The files that the change touches below ``names`` (by default everywhere), readable inside the block.

    With ``documents``, documents with code blocks are included.

    Raises:
        RepositoryError: there is no such change, or a name is outside the repository.
        LanguageError: ``language`` is not supported.
    """
    repository = Repository.of(Path.cwd())
    cells = chosen_cells(language, project)
    wanted, _ = wanted_paths(
        repository,
        names,
        language=language,
        exclude=exclude,
        project=project,
        documents=documents,
    )
    try:
        with open_change(repository, request, wanted, max_bytes=MAX_BYTES) as change:
            sources = []
            for file in change.files:
                kind = kind_for_path(file.path)
                if kind is not None:
                    shown = display_path(relative_to_folder(repository, file.path))
                    read = _reader(change, file, shown, kind.id)
                    only = cells if kind is NOTEBOOK else None
                    sources.append(Source(shown, kind, read, named=False, changed=file.lines, cells=only))
            report = ChangeReport(
                kind=request.kind.value,
                revision=request.revision or None,
                old=change.old,
                new=change.new,
                parents=change.parents,
                declared=_declared(repository, change) if declared else None,
            )
            yield ChangedSources(sources, report)
    except NoSuchRevisionError as error:
        if request.kind is ChangeKind.RANGE and os.path.lexists(request.revision):
            raise RepositoryError(
                f"is a path and no revision; write --changed -- {request.revision}", request.revision
            ) from error
        raise


def _declared(repository: Repository, change: Change) -> tuple[DeclaredAgent, ...] | None:
    """The agents that the commits of the change declare; None if the change has no commits yet."""
    if change.new is None:
        return None
    if change.request.kind is ChangeKind.COMMIT:
        commits: Iterable[str] = (change.new,)
    else:
        commits = (commit.id for commit in repository.log(change.new, without=change.old))
    found = declared_agents(repository.git, commits)
    return tuple(DeclaredAgent(each.commit, each.agent, each.how) for each in found)


def _reader(change: Change, file: ChangedFile, shown: str, language: str) -> Callable[[], str]:
    from codeorigin.text.sources import decode_source  # noqa: PLC0415

    return lambda: decode_source(change.read(file, MAX_BYTES), shown, MAX_BYTES, language)


def wanted_paths(
    repository: Repository,
    names: Sequence[str],
    *,
    language: str | None,
    exclude: Sequence[str],
    project: "Project | None",
    documents: bool = False,
) -> tuple[Callable[[str], bool], list[str]]:
    """A predicate that selects files by their path in the repository, and ``names`` as such paths.

    Raises:
        RepositoryError: a name is outside the repository.
        LanguageError: ``language`` is not supported.
    """
    from codeorigin.text.ignore_files import IgnorePatterns  # noqa: PLC0415

    is_chosen = kind_chooser(language, project, documents=documents)
    below = [_in_repository(repository, name) for name in names]
    excluded = IgnorePatterns(exclude)
    top = repository.root or Path()

    def wanted(path: str) -> bool:
        if not is_chosen(kind_for_path(path)):
            return False
        if below and not any(folder in {"", path} or path.startswith(f"{folder}/") for folder in below):
            return False
        if exclude:
            return not excluded.ignores_file(path)
        return project is None or not project.excludes(top / path)

    return wanted, below


def _in_repository(repository: Repository, name: str) -> str:
    """A file or folder named by the user, as a path in the repository; empty for the whole repository."""
    if repository.root is None:
        inside = Path(name).as_posix()
        return "" if inside == "." else inside
    # First resolve only the folder: a link that the user names is a link in git too.
    full = Path(os.path.abspath(name))  # noqa: PTH100
    real = Path(os.path.realpath(full.parent)) / full.name if full.name else full
    root = Path(os.path.realpath(repository.root))
    for path in (real, Path(os.path.realpath(full))):
        if path.is_relative_to(root):
            relative = path.relative_to(root).as_posix()
            return "" if relative == "." else relative
    raise RepositoryError(f"is outside this repository ({root})", display_path(name))


def changed_file(
    report: FileReport, text: str, changed: Sequence[LineRange], *, in_context: bool
) -> CheckedFile:
    """The file with only those outermost functions that contain one of the ``changed`` lines.

    It has no verdict on the file, which would include functions that the change did not touch. In ``changed``, only
    ``\\n`` ends a line, as in git.
    """
    lines = function_lines(text, [each.span for each in report.functions])
    touched = tuple(number for number, each in enumerate(lines) if each.is_touched(changed))
    # Code blocks in documents are not counted as functions of the change: calibration did not include them.
    is_source = report.language not in DOCUMENT_KINDS
    around = ChangedFunctions(
        language=get_language(report.language).model_language if is_source else "",
        verdicts=[each.verdict for each in report.functions],
        lines=[counted_lines(text[each.span.code.start : each.span.code.end]) for each in report.functions],
        written=[is_source and each.is_written(changed) for each in lines],
        in_context=in_context,
    )
    kept = replace(report, functions=tuple(report.functions[number] for number in touched), verdict=None)
    shown = as_shown(text, changed)
    counted = count_changed(kept, text, shown)
    return CheckedFile(report.path or "", kept, None, counted, shown, around, touched)


def judged_together(
    files: Sequence[CheckedFile], change: ChangeReport, bundle: Bundle
) -> tuple[list[CheckedFile], ChangeReport]:
    """The files, with verdicts that take the whole change into account, and the change with its own verdict.

    A merge combines what many commits wrote, so it has no verdict and does not affect those of its functions.
    """
    whole, verdicts = judge_change(bundle, [file.around for file in files if file.around is not None])
    if whole is not None and change.parents > 1:
        return list(files), replace(
            change, verdict=ChangeVerdict.without(ChangeReason.MERGE, whole.functions)
        )
    judged = []
    for file, found in zip(files, verdicts, strict=True):
        functions = tuple(
            replace(function, verdict=found[number])
            for function, number in zip(file.report.functions, file.touched, strict=True)
        )
        judged.append(replace(file, report=replace(file.report, functions=functions)))
    return judged, replace(change, verdict=whole)


def as_shown(text: str, changed: Sequence[LineRange]) -> tuple[LineRange, ...]:
    """``changed`` in lines as editors and reports count them, where a lone ``\\r`` also ends a line."""
    if "\r" not in text.replace("\r\n", ""):
        return tuple(changed)
    index = LineIndex(text)
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n"), len(text) + 1]

    def place(line: int, *, end: bool) -> int:
        offset = starts[min(line, len(starts) - 1)] - 1 if end else starts[min(line - 1, len(starts) - 1)]
        return index.offset_to_position(offset)[0] + 1

    return tuple((place(first, end=False), place(last, end=True)) for first, last in changed)
