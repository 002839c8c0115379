"""The gain from judging functions in their files, and the cost in files with several authors."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.calibrate.context import file_numbers, mixed_file_numbers
from codeorigin_training.corpus.rows import Row
from codeorigin_training.evaluate.config import EvaluateConfig
from codeorigin_training.evaluate.report import (
    InFileRates,
    InFileRow,
    InFilesReport,
    Rates,
)
from codeorigin_training.measure.answers import Answers, InFiles, answers_in_files
from codeorigin_training.measure.data import unit_numbers
from codeorigin_training.measure.detector import Detector
from codeorigin_training.measure.figures import (
    Sample,
    auroc_statistic,
    estimate,
    measure,
)
from codeorigin_training.measure.files import holds_both
from codeorigin_training.measure.shares import UNSURE, judged_shares, share_estimates
from codeorigin_training.measure.slices import Slice, era_slices, inside_slice

_MIXED_SHARE = 0.5
AS_THEY_ARE = "files as the corpus has them"
MIXED = "half of the LLM functions of repositories with both classes moved into human-written files"
_IN_MIXED = "files that hold both classes, functions too short for a verdict among them"


def measure_in_files(rows: Sequence[Row], detector: Detector, config: EvaluateConfig) -> InFilesReport:
    """Measure all held-out ``rows`` by their own text and in their files, with a bundle that has a rule for files.

    A function without neighbours is judged by its own text in both cases. The corpus only has a sample of a file's
    functions, while an editor has all of them.

    Raises:
        ValueError: the bundle has no rule for functions in their files.
    """
    logits = detector.logits(rows)
    own = detector.answers(rows, logits)
    found: list[tuple[str, InFiles]] = []
    for title, files in (
        (AS_THEY_ARE, file_numbers(rows)),
        (MIXED, mixed_file_numbers(rows, _MIXED_SHARE, config.seed)),
    ):
        judged = answers_in_files(rows, logits, detector.bundle.calibration, files)
        if judged is None:
            raise ValueError("the bundle has no rule for functions in their files")
        found.append((title, judged))
    most, seed = config.slice_functions, config.seed
    slices = [*era_slices(rows, most, seed), inside_slice(rows, most, seed)]
    places = {id(row): number for number, row in enumerate(rows)}
    everywhere = np.ones(len(rows), dtype=bool)
    both = holds_both(file_numbers(rows), np.array([row.label for row in rows], dtype=np.int64))
    rates = [_rates(title, rows, own, judged.answers, everywhere, config) for title, judged in found]
    if both.any():
        rates.append(_rates(_IN_MIXED, rows, own, found[0][1].answers, both, config))
    return InFilesReport(
        functions=len(rows),
        heard=float(found[0][1].heard.mean()),
        rows=tuple(
            _row(title, each, np.array([places[id(row)] for row in each.rows]), logits, own, judged, config)
            for title, judged in found
            for each in slices
            if len(set(each.labels.tolist())) == 2
        ),
        rates=tuple(rates),
    )


def _row(
    title: str,
    each: Slice,
    index: Integers,
    logits: Floats,
    own: Answers,
    judged: InFiles,
    config: EvaluateConfig,
) -> InFileRow:
    alone = Sample(each.labels, each.groups, logits[index], own.take(index), each.within)
    in_file = replace(alone, logits=judged.log_odds[index], answers=judged.answers.take(index))
    before, after = auroc_statistic(alone), auroc_statistic(in_file)

    def gain(drawn: Integers) -> Floats:
        return np.array([after(drawn) - before(drawn)])

    return InFileRow(
        files=title,
        name=each.name,
        title=each.title,
        alone=measure(alone, rounds=config.rounds, seed=config.seed),
        in_file=measure(in_file, rounds=config.rounds, seed=config.seed),
        gain=estimate(alone.groups, gain, rounds=config.rounds, seed=config.seed)[0],
    )


def _rates(
    title: str, rows: Sequence[Row], own: Answers, in_file: Answers, among: Booleans, config: EvaluateConfig
) -> InFileRates:
    """Shares at the shipped thresholds, with equal weight for each repository."""
    groups = unit_numbers(rows)
    ways = []
    for answers in (own, in_file):
        shares = judged_shares(rows, answers, among)
        found = share_estimates(shares, groups, rounds=config.rounds, seed=config.seed)
        ways.append(Rates(*(found[name] for name in _RATES)))
    return InFileRates(files=title, functions=int(among.sum()), alone=ways[0], in_file=ways[1])


_RATES = ("false_positive_rate_old", "false_positive_rate_modern", "true_positive_rate", UNSURE)
