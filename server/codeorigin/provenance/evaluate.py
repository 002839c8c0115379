"""``codeorigin evaluate-declared``: how the model does on a project's own code, where records say who wrote it."""

from collections.abc import Iterator, Sequence
from functools import partial

import codeorigin
from codeorigin.analysis.analyzer import Analyzer
from codeorigin.check.formats.json import past_values
from codeorigin.check.formats.json_text import encoded
from codeorigin.check.inputs import find_project
from codeorigin.check.selection import Selection
from codeorigin.git.objects import Objects
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.history.blob_functions import BlobReader
from codeorigin.history.request import repository_of
from codeorigin.languages import Language
from codeorigin.languages.kinds import kind_for_path
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past
from codeorigin.past.old_functions import repository_past
from codeorigin.provenance.evaluation import (
    EvaluatedFunction,
    evaluated_files,
    function_values,
    group_values,
    groups,
)
from codeorigin.provenance.options import EvaluationFormat, EvaluationOptions
from codeorigin.provenance.recorded import commit_times
from codeorigin.records.rates import RateGroup
from codeorigin.records.reader import RecordReader
from codeorigin.report.provenance import evaluation_lines
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.options import cores
from codeorigin.shell.output import open_reports
from codeorigin.shell.progress import ProgressLine
from codeorigin.shell.terminal import printable, to_stderr


def run_evaluate_declared(options: EvaluationOptions) -> int:
    """Judge the functions, write the reports, and return the exit code."""
    targets = options.targets
    repository, names = repository_of(options.path)
    project = find_project([options.path], files=options.config and repository.root is not None)
    selection = Selection(project, options.language, options.exclude)
    wanted, _ = selection.in_repository(repository, names)
    head = repository.resolve("HEAD")
    bundle = Bundle.load(options.model)
    analyzer = Analyzer(bundle)
    past = repository_past(repository, bundle, lambda: analyzer) if options.past else None
    judges = [
        Judge(bundle.calibration, known_past) for known_past in ((None,) if past is None else (None, past))
    ]
    files = repository.chosen_files(
        head, lambda path: isinstance(kind_for_path(path), Language) and wanted(path), options.files
    )
    times = commit_times(repository, head)
    functions: list[EvaluatedFunction] = []
    unread = 0
    progress = ProgressLine("files", len(files))
    with (
        open_reports(targets) as reports,
        RecordReader(repository, head) as records,
        ScratchObjects(repository) as scratch,
        Objects(repository.git) as objects,
    ):
        try:
            found = evaluated_files(
                scratch.git,
                head,
                files,
                BlobReader(objects, analyzer),
                records,
                times.get,
                judges,
                options.jobs or cores(),
            )
            for number, some in enumerate(found, 1):
                functions += some or ()
                unread += some is None
                progress.show(number, 0)
        finally:
            progress.clear()
        rates = list(groups(functions))
        for report in reports:
            if report.format is EvaluationFormat.JSON:
                parts = _json(bundle.model_id, past, head, functions, rates)
            else:
                lines = evaluation_lines(bundle.model_id, past, head, len(functions), rates)
                parts = (f"{printable(line)}\n" for line in lines)
            report.finish(partial(report.stream.writelines, parts))
    for problem in records.problems:
        to_stderr(problem)
    if unread:
        to_stderr(f"{unread:,} files could not be read")
    return ExitCode.OK


def _json(
    model: str,
    past: Past | None,
    head: str,
    functions: Sequence[EvaluatedFunction],
    rates: Sequence[RateGroup],
) -> Iterator[str]:
    head_values = {
        "version": codeorigin.__version__,
        "model": model,
        "head": head[:10],
        "past": past_values(past),
        "groups": [group_values(group) for group in rates],
    }
    yield f'{encoded(head_values)[:-1]}, "functions": ['
    yield ",".join(f"\n{encoded(function_values(function))}" for function in functions)
    yield "\n]}\n"
