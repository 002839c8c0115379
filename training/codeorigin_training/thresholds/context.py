"""The evidence of the other functions of a file or commit for each function of the corpus."""

from collections.abc import Sequence

import numpy as np

from codeorigin.model.calibration.neighbours import Context, NeighbourRule
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.shares import DISTRIBUTION, population


def file_numbers(rows: Sequence[Row]) -> Integers:
    """Number of every row's file, int64 ``(len(rows),)``; -1 for pairs and for rows without a path.

    A file's number does not depend on class, era or commit, because whoever opens the file sees all of them.
    """
    numbers: dict[tuple[str, str], int] = {}
    return np.array(
        [
            numbers.setdefault((row.repo, row.path), len(numbers)) if row.pair is None and row.path else -1
            for row in rows
        ],
        dtype=np.int64,
    )


def commit_numbers(rows: Sequence[Row]) -> Integers:
    """Number of every row's commit, int64 ``(len(rows),)``; -1 for pairs, packages and rows without a commit.

    A distribution's package has a version, not a commit.
    """
    numbers: dict[tuple[str, str], int] = {}
    return np.array(
        [
            numbers.setdefault((row.repo, row.commit), len(numbers))
            if row.pair is None and row.commit and population(row) != DISTRIBUTION
            else -1
            for row in rows
        ],
        dtype=np.int64,
    )


def mixed_file_numbers(rows: Sequence[Row], share: float, seed: int) -> Integers:
    """:func:`file_numbers` ``(n,)`` as if agents had worked in human-written files; the corpus has few of those."""
    return mixed_numbers(rows, file_numbers(rows), share, seed)


def mixed_numbers(rows: Sequence[Row], numbers: Integers, share: float, seed: int) -> Integers:
    """``numbers`` ``(n,)`` of files or commits as if agents had worked in human-written ones.

    In repositories that hold both classes, a random ``share`` of the LLM functions is moved into files or commits of
    that repository with human code, drawn in proportion to their human functions.
    """
    files = numbers.copy()
    generator = np.random.default_rng(seed)
    human: dict[str, list[int]] = {}
    for row, number in zip(rows, files.tolist(), strict=True):
        if row.label == 0 and number >= 0:
            human.setdefault(row.repo, []).append(number)
    for index, row in enumerate(rows):
        if row.label == 1 and files[index] >= 0 and row.repo in human and generator.random() < share:
            files[index] = human[row.repo][generator.integers(len(human[row.repo]))]
    return files


def neighbour_evidence(files: Integers, logits: Floats, rule: NeighbourRule, judged: Booleans) -> Floats:
    """What its neighbours add to the logit of every function, ``(n,)``; NaN if it has none.

    Args:
        files: int64 ``(n,)`` from :func:`file_numbers` or :func:`commit_numbers`.
        logits: out-of-sample logits ``(n,)``.
        rule: how much neighbours count.
        judged: bool ``(n,)``, the functions long enough for a verdict; the others neither give nor get evidence.
    """
    evidence = np.full(len(files), np.nan)
    inside = np.flatnonzero((files >= 0) & judged)
    inside = inside[np.argsort(files[inside], kind="stable")]
    for members in np.split(inside, np.flatnonzero(np.diff(files[inside])) + 1):
        if len(members) > 1:
            evidence[members] = rule.evidence(logits[members].tolist())
    return evidence


def context_evidence(
    rows: Sequence[Row],
    logits: Floats,
    context: Context,
    judged: Booleans,
    *,
    files: Integers | None = None,
    commits: Integers | None = None,
) -> Floats:
    """What its neighbours add to the logit of every function by the rules of ``context``, ``(n,)``.

    NaN if it has none by one of the rules. ``files`` and ``commits`` ``(n,)`` default to those of the rows.
    """
    evidence = np.zeros(len(rows))
    if context.file is not None:
        numbers = file_numbers(rows) if files is None else files
        evidence = evidence + neighbour_evidence(numbers, logits, context.file, judged)
    if context.commit is not None:
        numbers = commit_numbers(rows) if commits is None else commits
        evidence = evidence + neighbour_evidence(numbers, logits, context.commit, judged)
    return evidence
