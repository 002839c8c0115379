"""``codeorigin evaluate-declared``: how the model does on a project's own code, where records say who wrote it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

import codeorigin
from codeorigin.analysis.analyzer import Analyzer
from codeorigin.check.formats.json import past_values
from codeorigin.check.formats.json_text import encoded
from codeorigin.check.inputs import find_project
from codeorigin.check.selection import Selection
from codeorigin.cli.exit_codes import ExitCode
from codeorigin.cli.options import cores
from codeorigin.cli.output import open_reports
from codeorigin.cli.progress import ProgressLine
from codeorigin.cli.terminal import display_path, printable, to_stderr
from codeorigin.declared.reader import RecordReader
from codeorigin.errors import RepositoryError
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.history.blob_functions import BlobReader
from codeorigin.languages import Language
from codeorigin.languages.kinds import kind_for_path
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past
from codeorigin.past.old_functions import repository_past
from codeorigin.provenance.evaluation import (
    EvaluatedFunction,
    evaluated,
    function_values,
    group_values,
    groups,
)
from codeorigin.provenance.options import EvaluationFormat, EvaluationOptions
from codeorigin.provenance.rates import RateGroup
from codeorigin.provenance.recorded import commit_times, recorded_files
from codeorigin.wording.evaluations import evaluation_lines


def run_evaluate_declared(options: EvaluationOptions) -> int:
    """Judge the functions, write the reports, and return the exit code."""
    targets = options.targets
    given = Path(options.path)
    if not given.exists():
        raise RepositoryError("no such file or folder", display_path(options.path))
    repository = Repository.of(given if given.is_dir() else given.parent)
    inside = repository.root is not None and given.resolve() != repository.root.resolve()
    project = find_project([options.path], files=options.config and repository.root is not None)
    selection = Selection(project, options.language, options.exclude)
    wanted, _ = selection.in_repository(repository, [options.path] if inside else [])
    head = repository.head()
    if head is None:
        raise RepositoryError("the repository has no commits yet", repository.folder)
    bundle = Bundle.load(options.model)
    analyzer = Analyzer(bundle)
    past = repository_past(repository, bundle, lambda: analyzer) if options.past else None
    judges = [Judge(bundle.calibration, each) for each in ((None,) if past is None else (None, past))]
    files = repository.chosen_files(
        head, lambda path: isinstance(kind_for_path(path), Language) and wanted(path), options.files
    )
    times = commit_times(repository, head)
    functions: list[EvaluatedFunction] = []
    unread = 0
    progress = ProgressLine("files", len(files))
    reader = BlobReader(repository, analyzer)
    with (
        open_reports(targets) as reports,
        RecordReader(repository, head) as records,
        ScratchObjects(repository) as scratch,
    ):
        try:
            found = recorded_files(
                scratch.git, head, files, reader, records, times.get, options.jobs or cores()
            )
            for number, file in enumerate(found, 1):
                if file is None:
                    unread += 1
                else:
                    functions += evaluated(file, judges)
                progress.show(number, 0)
        finally:
            progress.clear()
            reader.close()
        rates = list(groups(functions))
        for report in reports:
            write = _write_json if report.format is EvaluationFormat.JSON else _write_text
            report.finish(partial(write, report.stream, bundle, past, head, functions, rates))
    for problem in records.problems:
        to_stderr(problem)
    if unread:
        to_stderr(f"{unread:,} files could not be read")
    return ExitCode.OK


def _write_text(
    stream: TextIO,
    bundle: Bundle,
    past: Past | None,
    head: str,
    functions: Sequence[EvaluatedFunction],
    rates: Sequence[RateGroup],
) -> None:
    for line in evaluation_lines(bundle.model_id, past, head, len(functions), rates):
        stream.write(f"{printable(line)}\n")


def _write_json(
    stream: TextIO,
    bundle: Bundle,
    past: Past | None,
    head: str,
    functions: Sequence[EvaluatedFunction],
    rates: Sequence[RateGroup],
) -> None:
    head_values = {
        "version": codeorigin.__version__,
        "model": bundle.model_id,
        "head": head[:10],
        "past": past_values(past),
        "groups": [group_values(each) for each in rates],
    }
    stream.write(f'{encoded(head_values)[:-1]}, "functions": [')
    stream.write(",".join(f"\n{encoded(function_values(each))}" for each in functions))
    stream.write("\n]}\n")
