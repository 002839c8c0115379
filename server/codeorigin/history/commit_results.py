"""From the functions of changed files to the result of a commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from codeorigin.git.line_changes import ChangedFile
from codeorigin.history.blob_functions import BlobFunction
from codeorigin.history.results import NOTHING, CommitResult, DeclaredCounts, Part, declared_lines
from codeorigin.languages import get_language
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.verdict import Band, ChangedFunctions, PooledVerdict, Verdict
from codeorigin.past.commit import HUMAN_UNTIL
from codeorigin.records.function_records import Disagreement, disagreement
from codeorigin.records.record import CommitRecords
from codeorigin.report.changes import MOST_NAMES

_FOLDERS = 3
"""Folders are distinguished down to this depth."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A changed file, or a piece of one, with its functions. ``language`` is an id.

    ``functions`` is None if the file could not be read.
    """

    file: ChangedFile
    language: str
    functions: Sequence[BlobFunction] | None

    def is_moved(self, function: BlobFunction) -> bool:
        """Whether the commit only moved the function."""
        return self.file.moved.holds(function.lines.first, function.lines.last)


@dataclass(frozen=True, slots=True)
class JudgedFunction:
    """A function that a commit touched, with its verdict in the context of the commit.

    ``written`` means that the commit wrote all its lines, except those with neither a letter nor a digit. Only then can
    the verdict and the records about the lines ``disagree``.
    """

    file: ReadFile
    function: BlobFunction
    verdict: Verdict
    written: bool
    disagree: Disagreement | None


def judged_functions(
    judge: Judge, files: Sequence[ReadFile], records: CommitRecords, *, file_context: bool
) -> tuple[PooledVerdict | None, list[JudgedFunction]]:
    """The verdict on a commit, and the verdicts on the functions that it touched; ``file_context`` as in checks."""
    known = [file for file in files if file.functions]
    changed = [_changed(judge, file, file_context=file_context) for file in known]
    whole, verdicts = judge.change(changed)
    return whole, [
        _judged(file, function, found[number], change.written[number], records)
        for file, change, found in zip(known, changed, verdicts, strict=True)
        for number, function in enumerate(file.functions or ())
        if function.logit is not None
        and function.lines.is_touched(file.file.lines)
        and not file.is_moved(function)
    ]


def _judged(
    file: ReadFile, function: BlobFunction, verdict: Verdict, written: bool, records: CommitRecords
) -> JudgedFunction:
    lines = function.lines.telling() if written and records.has_any else ()
    said = (records.of_line(file.file.path, line) for line in lines)
    return JudgedFunction(
        file, function, verdict, written, disagreement(said, verdict.band) if written else None
    )


def _changed(judge: Judge, file: ReadFile, *, file_context: bool) -> ChangedFunctions:
    language = get_language(file.language).model_language
    functions = file.functions or []
    scores = {
        number: function.score for number, function in enumerate(functions) if function.score is not None
    }
    verdicts = (
        judge.in_file(scores, language)
        if file_context
        else {number: judge.alone(score, language) for number, score in scores.items()}
    )
    return ChangedFunctions(
        language=language,
        verdicts=[verdicts.get(number, NO_VERDICT) for number in range(len(functions))],
        lines=[function.weight for function in functions],
        written=[
            function.logit is not None
            and function.lines.is_written(file.file.lines)
            and not file.is_moved(function)
            for function in functions
        ],
        in_context=file_context,
    )


NO_VERDICT = Verdict(probability=None, logit=None, band=None)


def commit_result(
    judge: Judge,
    commit: str,
    seconds: int,
    files: Sequence[ReadFile],
    records: CommitRecords,
    *,
    file_context: bool = True,
    tells_moves: bool = True,
) -> CommitResult:
    """The result of a commit that is not a merge.

    ``tells_moves`` is False if the commit is too large to tell what it moved.
    """
    whole, functions = judged_functions(judge, files, records, file_context=file_context)
    moved = [function.name for file in files for function in file.functions or () if file.is_moved(function)]
    parts: dict[tuple[str, str], list[int]] = {}
    declared: dict[tuple[str, str], DeclaredCounts] = {}
    for function in functions:
        key = (_folder(function.file.file.path), get_language(function.file.language).model_language)
        counts = parts.setdefault(key, [0, 0, 0, 0])
        counts[0] += 1
        lines = function.function.lines.changed_count(function.file.file.lines)
        counts[1 + list(Band).index(function.verdict.band or Band.UNSURE)] += lines
        if records.has_any:
            file = function.file.file
            changed = function.function.lines.changed_lines(file.lines)
            said = declared_lines(records.of_line(file.path, line) for line in changed)
            declared[key] = declared.get(key, NOTHING) + said
    return CommitResult(
        commit=commit,
        seconds=seconds,
        functions=len(functions),
        written=0 if whole is None else whole.functions,
        lines=sum(sum(counts[1:]) for counts in parts.values()),
        logit=None if whole is None else whole.logit,
        probability=None if whole is None else whole.probability,
        band=None if whole is None else whole.band,
        reason="no_rule" if whole is None else None if whole.reason is None else whole.reason.value,
        human_share=None if whole is None else whole.human_share,
        parts=tuple(
            Part(folder, language, touched, human, unsure, llm, declared.get((folder, language)) or None)
            for (folder, language), (touched, human, unsure, llm) in sorted(parts.items())
        ),
        moved=len(moved) if tells_moves else None,
        moved_names=tuple(moved[:MOST_NAMES]),
        unread=sum(file.functions is None for file in files),
        reads_human=_count(functions, Disagreement.READS_HUMAN),
        # Before LLMs wrote code there was nothing to declare.
        not_declared=_count(functions, Disagreement.NOT_DECLARED) if seconds >= HUMAN_UNTIL else 0,
        declared=tuple(dict.fromkeys(record.agent for record in records.by_agents())),
    )


def _count(functions: Sequence[JudgedFunction], kind: Disagreement) -> int:
    return sum(function.disagree is kind for function in functions)


def _folder(path: str) -> str:
    return "/".join(path.split("/")[:-1][:_FOLDERS])
