"""The study ``correctness``: answers that pass their tests or not, same-task pairs, and false positives."""

from pathlib import Path

import numpy as np

from codeorigin_training.data.readers.specifications import read_specifications
from codeorigin_training.data.rows import limited, read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.run import Log, Run
from codeorigin_training.studies.correctness.config import CorrectnessConfig
from codeorigin_training.studies.correctness.measure import answers_section
from codeorigin_training.studies.correctness.product import (
    false_positives_section,
    first_years,
    pairs_section,
)
from codeorigin_training.studies.page import write_study
from codeorigin_training.studies.sample import deduplicated, open_detector, parts_of, seen_warning


def study(config: CorrectnessConfig, data: Path, run: Run, log: Log) -> None:
    """Measure the detector on answers that pass their tests or not, on same-task pairs, and its false positives.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken, or this system cannot isolate programs.
    """
    detector = open_detector(config.bundle, run)
    parts = parts_of(run, "correctness", config, data, log)
    model, warning = detector.bundle.model_id, seen_warning(detector)
    sections = []
    if config.run:
        sections.append(
            parts.get("answers", {"model": model}, lambda: answers_section(data, detector, config, log))
        )
    cleaned = deduplicated(data, run, log)
    everything = read_functions(cleaned)
    pairs = [each for each in read_specifications(cleaned, everything) if is_held_out(each.repo)]
    people = [row for row in everything if not row.label and is_held_out(row.repo)]
    rows = limited(people, config.per_repository)
    chosen = [rows[place] for place in np.random.default_rng(config.seed).permutation(len(rows))]
    chosen = chosen[: config.functions]
    sections += [
        parts.get("pairs", {"model": model}, lambda: pairs_section(pairs, detector, warning, config)),
        parts.get(
            "false-positives",
            {"model": model},
            lambda: false_positives_section(chosen, detector, warning, config, first_years(everything)),
        ),
    ]
    log(f"wrote {write_study(run, 'correctness', sections)}")
