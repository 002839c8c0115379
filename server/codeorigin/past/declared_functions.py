"""What a repository's records declare as an agent's, as a reference for its other functions: read once, and kept."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from codeorigin.analysis.git_sources import blob_source
from codeorigin.analysis.judged_files import Analyzes
from codeorigin.core.budget import Budget, BudgetError
from codeorigin.core.cache_folder import cache_folder
from codeorigin.core.cancellation import CancelToken
from codeorigin.git.diff import Diff, commit_changes
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.languages.parse_budget import one_run, run_budget
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.kept_reference import DeclaredCommit, Populations, Vector
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.past import KeptReference, Past
from codeorigin.past.reading import (
    MAX_FILE,
    MOST_BYTES,
    MOST_HARD,
    flagged,
    is_wanted,
    read_files,
    read_old_files,
    vectors,
)
from codeorigin.records.function_records import DeclaredBy, declared_by
from codeorigin.records.reader import FOR_ALL_COMMITS, RecordReader, RecordsState
from codeorigin.records.record import CommitRecords, Record, WrittenBy, stronger

_MOST_FUNCTIONS = 500
"""Declared ones, of the newest commits: more hardly change their mean."""
_MOST_OF_COMMIT = 50
_MOST_FILES = 2_000
"""Of a commit; nothing is read of a larger one."""
_MOST_COMMITS = 5_000
"""The newest commits, whose records are read."""
_AT_ONCE = 32
_FORMAT = 2
_NO_RECORDS = RecordsState(None, (), None)


def with_reference(
    past: Past,
    repository: Repository,
    commit: str,
    bundle: Bundle,
    load: Callable[[], Analyzes],
    cancel: CancelToken,
    *,
    declared: bool = True,
) -> Past:
    """``past``, with the reference of what the repository's records declare, if that is enough.

    What is read is kept by ``commit``, the last one of people's code alone, and model. While HEAD and the records are
    the same, nothing is read again, and of a new HEAD only new commits. Unless what is ``declared`` counts, the
    reference is of the project's people and LLM-written code in general, and the same for every HEAD.

    Raises:
        RepositoryError: what is newer than ``commit`` cannot be read.
        ModelError: the model is broken.
        Cancelled: ``cancel`` was triggered.
    """
    rule, root = bundle.calibration.reference, repository.root
    if rule is None or (root is None and declared):
        return past
    state = RecordsState.of(repository) if declared else _NO_RECORDS
    if declared and state.head is None:
        return past
    path = cache_folder() / "reference" / _digest(_FORMAT, commit, bundle.model_id, declared)
    key = f"{state.head} {_digest(state.notes, state.traces)}"
    found = Populations.read(path)
    if found is None or found.key != key:
        views = NgramViews([rule.view])
        commits, headers = (
            _declared_commits(repository, commit, state, found, load(), views, cancel)
            if declared
            else ([], "")
        )
        files = () if found is None else found.files
        if not files and sum(len(declared.functions) for declared in commits) >= rule.fewest_declared:
            files = read_old_files(repository, commit, load(), cancel, views)
        found = Populations(key, commits, files, headers=headers)
        reference = found.reference(rule, bundle.general_means(found.languages))
        judge = Judge(bundle.calibration, replace(past, reference=KeptReference("", key, 0, "")))
        found = replace(
            found,
            enough=bool(reference),
            declared=reference.declared,
            flagged=flagged(files, judge, reference),
        )
        try:
            found.write(path)
        except OSError:
            return past  # it is read from there
    if not found.enough:
        return past
    kept = KeptReference(str(path), key, found.declared, str(root or ""))
    return replace(past, reference=kept, flagged=found.flagged)


def _declared_commits(
    repository: Repository,
    commit: str,
    state: RecordsState,
    before: Populations | None,
    analyzer: Analyzes,
    views: NgramViews,
    cancel: CancelToken,
) -> tuple[list[DeclaredCommit], str]:
    """The newest commits after ``commit`` of which records name an agent, or which wrote to a file whose header does.

    Merges are left out, and so is what was read ``before``, while the records of commits and files are the same.

    Returns:
        The commits, and what tells the headers from others.
    """
    found: list[DeclaredCommit] = []
    left = _MOST_FUNCTIONS
    budget = Budget(size=MOST_BYTES, items=MOST_HARD)
    assert state.head is not None
    with (
        RecordReader(repository, state.head, state, FOR_ALL_COMMITS) as reader,
        Objects(repository.git) as objects,
        one_run(run_budget()),
        suppress(BudgetError),
    ):
        headers = {path: record for path, record in reader.headers().items() if is_wanted(path)}
        of_headers = _digest(sorted(headers.items()))
        of_records = _digest(state.notes, state.traces)
        known = {}
        if before is not None and before.key.endswith(of_records) and before.headers == of_headers:
            known = {declared.name: declared for declared in before.commits}
        by_header = set(_wrote_to(repository, state.head, commit, headers))
        newest = islice(repository.log(state.head, without=commit), _MOST_COMMITS)
        names = [
            one.id
            for one in newest
            if len(one.parents) < 2 and (one.id in by_header or reader.of_commit(one.id).by_agents())
        ]
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            new = [name for name in some if name not in known]
            changes = dict(commit_changes(repository, new, is_wanted)) if new else {}
            for name in some:
                declared = known.get(name)
                if declared is None:
                    records = _Records(reader.of_commit(name), headers)
                    declared = _declared(
                        name, changes[name], records, objects, analyzer, views, budget, cancel
                    )
                found.append(declared)
                left -= len(declared.functions)
                if left <= 0:
                    return found, of_headers
    return found, of_headers


def _wrote_to(repository: Repository, head: str, commit: str, headers: Mapping[str, Record]) -> Iterator[str]:
    """The newest commits after ``commit`` that changed a file which an agent wrote by its header."""
    paths = tuple(sorted(path for path, record in headers.items() if record.by is WrittenBy.AGENT))
    if paths:
        log = repository.log(head, without=commit, paths=paths[:_MOST_FILES])
        yield from (one.id for one in islice(log, _MOST_COMMITS))


class _Records(NamedTuple):
    """What is recorded about a commit, and what the headers of files say today."""

    of_commit: CommitRecords
    headers: Mapping[str, Record]

    def declare(self, path: str, lines: Iterable[int]) -> bool:
        """Whether they name an agent for all of these lines of a file of the commit."""
        header = self.headers.get(path)
        found = (stronger(self.of_commit.of_line(path, line), header) for line in lines)
        return declared_by(found) is DeclaredBy.AGENT


def _declared(
    name: str,
    diff: Diff,
    records: _Records,
    objects: Objects,
    analyzer: Analyzes,
    views: NgramViews,
    budget: Budget,
    cancel: CancelToken,
) -> DeclaredCommit:
    """At most :data:`_MOST_OF_COMMIT` functions that a commit wrote, of all of whose lines ``records`` name an agent."""
    names = [file.path for file in diff.files]
    found: list[Vector] = []
    if len(names) > _MOST_FILES:
        return DeclaredCommit(name, (), ())
    sources = (
        blob_source(objects, file.path, file.blob, MAX_FILE, changed=file, budget=budget)
        for file in diff.files
    )
    for file in read_files(sources, analyzer, budget, cancel, keep_text=True):
        functions = [
            function
            for function in file.functions
            if function.written
            and function.verdict.logit is not None
            and function.lines is not None
            and records.declare(file.path, function.lines.lines_with_text())
        ][: _MOST_OF_COMMIT - len(found)]
        names += (function.function_id for function in functions)
        found += vectors(views, file, functions)
        if len(found) == _MOST_OF_COMMIT:
            break
    return DeclaredCommit(name, names, found)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
