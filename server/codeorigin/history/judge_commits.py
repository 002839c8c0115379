"""What every process of a history does: commits -> their results, by the code that judges a change for a check."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.git_sources import blob_source
from codeorigin.analysis.judged import How, JudgedFile, JudgedFunction, UnparsedError
from codeorigin.analysis.judged_files import judged_change, judged_files
from codeorigin.core.errors import SourceError
from codeorigin.git.diff import ChangedFile
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.history.results import VERDICT, CommitResult, Part, TouchedFunction
from codeorigin.languages import get_language
from codeorigin.languages.parse_budget import current_run
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.verdict import Band

_LONGEST_NAME = 200
_MOST_SHOWN = 12
VERDICT_CACHE_BYTES = 64 * 2**20
"""Size of the cache: most functions of a file stay the same from one commit to the next."""
_FOLDERS = 3
"""Folders are distinguished down to this depth."""


@dataclass(frozen=True, slots=True)
class ChangedCommit:
    """A commit that is not a merge, its time in seconds since 1970, and the files that it changed.

    ``tells_moves`` is False if it is too large to tell what it moved.
    """

    name: str
    seconds: int
    files: Sequence[ChangedFile]
    tells_moves: bool = True


@dataclass(frozen=True, slots=True)
class JudgeCommits:
    """How to judge the commits of the repository in ``folder``, by the ``model`` in a folder (None: the shipped one)."""

    folder: Path
    model: Path | None
    model_id: str
    how: How
    max_bytes: int

    def load(self) -> Analyzer:
        """An analyzer with the model; raises ModelError."""
        return self.analyzer(Bundle.load(self.model))

    @staticmethod
    def analyzer(bundle: Bundle) -> Analyzer:
        """An analyzer with a cache for many commits."""
        return Analyzer(bundle, verdict_cache_bytes=VERDICT_CACHE_BYTES)

    def run(self, commits: Sequence[ChangedCommit], analyzer: Analyzer) -> Iterator[CommitResult]:
        """Yield the results of ``commits``; the functions of all of them are scored together.

        Raises:
            RepositoryError: something is damaged or not in this clone.
        """
        if not commits:
            return
        judge = Judge(analyzer.bundle.calibration, self.how.past)
        budget = current_run()
        cut_before = budget.cut_short
        judged: list[list[JudgedFile]] = [[] for _ in commits]
        with Objects(Repository.of(self.folder).git) as objects:
            sources = [
                [
                    blob_source(objects, file.path, file.blob, self.max_bytes, changed=file)
                    for file in commit.files
                ]
                for commit in commits
            ]
            owners = {
                id(source): files for some, files in zip(sources, judged, strict=True) for source in some
            }
            for file in judged_files(chain.from_iterable(sources), analyzer, self.how):
                if file.error is not None and not isinstance(file.error, SourceError | UnparsedError):
                    raise file.error
                owners[id(file.source)].append(file)
        is_cut = budget.cut_short > cut_before
        for commit, files in zip(commits, judged, strict=True):
            is_partial = is_cut and any(isinstance(file.error, UnparsedError) for file in files)
            yield replace(self._result(commit, files, judge), is_partial=is_partial)

    def _result(self, commit: ChangedCommit, files: Sequence[JudgedFile], judge: Judge) -> CommitResult:
        whole, found = judged_change(
            [file for file in files if file.error is None], judge, file_context=self.how.file_context
        )
        touched = [(file, function) for file in found for function in file.functions]
        judged = [(file, function) for file, function in touched if function.verdict.logit is not None]
        moved = sum(function.moved for _, function in touched)
        stands_out = whole is not None and whole.band is Band.LLM
        return CommitResult(
            commit=commit.name,
            seconds=commit.seconds,
            written=0 if whole is None else whole.functions,
            moved=moved if commit.tells_moves else None,
            **({"reason": "no_rule"} if whole is None else {name: getattr(whole, name) for name in VERDICT}),
            parts=tuple(_parts(judged)),
            skipped=sum(file.error is not None for file in files),
            shown=tuple(_shown(judged)) if stands_out else (),
        )


_Judged = Sequence[tuple[JudgedFile, JudgedFunction]]
"""The functions that a commit touched and that have a verdict, with their files."""


def _parts(judged: _Judged) -> Iterator[Part]:
    parts: dict[tuple[str, str], list[int]] = {}
    for file, function in judged:
        folder = "/".join(file.path.split("/")[:-1][:_FOLDERS])
        counts = parts.setdefault((folder, get_language(file.language).model_language), [0, 0, 0, 0])
        counts[0] += 1
        counts[1 + list(Band).index(function.verdict.band or Band.UNSURE)] += function.counted
    for (folder, language), (functions, human, unsure, llm) in sorted(parts.items()):
        yield Part(folder, language, functions, human, unsure, llm)


def _shown(judged: _Judged) -> Iterator[TouchedFunction]:
    """The written functions first, then by descending probability."""
    ordered = sorted(judged, key=lambda found: (not found[1].written, -(found[1].verdict.probability or 0.0)))
    for file, function in ordered[:_MOST_SHOWN]:
        assert function.lines is not None, "changed files have them"
        yield TouchedFunction(
            # The name is only a label, and some names have whole programs in their brackets.
            function.span.qualified_name[:_LONGEST_NAME],
            file.path,
            function.lines.first,
            function.lines.last,
            function.written,
            function.verdict.probability,
            function.verdict.band,
        )
