"""Published answers to tasks that have tests: which of them pass, and what the detector says about them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy.stats import hypergeom

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import SNIPPETS, Row, numbered, read_snippets
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.cells import interval, percent, percent_interval
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.intervals import Draws, mean
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.studies.correctness.bleu import bleu
from codeorigin_training.studies.correctness.sandbox import check_isolation
from codeorigin_training.studies.correctness.tasks import Task, passes, runnable_languages, task_of

_KS = (1, 2, 5, 10, 20)


def read_answers(data: Path, samples: int) -> list[Row]:
    """At most ``samples`` answers for each task and language with tests and an interpreter.

    Raises:
        CorpusError: the file is missing or lacks a column.
    """
    known = runnable_languages()
    found: dict[str, list[Row]] = {}
    for answer in read_snippets(data / SNIPPETS, advice="leave this part out with --set run=false"):
        if answer.language in known and task_of(answer.group) is not None:
            inside = found.setdefault(_unit(answer), [])
            if len(inside) < samples:
                inside.append(answer)
    return [answer for _, inside in sorted(found.items()) for answer in inside]


def run_answers(answers: Sequence[Row], seconds: float, workers: int) -> Booleans:
    """Whether each answer passes its task's tests, ``(n,)``.

    Raises:
        SandboxError: this system cannot isolate a program; none was run.
    """
    check_isolation()
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(lambda answer: passes(_task(answer), answer.code, answer.language, seconds), answers)
        return np.array(list(found), dtype=bool)


def answers_section(answers: Sequence[Row], passing: Booleans, detector: Detector, draws: Draws) -> Section:
    """Answers that pass and that evade the detector, and scores and BLEU of ``passing`` ``(n,)`` and failing ones."""
    units = numbered([_unit(answer) for answer in answers])
    logits = detector.logits(answers)
    said = detector.answers(answers, logits)
    evaded = {
        "not called llm": ~said.llm,
        "probability below 1/2": said.probability < 0.5,
        "called human": said.human,
    }
    scores = {
        "the detector's logit": logits,
        "BLEU": np.array([bleu(row.code, _task(row).references[row.language]) for row in answers]),
    }
    areas = {name: within_tasks(units, passing, values, draws) for name, values in scores.items()}
    passed = over_tasks(at_k(units, passing, 1), draws)
    evading = {name: over_tasks(at_k(units, good, 1), draws) for name, good in evaded.items()}
    kinds = {
        "passes its tests": passing,
        **{f"evades: {name}": good for name, good in evaded.items()},
        "passes and evades: not called llm": passing & evaded["not called llm"],
    }
    ks = [k for k in _KS if k <= np.bincount(units).min()]
    return Section(
        title="Correctness: does passing its tests show",
        note=(
            "Published answers of many models to small tasks in Python and JavaScript, run in a sandbox against tests "
            "written for this project. Intervals are over tasks."
        ),
        findings=(
            f"{percent(passed.value)} of {len(answers):,} answers to {units.max() + 1} tasks pass their tests.",
            f"{percent(1.0 - (evading['not called llm'].value or 0.0))} of the answers are called llm.",
        ),
        tables=(
            TitledTable(
                "At least one of k published answers",
                "The chance that one of k answers to a task does so, drawn from those of all its generators, as a mean "
                "over tasks. It is no model's pass@k: most generators have only one or two answers to a task.",
                ("at least one", *(f"of {k}" for k in ks)),
                tuple(
                    (name, *(percent_interval(over_tasks(at_k(units, good, k), draws)) for k in ks))
                    for name, good in kinds.items()
                ),
            ),
            TitledTable(
                "Passing against failing answers",
                "The AUROC is the mean over tasks that have both: 0.5 says nothing, below it failing answers score "
                "higher. BLEU is against a reference.",
                ("score", "mean, passing", "mean, failing", "AUROC for passing"),
                tuple(
                    (
                        name,
                        f"{values[passing].mean():.2f}",
                        f"{values[~passing].mean():.2f}",
                        interval(areas[name]),
                    )
                    for name, values in scores.items()
                ),
            ),
        ),
        charts=(
            Chart(
                "At least one of k published answers",
                ChartKind.LINE,
                "answers drawn",
                "chance",
                tuple(
                    Series(name, tuple(map(float, ks)), tuple(float(at_k(units, good, k).mean()) for k in ks))
                    for name, good in kinds.items()
                ),
            ),
        ),
        figures=(
            Figure.of("answers that pass", passed),
            *(Figure.of(f"answers that evade, {name}", estimate) for name, estimate in evading.items()),
            *(Figure.of(f"AUROC of {name} for passing", estimate) for name, estimate in areas.items()),
        ),
    )


def at_k(units: Integers, good: Booleans, k: int) -> Floats:
    """The chance that at least one of ``k`` answers to a task is ``good`` ``(n,)``, for each of ``units`` ``(tasks,)``.

    ``units`` ``(n,)`` are the tasks' numbers. This is pass@k if all answers are of one model; those to a task here are
    not, so it is not called that.

    Source: Chen et al., "Evaluating Large Language Models Trained on Code" (2021), section 2.1, equation 1.
    """
    chances: Floats = hypergeom.sf(0, np.bincount(units), np.bincount(units, good), k)
    return chances


def over_tasks(values: Floats, draws: Draws) -> Estimate:
    """The mean of one value per task, ``(tasks,)``, with an interval; a task that is drawn twice counts twice."""
    return mean(np.arange(len(values), dtype=np.int64), values, draws)


def within_tasks(units: Integers, good: Booleans, values: Floats, draws: Draws) -> Estimate:
    """Mean AUROC of ``values`` for ``good`` over the tasks that have both, all ``(n,)``."""
    by_task = np.array(
        [auroc(good[units == unit].astype(np.int64), values[units == unit]) for unit in np.unique(units)]
    )
    return over_tasks(by_task[np.isfinite(by_task)], draws)


def _unit(answer: Row) -> str:
    """The unit of an answer: its task in its language."""
    return f"{answer.group} {answer.language}"


def _task(answer: Row) -> Task:
    task = task_of(answer.group)
    assert task is not None
    return task
