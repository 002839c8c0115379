"""What could mislead the detector: the comments of same-task pairs, and the comments and the age of human code."""

from collections.abc import Callable, Sequence

import numpy as np

from codeorigin.languages.parser_pool import ParseBudgetError
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.rows import Row, numbered
from codeorigin_training.data.specifications import Specification
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.figures import Estimate, group_weights, weighted_mean
from codeorigin_training.metrics.statistics import auroc, pairs_in_order
from codeorigin_training.report.cells import interval, percent_interval
from codeorigin_training.report.intervals import Draws, with_interval, with_intervals
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.studies.correctness.bleu import bleu
from codeorigin_training.studies.correctness.comments import (
    comment_language,
    with_comments_of,
    without_comments,
)

_YEARS = ((2012, "up to 2012"), (2016, "2013 to 2016"), (2019, "2017 to 2019"), (2021, "2020 and 2021"))
_FEWEST = 8

Change = Callable[[str, str, str], str]
"""A function's code, that of the other one of its pair, and their language -> code."""


def pairs_section(
    pairs: Sequence[Specification], detector: Detector, warning: str | None, draws: Draws
) -> Section:
    """AUROC over same-task pairs: by similarity of the two sides, by instruction, and with comments exchanged."""

    def scored(change: Change) -> list[Floats]:
        """Logits ``(n,)`` of the human functions and of the LLM's, each as ``change`` makes it with the other one."""
        human = [
            (
                _changed(change, specification.human_code, specification.llm_code, specification.language),
                specification.language,
            )
            for specification in pairs
        ]
        llm = [
            (
                _changed(change, specification.llm_code, specification.human_code, specification.language),
                specification.language,
            )
            for specification in pairs
        ]
        return [detector.score_texts(human), detector.score_texts(llm)]

    whole = scored(lambda code, _, __: code)
    bare = scored(lambda code, _, language: without_comments(code, language)[0])
    exchanged = scored(with_comments_of)
    alike = np.array([bleu(pair.llm_code, pair.human_code) for pair in pairs])
    quarter = np.searchsorted(np.quantile(alike, [0.25, 0.5, 0.75]) if len(pairs) else [], alike, side="left")
    instructions = np.array([pair.instruction for pair in pairs])
    every = np.ones(len(pairs), dtype=bool)
    cases = [("all", every, whole)]
    for number in range(4):
        if (inside := quarter == number).sum() >= _FEWEST:
            bounds = f"{alike[inside].min():.2f} to {alike[inside].max():.2f}"
            cases.append((f"BLEU of the two, quarter {number + 1} ({bounds})", inside, whole))
    cases += [
        (f"instruction: {name}", inside, whole)
        for name in np.unique(instructions)
        if (inside := instructions == name).sum() >= _FEWEST
    ]
    cases += [("comments of both left out", every, bare), ("comments of the two exchanged", every, exchanged)]
    groups = numbered([pair.repo for pair in pairs])
    found = [
        (title, *_pair_estimates([side[inside] for side in sides], groups[inside], draws), inside.sum())
        for title, inside, sides in cases
    ]
    all_, without, turned = (found[place][1] for place in (0, -2, -1))
    return Section(
        title="Same-task pairs: what misleads the detector",
        note=(
            "A person's function and the one that a model wrote from a specification of it, both of held-out "
            "repositories. Exchanged: each function with the lines of comments and docstrings of the other."
        ),
        findings=(
            *(() if warning is None else (warning,)),
            (
                f"AUROC {interval(all_)}, {interval(without)} without the lines of comments, {interval(turned)} with "
                "them exchanged."
            ),
        ),
        tables=(
            TitledTable(
                "",
                "",
                ("pairs", "AUROC", "in order", "pairs counted"),
                tuple(
                    (title, interval(area), percent_interval(order), f"{count}")
                    for title, area, order, count in found
                ),
            ),
        ),
        figures=(
            Figure.of("AUROC of pairs", all_),
            Figure.of("AUROC of pairs without comments", without),
            Figure.of("AUROC of pairs with comments exchanged", turned),
        ),
    )


def _changed(change: Change, code: str, other: str, language: str) -> str:
    try:
        return change(code, other, language)
    except ParseBudgetError:
        return code


def _pair_estimates(sides: Sequence[Floats], groups: Integers, draws: Draws) -> list[Estimate]:
    """Estimates of AUROC and of the share of pairs in order, from the logits of both sides ``(n,)``."""
    human, llm = sides

    def statistics(index: Integers) -> Floats:
        labels = np.repeat([0, 1], len(index))
        scores = np.concatenate([human[index], llm[index]])
        return np.array([auroc(labels, scores), pairs_in_order(human[index], llm[index])])

    return with_intervals(groups, statistics, draws)


def false_positives_section(
    rows: Sequence[Row], detector: Detector, warning: str | None, draws: Draws
) -> Section:
    """Human functions called ``llm``, by the language of their comments and by the year of the code."""
    called = detector.answers(rows, detector.logits(rows)).llm.astype(np.float64)
    tables, figures = [], []
    for title, header, of in (
        ("By the language of the comments", "comments", _comments_of),
        ("By the year of the code", "written", year_of),
    ):
        names = np.array([of(row) for row in rows])
        cells = []
        for name in sorted(set(names.tolist()), key=lambda size: (not size.startswith("up to"), size)):
            inside: list[int] = np.flatnonzero(names == name).tolist()
            if len(inside) < _FEWEST:
                continue
            found = _share(called[inside], unit_numbers([rows[place] for place in inside]), draws)
            repositories = len({rows[place].repo for place in inside})
            cells.append((name, percent_interval(found), f"{len(inside):,}", f"{repositories:,}"))
            figures.append(Figure.of(f"called llm, {header}: {name}", found))
        tables.append(
            TitledTable(title, "", (header, "called llm", "functions", "repositories"), tuple(cells))
        )
    return Section(
        title="False positives: comments in other languages, and year",
        note=(
            "Human functions of held-out repositories at the bundle's own thresholds, each by its own text, "
            "repositories weighing alike."
        ),
        findings=() if warning is None else (warning,),
        tables=tuple(tables),
        figures=tuple(figures),
    )


def _share(called: Floats, groups: Integers, draws: Draws) -> Estimate:
    weights = group_weights(groups, np.ones(len(called), dtype=bool))
    return with_interval(groups, lambda index: weighted_mean(called[index], weights[index]), draws)


def _comments_of(row: Row) -> str:
    try:
        return comment_language(row.code, row.language) or "none, or few words"
    except ParseBudgetError:
        return "none, or few words"


def year_of(row: Row) -> str:
    """The range of years in which a function was written, from its commit's date; ``not known`` without a date."""
    # "<2021-07-01" means at some time before.
    year = row.date.removeprefix("<")[:4]
    if not year.isdigit():
        return "not known"
    return next((name for last, name in _YEARS if int(year) <= last), "2022 and later")
