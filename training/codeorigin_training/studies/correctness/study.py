"""The study ``correctness``: whether passing its tests shows, what misleads the detector on pairs, false positives."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydantic.dataclasses import dataclass

from codeorigin_training.arrays import Floats
from codeorigin_training.configuration import STRICT, Count, Positive
from codeorigin_training.data.comments import with_comments_of, without_comments
from codeorigin_training.data.rows import Row, limited, numbered, read_functions
from codeorigin_training.data.specifications import Specification, read_specifications
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.estimates import Rounds, pair_estimates, share
from codeorigin_training.report.cells import interval, percent_interval, pivot, share_cell
from codeorigin_training.report.section import Section
from codeorigin_training.studies.correctness.answers import answers_section, read_answers, run_answers
from codeorigin_training.studies.frame import Frame

_YEARS = ((2012, "up to 2012"), (2016, "2013 to 2016"), (2019, "2017 to 2019"), (2021, "2020 and 2021"))
_FEWEST = 8

Change = Callable[[str, str, str], str]
"""A function's code, that of the other one of its pair, and their language -> code."""


@dataclass(frozen=True, config=STRICT)
class CorrectnessConfig:
    """What is run, and what the detector is measured on.

    ``samples`` answers of each task and language are run, ``workers`` at a time, each for at most ``seconds`` of CPU
    time; set ``run`` to false to skip this part on systems without a sandbox. ``bundle`` is the detector; its false
    positives are counted on ``functions`` human functions, at most ``per_repository`` from each repository.
    """

    samples: Count = 40
    seconds: Positive = 5.0
    workers: Count = 2
    run: bool = True
    bundle: Path | None = None
    functions: Count = 12_000
    per_repository: Count = 80
    rounds: Count = 200
    seed: int = 13


def study(config: CorrectnessConfig, frame: Frame) -> list[Section]:
    """Measure the detector on answers that pass their tests or not, on same-task pairs, and its false positives.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken, or this system cannot isolate programs.
    """
    detector, log = frame.detector, frame.log
    everything = read_functions(frame.corpus)
    pairs = [pair for pair in read_specifications(frame.corpus, everything) if is_held_out(pair.repo)]
    rows = limited(
        [row for row in everything if not row.label and is_held_out(row.repo)], config.per_repository
    )
    order = np.random.default_rng(config.seed).permutation(len(rows))[: config.functions]
    people = [rows[place] for place in order]

    def answers() -> Section:
        found = read_answers(frame.data, config.samples)
        log(f"running {len(found)} answers")
        passing = run_answers(found, config.seconds, config.workers)
        log(f"{passing.sum()} of {len(found)} answers pass")
        return answers_section(found, passing, detector, config)

    return [
        *([frame.part("answers", answers)] if config.run else []),
        frame.part("pairs", lambda: pairs_section(pairs, detector, frame.warnings, config)),
        frame.part("false-positives", lambda: false_positives_section(people, detector, frame.warnings)),
    ]


def pairs_section(
    pairs: Sequence[Specification], detector: Detector, warnings: tuple[str, ...], config: Rounds
) -> Section:
    """AUROC over same-task pairs: as they are, without comments, and with comments exchanged."""

    def scored(change: Change) -> list[Floats]:
        """Logits ``(n,)`` of the human functions and of the LLM's, each as ``change`` makes it with the other one."""
        sides = [
            [(pair.human_code, pair.llm_code) for pair in pairs],
            [(pair.llm_code, pair.human_code) for pair in pairs],
        ]
        return [
            detector.score_texts(
                [
                    (change(code, other, pair.language), pair.language)
                    for (code, other), pair in zip(side, pairs, strict=True)
                ]
            )
            for side in sides
        ]

    whole = scored(lambda code, _, __: code)
    bare = scored(lambda code, _, language: without_comments(code, language)[0])
    groups = numbered([pair.repo for pair in pairs])
    cases = {
        "as they are": whole,
        "comments of both left out": bare,
        "comments of the two exchanged": scored(with_comments_of),
    }
    figures = [
        found.named(name, "", statistic)
        for name, (human, llm) in cases.items()
        for statistic, found in zip(
            ("AUROC", "in order"), pair_estimates(human, llm, groups, config), strict=True
        )
    ]
    areas = [interval(figure) for figure in figures if figure.statistic == "AUROC"]
    return Section(
        title="Same-task pairs: what misleads the detector",
        note=(
            "A person's function and the one that a model wrote from a specification of it, both of held-out "
            "repositories. Exchanged: each function with the lines of comments and docstrings of the other."
        ),
        findings=(
            *warnings,
            f"AUROC {areas[0]}, {areas[1]} without the lines of comments, {areas[2]} with them exchanged.",
        ),
        tables=(
            pivot(
                figures,
                lambda figure: interval(figure) if figure.statistic == "AUROC" else percent_interval(figure),
                corner="pairs",
                rows=lambda figure: f"{figure.population} ({figure.n})",
            ),
        ),
        figures=tuple(figures),
    )


def false_positives_section(rows: Sequence[Row], detector: Detector, warnings: tuple[str, ...]) -> Section:
    """Human functions called ``llm``, by the year of the code."""
    called, projects = detector.answers(rows, detector.logits(rows)).llm, unit_numbers(rows)
    years = np.array([year_of(row) for row in rows])
    figures = [
        share(called[inside], projects[inside]).named(year, "by_text", "called llm")
        for year in sorted(set(years.tolist()), key=lambda name: (not name.startswith("up to"), name))
        if (inside := years == year).sum() >= _FEWEST
    ]
    return Section(
        title="False positives, by year",
        note=(
            "Human functions of held-out repositories at the bundle's own thresholds, each by its own text, "
            "repositories weighing alike."
        ),
        findings=warnings,
        tables=(
            pivot(
                figures,
                share_cell,
                corner="human functions",
                rows=lambda figure: f"{figure.population} ({figure.n:,})",
            ),
        ),
        figures=tuple(figures),
    )


def year_of(row: Row) -> str:
    """The range of years in which a function was written, from its commit's date; ``not known`` without a date."""
    # "<2021-07-01" means at some time before.
    year = row.date.removeprefix("<")[:4]
    if not year.isdigit():
        return "not known"
    return next((name for last, name in _YEARS if int(year) <= last), "2022 and later")
