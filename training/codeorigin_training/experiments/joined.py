"""How a bundle does on code that it has not seen: ``python -m codeorigin_training.experiments.joined BUNDLE DATA``.

Repositories that joined after a model's choices were made have no part in them, and published answers to tasks
(``snippets.parquet``) are in no training. The long table of its figures on these is printed as JSON; kept as
``training/experiments/joined-VERSION.json``, it is what the pages show.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from codeorigin_training.bundle.export import function_figures, in_contexts
from codeorigin_training.calibration.config import judged
from codeorigin_training.calibration.reference import reference_evidence
from codeorigin_training.data.filters import FilterConfig, filtered
from codeorigin_training.data.rows import SNIPPETS, labels_of, read_functions, read_snippets, rows_where
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.estimates import share
from codeorigin_training.metrics.populations import bands
from codeorigin_training.metrics.rankings import Bootstrap, era_figures
from codeorigin_training.metrics.table import PUBLISHED, PUBLISHED_HUMAN, Figure


def joined_figures(bundle: Path, data: Path) -> dict[str, object]:
    """Functions and repositories of ``data`` that ``bundle`` has not seen, and the table of its figures on them.

    Raises:
        CodeOriginError: bundle or data cannot be read.
    """
    detector, draws = Detector(bundle), Bootstrap()
    calibration = detector.bundle.calibration
    seen = SeenProjects.from_manifest(detector.bundle.manifest)
    everything, _ = filtered([row for row in read_functions(data) if row.repo not in seen], FilterConfig())
    logits = detector.logits(everything)
    counted = judged(everything, calibration)
    rows = rows_where(everything, counted)
    reference = None
    if (rule := calibration.reference) is not None:
        reference, _ = reference_evidence(
            everything,
            counted,
            rule,
            np.zeros(len(everything), dtype=bool),
            processes=1,
            general=detector.bundle.general_means({row.language for row in everything}),
        )
    figures = list(function_figures(everything, logits, calibration, draws, reference))
    for context, answers in in_contexts(rows, logits[counted], calibration).items():
        figures += era_figures(rows, answers.log_odds, context, draws)
    if (data / SNIPPETS).is_file():
        figures += published_figures(data / SNIPPETS, detector)
    return {
        "functions": len(everything),
        "repositories": len({row.project for row in everything}),
        "table": [figure.to_row(digits=4) for figure in figures],
    }


def published_figures(snippets: Path, detector: Detector) -> Iterator[Figure]:
    """The share of published answers in each band, by their own text, as means over tasks.

    Raises:
        CorpusError: the file cannot be read.
    """
    everything = list(read_snippets(snippets))
    rows = rows_where(everything, judged(everything, detector.bundle.calibration))
    labels, tasks = labels_of(rows), unit_numbers(rows)
    answers = detector.answers(rows, detector.logits(rows))
    for population, label in ((PUBLISHED, 1), (PUBLISHED_HUMAN, 0)):
        inside = np.flatnonzero(labels == label)
        for band, called in bands(answers).items():
            yield share(called[inside], tasks[inside]).named(population, "by_text", band)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(joined_figures(Path(sys.argv[1]), Path(sys.argv[2])), indent=1) + "\n")
