"""The evidence of the other functions of a file or commit for each function of the corpus."""

from collections.abc import Iterable, Sequence

import numpy as np

from codeorigin.model.calibration.calibration import Context, NeighbourRule
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row, of_repositories


def file_numbers(rows: Sequence[Row]) -> Integers:
    """Number of every row's file, int64 ``(len(rows),)``; -1 for pairs and for rows without a path.

    A file's number does not depend on class, era or commit, because whoever opens the file sees all of them.
    """
    return _numbers((row.repo, row.path if row.pair is None else "") for row in rows)


def commit_numbers(rows: Sequence[Row]) -> Integers:
    """Number of every row's commit, int64 ``(len(rows),)``; -1 for pairs, packages and rows without a commit.

    A distribution's package has a version, not a commit.
    """
    counted = of_repositories(rows)
    return _numbers(
        (row.repo, row.commit if counts else "") for row, counts in zip(rows, counted, strict=True)
    )


def _numbers(places: Iterable[tuple[str, str]]) -> Integers:
    """A number for each distinct place in a repository; -1 for the empty one."""
    numbers: dict[tuple[str, str], int] = {}
    return np.array(
        [numbers.setdefault(place, len(numbers)) if place[1] else -1 for place in places], dtype=np.int64
    )


def mixed_numbers(rows: Sequence[Row], numbers: Integers, share: float, seed: int) -> Integers:
    """``numbers`` ``(n,)`` of files or commits as if agents had worked in human-written ones.

    The corpus has few of those. In repositories that hold both classes, a random ``share`` of the LLM functions is
    moved into files or commits of that repository with human code, drawn in proportion to their human functions.
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
    for rule, numbers, numbers_of in (
        (context.file, files, file_numbers),
        (context.commit, commits, commit_numbers),
    ):
        if rule is not None:
            places = numbers_of(rows) if numbers is None else numbers
            evidence = evidence + neighbour_evidence(places, logits, rule, judged)
    return evidence
