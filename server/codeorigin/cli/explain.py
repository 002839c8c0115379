"""``codeorigin explain FILE:LINE``: which lines of a function led to its verdict."""

import re
import sys
from dataclasses import replace
from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import How, JudgedFile, JudgedFunction
from codeorigin.analysis.judged_files import judged_files
from codeorigin.check.inputs import file_source
from codeorigin.cli.explanation_report import Explained, render_json, write_text
from codeorigin.core.errors import SourceError
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.model.past import Past
from codeorigin.report import exclusion
from codeorigin.report.verdicts import short_reason
from codeorigin.settings.project import Project
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.options import ExplainRequest, ExplanationFormat, ProjectOptions, cores
from codeorigin.shell.terminal import display_path, to_stderr

# As editors and compilers write it; the column is left out.
_TARGET = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?", re.DOTALL)


def parse_target(argument: str) -> tuple[str, int]:
    """The file and the line (1-based) of ``FILE:LINE`` or ``FILE:LINE:COLUMN``; raises SourceError."""
    match = _TARGET.fullmatch(argument)
    if match is None:
        raise SourceError("say which line, as FILE:LINE, for example app.py:12", argument)
    if int(match["line"]) < 1:
        raise SourceError("lines count from 1", argument)
    return match["path"], int(match["line"])


def find_function(file: JudgedFile, line: int) -> JudgedFunction:
    """The outermost function at ``line`` that has a verdict; raises SourceError if there is none."""
    holding = [
        function
        for function in file.functions
        for span in (function.span,)
        if min(found.start_line for found in (span.range, span.doc_comment) if found is not None)
        < line
        <= span.range.end_line + 1
    ]
    if not holding:
        raise SourceError("no function here", f"{file.path}:{line}")
    for function in holding:
        if function.verdict.band is not None:
            return function
    first = holding[0]
    why = short_reason(first.verdict.reason)
    raise SourceError(f"'{first.span.qualified_name}' is not scored: {why}", f"{file.path}:{line}")


def explain(request: ExplainRequest) -> Explained:
    """Find and explain the function; raises :class:`~codeorigin.core.errors.CodeOriginError` with a one-line message."""
    name, line = parse_target(request.target)
    analyzer = Analyzer.load(request.model, threads=cores())
    file, past = judged_source(name, request.language, request, analyzer)
    function = find_function(file, line)
    options = replace(analyzer.explainer.options, top_tokens=request.tokens)
    explanation = analyzer.explainer.explain(file.text or "", function, past, options)
    return Explained(file.path, analyzer.model_id, file.text or "", function, explanation)


def judged_source(
    name: str, language: str | None, options: ProjectOptions, analyzer: Analyzer
) -> tuple[JudgedFile, Past | None]:
    """One source file with its text, judged as its project wants it, and the project's past; raises CodeOriginError."""
    path = Path(name)
    if not path.exists():
        raise SourceError("no such file", display_path(path))
    if path.is_dir():
        raise SourceError("is a folder; give a file", display_path(path))
    if kind_for_path(path) is NOTEBOOK:
        raise SourceError("is a notebook; its cells are explained in editors alone", display_path(path))
    project = Project.open([path], options)
    source = file_source(path, language, project.settings.max_file_size)
    if (pattern := project.exclusions.by(path)) is not None:
        where = "the settings" if project.file is None else project.file.name
        to_stderr(f"{source.path}: {exclusion(pattern, where)}; it counts because it is named")
    past = project.past([path], analyzer.bundle, lambda: analyzer)
    how = How(project.settings.file_context, past, keep_text=True)
    (file,) = judged_files([source], analyzer, how)
    if file.error is not None:
        raise file.error
    return file, past


def run_explain(request: ExplainRequest) -> int:
    """Explain the function, and write text or JSON to stdout."""
    explained = explain(request)
    if request.format is ExplanationFormat.JSON:
        sys.stdout.write(render_json(explained))
    else:
        write_text(explained, sys.stdout, verbose=request.verbose)
    return ExitCode.OK
