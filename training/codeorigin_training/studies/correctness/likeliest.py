"""How often the likeliest of k answers, according to a causal language model, passes."""

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.report.cells import interval, percent, percent_interval
from codeorigin_training.report.section import Figure, TitledTable
from codeorigin_training.studies.correctness.by_task import at_k, best_at_k, over_tasks, within_tasks
from codeorigin_training.studies.correctness.config import CorrectnessConfig


def likeliest(
    units: Integers, passing: Booleans, ranks: Floats, config: CorrectnessConfig
) -> tuple[TitledTable, list[Figure], str]:
    """A table, its figures and a sentence on ranking answers by their mean log-probabilities ``ranks``, all ``(n,)``.

    An answer without a log-probability (NaN) ranks last.

    Source: Chen et al., "Evaluating Large Language Models Trained on Code" (2021), section 3.3 and figure 7.
    """
    known = np.nan_to_num(ranks, nan=-np.finfo(np.float64).max)
    one = at_k(units, passing, 1)
    smallest = int(np.bincount(units).min())
    told = within_tasks(units, passing, known, config)
    rows: list[tuple[str, ...]] = []
    figures = [Figure.of("AUROC of the mean log-probability for passing", told)]
    gains: list[tuple[int, Estimate]] = []
    for k in config.ks:
        if not 1 < k <= smallest:
            continue
        picked = best_at_k(units, passing, known, k)
        best, gain = over_tasks(picked, config), over_tasks(picked - one, config)
        gains.append((k, gain))
        figures += [
            Figure.of(f"passes, the likeliest of {k} answers", best),
            Figure.of(f"passes, the likeliest of {k} answers less one at random", gain),
        ]
        reached = percent_interval(over_tasks(at_k(units, passing, k), config))
        rows.append((f"{k}", percent_interval(best), percent_interval(gain), reached))
    table = TitledTable(
        "Picking one of k by a language model's mean log-probability",
        f"One at random: {percent_interval(over_tasks(one, config))}. The model reads the answer alone, without the "
        f"task's text, which the data lack. Its AUROC for passing, as above: {interval(told)}.",
        ("k", "the likeliest passes", "less one at random", "the best"),
        tuple(rows),
    )
    return table, figures, _finding(gains)


def _finding(gains: list[tuple[int, Estimate]]) -> str:
    if not gains:
        return "Too few answers a task to pick one by a language model."
    k, gain = gains[-1]
    if gain.low is None or gain.high is None or gain.low <= 0.0 <= gain.high:
        return f"Picking the likeliest of {k} makes no measurable difference: it passes as often as one at random."
    more = "more" if (gain.value or 0.0) > 0 else "less"
    return (
        f"The likeliest of {k} passes {more} often than one at random, by {percent(abs(gain.value or 0.0))}."
    )
