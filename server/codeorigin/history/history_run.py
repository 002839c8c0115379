"""A run over the history of one repository: the commits to judge, their results and, on request, details."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.history.details import commit_details
from codeorigin.history.request import HistoryRequest, Plan, plan
from codeorigin.history.results import CommitDetails, CommitResult
from codeorigin.history.state import HistoryState, default_path
from codeorigin.history.totals import Totals
from codeorigin.history.walk import Walk
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past
from codeorigin.past.old_functions import repository_past
from codeorigin.records.function_records import Disagreement
from codeorigin.records.reader import FOR_ALL_COMMITS, RecordReader
from codeorigin.shell.terminal import display_path, printable

_MAX_COMMIT = 1 << 16
_LONGEST_SUBJECT = 200
_ADDRESSES = re.compile(r"<?(?:(?<![\w.+-])[\w.+-]++)?@[\w.-]+>?")


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """A run opened by :func:`open_history`."""

    repository: Repository
    bundle: Bundle
    plan: Plan
    walk: Walk
    past: Past | None
    records: RecordReader | None
    objects: Objects

    @property
    def model(self) -> str:
        """The identity of the model."""
        return self.bundle.model_id

    @property
    def name(self) -> str:
        """The name of the repository's folder, safe to print."""
        folder = self.repository.root or self.repository.folder
        return printable(display_path(folder.name.removesuffix(".git")))

    def results(self) -> Iterator[CommitResult]:
        """The result of every commit, newest first; see :meth:`Walk.results`."""
        return self.walk.results(self.plan)

    def subject(self, commit: str) -> str:
        """The first paragraph of a commit's message on one line, at most 200 code points; not escaped.

        Without addresses and account names of people. Empty if there is none.
        """
        content = self.objects.content(commit, _MAX_COMMIT)
        message = content.partition(b"\n\n")[2].lstrip(b"\n").partition(b"\n\n")[0]
        subject = " ".join(message.decode("utf-8", "replace").split())[:_LONGEST_SUBJECT]
        return " ".join(_ADDRESSES.sub("", subject).split())

    def disagreements(
        self, totals: Totals, *, with_lines: bool = True
    ) -> Iterator[tuple[Disagreement, list[CommitDetails]]]:
        """The kinds of disagreement that there are, each with commits and their functions of that kind."""
        for kind, results in totals.disagreeing().items():
            yield (
                kind,
                list(
                    commit_details(
                        Analyzer(self.bundle), self.walk, results, with_lines=with_lines, disagree=kind
                    )
                ),
            )

    def details(self, results: Sequence[CommitResult], *, with_lines: bool = True) -> Iterator[CommitDetails]:
        """The commits with their functions and, if ``with_lines``, the evidence of their lines."""
        return commit_details(Analyzer(self.bundle), self.walk, results, with_lines=with_lines)


@contextmanager
def open_history(request: HistoryRequest, analyzer: Analyzer | None = None) -> Iterator[HistoryRun]:
    """Open a run, for use inside the ``with`` block. With an ``analyzer``, this process alone judges, with it.

    Raises:
        RepositoryError: there is no such commit, or none at all, or something is damaged or not in this clone.
        ModelError: the model is missing or broken.
        CodeOriginError: the state cannot be stored.
    """
    repository = request.repository
    commits = plan(
        repository, request.revision, since=request.since, until=request.until, paths=request.paths
    )
    bundle = Bundle.load(request.model) if analyzer is None else analyzer.bundle
    past = repository_past(repository, bundle, lambda: Analyzer(bundle)) if request.past else None
    path = request.state or default_path(repository.folder, bundle.model_id)
    settings = request.settings if past is None else f"{request.settings} {past.evidence}"
    with ExitStack() as stack:
        records = None
        if request.declared:
            records = stack.enter_context(
                RecordReader(repository, repository.resolve(request.revision), share=FOR_ALL_COMMITS)
            )
            # The state of HEAD apart: commits do not change.
            settings = f"{settings} {records.state.notes} {records.state.traces}"
        state = stack.enter_context(HistoryState(path, settings, bundle.model_id))
        walk = Walk(request, Judge(bundle.calibration, past), state, records=records, analyzer=analyzer)
        objects = stack.enter_context(Objects(repository.git))
        yield HistoryRun(repository, bundle, commits, walk, past, records, objects)
