"""The study ``representations``: source, syntax tree and control flow, detectors on each, evidence by construct."""

from functools import partial
from pathlib import Path

from codeorigin_training.run import Log, Run
from codeorigin_training.studies.page import write_study
from codeorigin_training.studies.representations.config import RepresentationsConfig
from codeorigin_training.studies.representations.measure import (
    constructs_section,
    detectors_section,
    relations_section,
)
from codeorigin_training.studies.sample import deduplicated, open_detector, parts_of, read_sides, seen_warning


def study(config: RepresentationsConfig, data: Path, run: Run, log: Log) -> None:
    """Measure relations of source, tree and flow, detectors on each, and the shipped model's evidence by construct.

    Parts already measured with the same settings and data are read from ``studies/representations/parts``.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken.
    """
    detector = open_detector(config.bundle, run)
    data = deduplicated(data, run, log)
    parts = parts_of(run, "representations", config, data, log)
    sides = partial(read_sides, data, per_repository=config.per_repository, seed=config.seed)
    small = sides(train=config.functions, test=config.test_functions)
    large = sides(train=config.detector_functions, test=config.detector_test_functions)
    explained = large.test[: config.explained_functions]
    warning = seen_warning(detector)
    model = {"model": detector.bundle.model_id}
    sections = [
        parts.get("relations", {}, lambda: relations_section(small.train, small.test, config, log)),
        parts.get("detectors", {}, lambda: detectors_section(large.train, large.test, config, log)),
        parts.get("constructs", model, lambda: constructs_section(explained, detector, warning, config, log)),
    ]
    log(f"wrote {write_study(run, 'representations', sections)}")
