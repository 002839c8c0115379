"""The study ``correctness``: answers that pass their tests or not, same-task pairs, and false positives."""

import numpy as np

from codeorigin_training.data.readers.specifications import read_specifications
from codeorigin_training.data.rows import limited, read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.report.section import Section
from codeorigin_training.studies.correctness.config import CorrectnessConfig
from codeorigin_training.studies.correctness.measure import answers_section
from codeorigin_training.studies.correctness.product import (
    false_positives_section,
    first_years,
    pairs_section,
)
from codeorigin_training.studies.frame import Frame


def study(config: CorrectnessConfig, frame: Frame) -> list[Section]:
    """Measure the detector on answers that pass their tests or not, on same-task pairs, and its false positives.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken, or this system cannot isolate programs.
    """
    detector, warning, log = frame.detector, frame.warning, frame.log
    everything = read_functions(frame.corpus)
    pairs = [each for each in read_specifications(frame.corpus, everything) if is_held_out(each.repo)]
    people = [row for row in everything if not row.label and is_held_out(row.repo)]
    rows = limited(people, config.per_repository)
    chosen = [rows[place] for place in np.random.default_rng(config.seed).permutation(len(rows))]
    chosen = chosen[: config.functions]
    first = first_years(everything)
    measures = {
        "answers": lambda: answers_section(frame.data, detector, config, log),
        "pairs": lambda: pairs_section(pairs, detector, warning, config),
        "false-positives": lambda: false_positives_section(chosen, detector, warning, config, first),
    }
    return [frame.part(name, each) for name, each in measures.items() if config.run or name != "answers"]
