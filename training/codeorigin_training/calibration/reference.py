"""What a project's own functions, as its reference, would add to the logits of others, by the server's code.

The corpus knows who wrote its functions, so every project with enough of both is taken for one whose commits declare
its agents' code. Its people's code is that of before mid-2021 and half of that of 2021-22, by file; the other half
stands for their code of today. Each half has the other one as reference.
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse

from codeorigin.model.reference import Floats, KnownFunctions, Reference, ReferenceRule
from codeorigin_training.arrays import Booleans, Integers
from codeorigin_training.arrays import Floats as Doubles
from codeorigin_training.data.rows import Row, labels_of
from codeorigin_training.data.splits import fold_of
from codeorigin_training.matrices import view_matrices

_FOLDS = 5
_PRIOR_FUNCTIONS = 10.0
"""A project's functions count in the general mean as if there were so many more, so that no large one decides it."""


def general_means_of(rows: Sequence[Row], vectors: sparse.csr_matrix, chosen: Booleans) -> dict[str, Floats]:
    """The mean vector of the LLM-written functions among the ``chosen`` rows, by language."""
    groups: dict[str, dict[str, list[int]]] = {}
    for index in np.flatnonzero(chosen & (labels_of(rows) == 1)).tolist():
        groups.setdefault(rows[index].language, {}).setdefault(rows[index].project, []).append(index)
    means = {}
    for language, projects in groups.items():
        indices = [index for found in projects.values() for index in found]
        weights = np.concatenate(
            [np.full(len(found), 1 / (len(found) + _PRIOR_FUNCTIONS)) for found in projects.values()]
        )
        means[language] = ((vectors[indices].T @ weights) / weights.sum()).astype(np.float32)
    return means


def reference_evidence(
    rows: Sequence[Row],
    counted: Booleans,
    rule: ReferenceRule,
    trained: Booleans,
    *,
    processes: int,
    general: Mapping[str, Floats] | None = None,
) -> tuple[Doubles, dict[str, Floats]]:
    """What its project's reference adds to the logit of every row, ``(n,)``; NaN where it has too few functions.

    Args:
        rows: functions of the corpus; packages of a distribution have none.
        counted: bool ``(n,)``, the functions with a verdict.
        rule: how a reference counts.
        trained: bool ``(n,)``, the rows of training repositories. The general means that a project's are shrunk to are
            those of training repositories of other folds.
        processes: that extract n-grams.
        general: the general means for all rows, if they are of projects that these means are not of.

    Returns:
        The evidence, and the general means by ``all LANGUAGE``, and by ``twin LANGUAGE`` those of training repositories.
    """
    labels = labels_of(rows)
    projects: dict[tuple[str, str], list[int]] = {}
    for index in np.flatnonzero(counted).tolist():
        if not rows[index].is_packaged:
            projects.setdefault((rows[index].project, rows[index].language), []).append(index)
    mixed = {
        cell: np.array(found)
        for cell, found in projects.items()
        if labels[found].sum() >= rule.fewest_declared and (1 - labels[found]).sum() >= rule.fewest_human
    }
    needed = np.zeros(len(rows), dtype=bool)
    needed[[index for found in projects.values() for index in found if labels[index]]] = True
    for found in mixed.values():
        needed[found] = True
    places = np.cumsum(needed) - 1
    some = [row for row, is_needed in zip(rows, needed.tolist(), strict=True) if is_needed]
    (vectors,), inside = view_matrices(some, [rule.view], processes=processes), trained[needed]
    folds = np.array([fold_of(row.project, _FOLDS) for row in some])
    by_fold = [
        general_means_of(some, vectors, inside & (folds != fold)) if general is None else general
        for fold in range(_FOLDS)
    ]
    evidence = np.full(len(rows), np.nan)
    for (project, _), found in mixed.items():
        at = places[found]
        evidence[found] = _evidence(
            [some[place] for place in at.tolist()], vectors[at], rule, by_fold[fold_of(project, _FOLDS)]
        )
    everything = np.ones(len(some), dtype=bool)
    return evidence, {
        f"{which} {language}": mean
        for which, chosen in (("all", everything), ("twin", inside))
        for language, mean in general_means_of(some, vectors, chosen).items()
    }


def _evidence(
    rows: Sequence[Row], vectors: sparse.csr_matrix, rule: ReferenceRule, general: Mapping[str, Floats]
) -> Doubles:
    """The evidence ``(n,)`` for the functions of one project in one language."""
    labels, language = labels_of(rows), rows[0].language
    halves = np.array(
        [hashlib.sha256(row.path.encode("utf-8", "surrogatepass")).digest()[0] % 2 for row in rows]
    )
    modern = np.array([row.modern for row in rows], dtype=bool)
    commits_of: dict[str, set[str]] = {}
    for row in rows:
        if row.label:
            commits_of.setdefault(row.path, set()).add(row.commit)
    declared = _examples(vectors, np.flatnonzero(labels), [row.commit for row in rows])
    evidence = np.full(len(rows), np.nan)
    for half in (0, 1):
        people = np.flatnonzero((labels == 0) & ~(modern & (halves == half)))
        human = _examples(vectors, people, [row.path for row in rows])
        reference = Reference(rule, general, {language: declared}, {language: human}, commits_of)
        # File by file, as all functions of a file have the same weights.
        for index in sorted(np.flatnonzero(halves == half).tolist(), key=lambda place: rows[place].path):
            vector = vectors[index]
            found = reference.evidence(language, rows[index].path, vector.indices, vector.data)
            evidence[index] = np.nan if found is None else found
    return evidence


def _examples(vectors: sparse.csr_matrix, chosen: Integers, groups: Sequence[str]) -> KnownFunctions:
    found = vectors[chosen]
    return KnownFunctions(
        found.indices, found.data, found.indptr, [groups[index] for index in chosen.tolist()]
    )
