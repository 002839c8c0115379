"""Published answers to tasks that have tests: which of them pass, and what the detector says about them."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy.stats import hypergeom

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import SNIPPETS, Row, numbered, read_snippets
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.estimates import Rounds, mean
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.metrics.table import Estimate
from codeorigin_training.report.cells import percent, percent_interval, pivot
from codeorigin_training.report.section import Section
from codeorigin_training.studies.correctness.sandbox import check_isolation
from codeorigin_training.studies.correctness.tasks import Task, passes, runnable_languages, task_of

_KS = (1, 2, 5, 10, 20)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_ORDERS = 4


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


def answers_section(answers: Sequence[Row], passing: Booleans, detector: Detector, config: Rounds) -> Section:
    """Answers that pass and that evade the detector, and scores and BLEU of ``passing`` ``(n,)`` and failing ones."""
    units = numbered([_unit(answer) for answer in answers])
    logits = detector.logits(answers)
    said = detector.answers(answers, logits)
    kinds = {
        "passes its tests": passing,
        "evades: not called llm": ~said.llm,
        "evades: probability below 1/2": said.probability < 0.5,
        "evades: called human": said.human,
        "passes and evades: not called llm": passing & ~said.llm,
    }
    scores = {
        "the detector's logit": logits,
        "BLEU": np.array([bleu(row.code, _task(row).references[row.language]) for row in answers]),
    }
    ks = [k for k in _KS if k <= np.bincount(units).min()]
    drawn = [
        over_tasks(at_k(units, good, k), config).named(kind, f"of {k}", "at least one")
        for kind, good in kinds.items()
        for k in ks
    ]
    areas = [
        within_tasks(units, passing, values, config).named(name, "", "AUROC for passing")
        for name, values in scores.items()
    ]
    means = [
        Estimate(float(values[inside].mean())).named(name, "", f"mean, {side}")
        for name, values in scores.items()
        for side, inside in (("passing", passing), ("failing", ~passing))
    ]
    return Section(
        title="Correctness: does passing its tests show",
        note=(
            "Published answers of many models to small tasks in Python and JavaScript, run in a sandbox against tests "
            "written for this project. Intervals are over tasks."
        ),
        findings=(
            f"{percent(drawn[0].value)} of {len(answers):,} answers to {units.max() + 1} tasks pass their tests.",
            f"{percent(1.0 - float(at_k(units, ~said.llm, 1).mean()))} of the answers are called llm.",
        ),
        tables=(
            pivot(
                drawn,
                percent_interval,
                title="At least one of k published answers",
                note=(
                    "The chance that one of k answers to a task does so, drawn from those of all its generators, as a "
                    "mean over tasks. It is no model's pass@k: most generators have only one or two answers to a task."
                ),
                corner="at least one",
                columns=lambda figure: figure.context,
            ),
            pivot(
                [*means, *areas],
                title="Passing against failing answers",
                note=(
                    "The AUROC is the mean over tasks that have both: 0.5 says nothing, below it failing answers score "
                    "higher. BLEU is against a reference."
                ),
                corner="score",
            ),
        ),
        figures=(*drawn, *means, *areas),
    )


def at_k(units: Integers, good: Booleans, k: int) -> Floats:
    """The chance that at least one of ``k`` answers to a task is ``good`` ``(n,)``, for each of ``units`` ``(tasks,)``.

    ``units`` ``(n,)`` are the tasks' numbers. This is pass@k if all answers are of one model; those to a task here are
    not, so it is not called that.

    Source: Chen et al., "Evaluating Large Language Models Trained on Code" (2021), section 2.1, equation 1.
    """
    chances: Floats = hypergeom.sf(0, np.bincount(units), np.bincount(units, good), k)
    return chances


def over_tasks(values: Floats, config: Rounds) -> Estimate:
    """The mean of one value per task, ``(tasks,)``, with an interval; a task that is drawn twice counts twice."""
    return mean(np.arange(len(values), dtype=np.int64), values, config)


def within_tasks(units: Integers, good: Booleans, values: Floats, config: Rounds) -> Estimate:
    """Mean AUROC of ``values`` for ``good`` over the tasks that have both, all ``(n,)``."""
    by_task = np.array(
        [auroc(good[units == unit].astype(np.int64), values[units == unit]) for unit in np.unique(units)]
    )
    return over_tasks(by_task[np.isfinite(by_task)], config)


def bleu(candidate: str, reference: str) -> float:
    """BLEU-4 with one reference, 0 to 1; an order without a match counts as half a match.

    Source: Papineni et al. (ACL 2002), section 2.3; smoothing by Chen and Cherry (WMT 2014), method 1.
    """
    found, wanted = _TOKEN.findall(candidate), _TOKEN.findall(reference)
    if not found or not wanted:
        return 0.0
    logs = []
    for order in range(1, min(_ORDERS, len(found), len(wanted)) + 1):
        ours, theirs = _ngrams(found, order), _ngrams(wanted, order)
        matches = sum(min(count, theirs[ngram]) for ngram, count in ours.items())
        logs.append(math.log((matches or 0.5) / sum(ours.values())))
    brevity = min(0.0, 1.0 - len(wanted) / len(found))
    return math.exp(brevity + sum(logs) / len(logs))


def _ngrams(tokens: list[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[start : start + order]) for start in range(len(tokens) - order + 1))


def _unit(answer: Row) -> str:
    """The unit of an answer: its task in its language."""
    return f"{answer.group} {answer.language}"


def _task(answer: Row) -> Task:
    task = task_of(answer.group)
    assert task is not None
    return task
