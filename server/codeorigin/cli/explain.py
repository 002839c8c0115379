"""``codeorigin explain FILE:LINE``: which lines of a function led to its verdict."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import How, JudgedFile
from codeorigin.analysis.judged_files import judged_files
from codeorigin.analysis.report import FunctionReport
from codeorigin.check.inputs import file_source
from codeorigin.cli.explanation_report import Explained, render_json, write_text
from codeorigin.core.errors import SourceError
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.report import exclusion
from codeorigin.report.functions import short_reason
from codeorigin.settings.project import Project
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.options import ExplainRequest, ExplanationFormat, ProjectOptions, cores
from codeorigin.shell.terminal import display_path, to_stderr

_TARGET = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::(?P<column>\d+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """A position in a file; line and column are 1-based, and the column counts characters."""

    path: str
    line: int
    column: int | None = None


def parse_target(argument: str) -> Target:
    """Parse ``FILE:LINE`` or ``FILE:LINE:COLUMN``, as written by editors and compilers; raises SourceError."""
    match = _TARGET.fullmatch(argument)
    if match is None:
        raise SourceError("say which line, as FILE:LINE, for example app.py:12", argument)
    path, line, column = match["path"], int(match["line"]), match["column"]
    if column is not None and Path(f"{path}:{line}").exists():
        path, line, column = f"{path}:{line}", int(column), None
    if line < 1 or (column is not None and int(column) < 1):
        raise SourceError("lines and columns count from 1", argument)
    return Target(path, line, None if column is None else int(column))


def _holds(function: FunctionReport, target: Target) -> bool:
    span = function.span.range
    line = target.line - 1
    first = span.start_line
    if function.span.doc_comment is not None:
        first = min(first, function.span.doc_comment.start_line)
    if not first <= line <= span.end_line:
        return False
    if target.column is None:
        return True
    column = target.column - 1
    return not (line == span.start_line and column < span.start_column) and not (
        line == span.end_line and column >= span.end_column
    )


def find_function(functions: Iterable[FunctionReport], target: Target, shown: str) -> FunctionReport:
    """The outermost function at ``target`` that has a verdict; raises SourceError if there is none."""
    holding = [function for function in functions if _holds(function, target)]
    if not holding:
        raise SourceError("no function here", f"{shown}:{target.line}")
    for function in holding:
        if function.verdict.band is not None:
            return function
    first = holding[0]
    why = short_reason(first.verdict.reason)
    raise SourceError(f"'{first.span.qualified_name}' is not scored: {why}", f"{shown}:{target.line}")


def explain(request: ExplainRequest) -> Explained:
    """Find and explain the function; raises :class:`~codeorigin.core.errors.CodeOriginError` with a one-line message."""
    target = parse_target(request.target)
    analyzer = Analyzer.load(request.model, threads=request.threads or cores())
    file = judged_source(target.path, request.language, request, analyzer)
    function = find_function(file.functions, target, file.path)
    options = replace(analyzer.explain_options, top_tokens=request.tokens)
    explanation = analyzer.explain(file.text or "", function.span, options)
    return Explained(file.path, analyzer.model_id, file.text or "", function, explanation)


def judged_source(name: str, language: str | None, options: ProjectOptions, analyzer: Analyzer) -> JudgedFile:
    """One source file with its text, judged as its project wants it.

    Raises:
        CodeOriginError: there is no such file, it is no source file, or it cannot be read.
    """
    path = Path(name)
    if not path.exists():
        raise SourceError("no such file", display_path(path))
    if path.is_dir():
        raise SourceError("is a folder; give a file", display_path(path))
    if kind_for_path(path) is NOTEBOOK:
        raise SourceError("is a notebook; its cells are explained in editors alone", display_path(path))
    source = file_source(path, language)
    project = Project.open([path], options)
    if (pattern := project.exclusions.by(path)) is not None:
        where = "the settings" if project.file is None else project.file.name
        to_stderr(f"{source.path}: {exclusion(pattern, where)}; it counts because it is named")
    past = project.past([path], analyzer.bundle, lambda: analyzer)
    how = How(project.settings.file_context, past, keep_text=True)
    (file,) = judged_files([source], analyzer, how)
    if file.error is not None:
        raise file.error
    return file


def run_explain(request: ExplainRequest) -> int:
    """Explain the function, and write text or JSON to stdout."""
    explained = explain(request)
    if request.format is ExplanationFormat.JSON:
        sys.stdout.write(render_json(explained))
    else:
        write_text(explained, sys.stdout, verbose=request.verbose)
    return ExitCode.OK
