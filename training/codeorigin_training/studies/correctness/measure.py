"""The correctness study: answers that pass, and what the detector says about them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.cells import interval, percent, percent_interval
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.intervals import mean, numbered
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.run import Log
from codeorigin_training.studies.correctness.answers import (
    SIZES,
    read_answers,
    run_answers,
    size_of,
    task_in_language,
)
from codeorigin_training.studies.correctness.bleu import bleu
from codeorigin_training.studies.correctness.by_task import at_k, over_tasks, within_tasks
from codeorigin_training.studies.correctness.config import CorrectnessConfig
from codeorigin_training.studies.correctness.likeliest import likeliest
from codeorigin_training.studies.correctness.ranking import CausalLanguageModel
from codeorigin_training.studies.correctness.tasks import task_of


def measure_answers(
    answers: Sequence[Row], passing: Booleans, detector: Detector, config: CorrectnessConfig, log: Log
) -> Section:
    """Answers that pass and that evade; scores and BLEU of ``passing`` ``(n,)`` and failing ones; size; likeliest."""
    units = numbered([task_in_language(answer) for answer in answers])
    logits = detector.logits(answers)
    evaded = evasions(answers, logits, detector)
    overlap = np.array([_bleu(answer) for answer in answers])
    tables = [
        _at_k(units, passing, evaded, config),
        _scores(units, passing, {"detector's logit": logits, "BLEU against a reference": overlap}, config),
        _sizes(answers, units, passing, logits, evaded, config),
    ]
    figures = [
        Figure.of("answers that pass", over_tasks(at_k(units, passing, 1), config)),
        *(
            Figure.of(f"answers that evade, {name}", over_tasks(at_k(units, each, 1), config))
            for name, each in evaded.items()
        ),
        Figure.of("AUROC of the detector's logit for passing", within_tasks(units, passing, logits, config)),
        Figure.of("AUROC of BLEU for passing", within_tasks(units, passing, overlap, config)),
    ]
    findings = [
        f"{percent(figures[0].value)} of {len(answers):,} answers to {units.max() + 1} tasks pass their tests.",
        f"{percent(1.0 - (figures[1].value or 0.0))} of the answers are called llm.",
    ]
    if config.language_model is not None:
        log(f"ranking by {config.language_model}")
        ranks = CausalLanguageModel(config.language_model).rank([answer.code for answer in answers])
        table, ranked, finding = likeliest(units, passing, ranks, config)
        tables.append(table)
        figures += ranked
        findings.append(finding)
    ks = [k for k in config.ks if k <= np.bincount(units).min()]
    return Section(
        title="Correctness: does passing its tests show",
        note=(
            "Published answers of many models to small tasks in Python and JavaScript, run in a sandbox against tests "
            "written for this project. Intervals are over tasks."
        ),
        findings=tuple(findings),
        tables=tuple(tables),
        charts=(
            Chart(
                "At least one of k published answers",
                ChartKind.LINE,
                "answers drawn",
                "chance",
                tuple(
                    Series(name, tuple(map(float, ks)), tuple(float(at_k(units, each, k).mean()) for k in ks))
                    for name, each in {"passes": passing, **evaded}.items()
                ),
            ),
        ),
        figures=tuple(figures),
    )


def answers_section(data: Path, detector: Detector, config: CorrectnessConfig, log: Log) -> Section:
    """Read the answers in the folder ``data``, run them and measure them.

    Raises:
        CorpusError: there are no answers.
        SandboxError: this system cannot isolate a program.
    """
    answers = read_answers(data, config.samples)
    log(f"running {len(answers)} answers")
    passing = np.array(run_answers(answers, config.seconds, config.workers, log), dtype=bool)
    return measure_answers(answers, passing, detector, config, log)


def evasions(answers: Sequence[Row], logits: Floats, detector: Detector) -> dict[str, Booleans]:
    """Definitions of evading the detector, and which answers do so, bool ``(n,)`` each."""
    said = detector.answers(answers, logits)
    return {
        "not called llm": ~said.llm,
        "probability below 1/2": said.probability < 0.5,
        "called human": said.human,
    }


def _bleu(answer: Row) -> float:
    task = task_of(answer.group)
    assert task is not None
    return bleu(answer.code, task.references[answer.language])


def _at_k(
    units: Integers, passing: Booleans, evaded: dict[str, Booleans], config: CorrectnessConfig
) -> TitledTable:
    smallest = int(np.bincount(units).min())
    rows = []
    kinds = {"passes its tests": passing, **{f"evades: {name}": each for name, each in evaded.items()}}
    kinds["passes and evades: not called llm"] = passing & evaded["not called llm"]
    for name, good in kinds.items():
        rows.append(
            (
                name,
                *(
                    percent_interval(over_tasks(at_k(units, good, k), config)) if k <= smallest else "–"
                    for k in config.ks
                ),
            )
        )
    return TitledTable(
        "At least one of k published answers",
        "The chance that one of k answers to a task does so, drawn from those of all its generators, as a mean over "
        "tasks. It is no model's pass@k: most generators have only one or two answers to a task.",
        ("at least one", *(f"of {k}" for k in config.ks)),
        tuple(rows),
    )


def _scores(
    units: Integers, passing: Booleans, scores: dict[str, Floats], config: CorrectnessConfig
) -> TitledTable:
    rows = []
    for name, values in scores.items():
        found = within_tasks(units, passing, values, config)
        rows.append(
            (name, f"{values[passing].mean():.2f}", f"{values[~passing].mean():.2f}", interval(found))
        )
    return TitledTable(
        "Passing against failing answers",
        "The AUROC is the mean over tasks that have both: 0.5 says nothing, below it failing answers score higher.",
        ("score", "mean, passing", "mean, failing", "AUROC for passing"),
        tuple(rows),
    )


def _sizes(
    answers: Sequence[Row],
    units: Integers,
    passing: Booleans,
    logits: Floats,
    evaded: dict[str, Booleans],
    config: CorrectnessConfig,
) -> TitledTable:
    sizes = np.array([size_of(answer.generator) for answer in answers])
    rows = []
    for size in SIZES:
        inside = sizes == size
        if not inside.any():
            continue
        passed, called, scored = (
            mean(units[inside], values[inside], config)
            for values in (passing, ~evaded["not called llm"], logits)
        )
        rows.append(
            (
                size,
                f"{inside.sum():,}",
                percent_interval(passed),
                percent_interval(called),
                interval(scored, 2),
            )
        )
    return TitledTable(
        "By the generator's size",
        "",
        ("parameters", "answers", "pass", "called llm", "mean logit"),
        tuple(rows),
    )
