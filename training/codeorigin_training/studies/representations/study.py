"""The study ``representations``: source, syntax tree and control flow, detectors on each, evidence by construct."""

from codeorigin_training.report.section import Section
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.representations.config import RepresentationsConfig
from codeorigin_training.studies.representations.measure import (
    constructs_section,
    detectors_section,
    relations_section,
)


def study(config: RepresentationsConfig, frame: Frame) -> list[Section]:
    """Measure relations of source, tree and flow, detectors on each, and the shipped model's evidence by construct.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken.
    """
    detector, warning, log = frame.detector, frame.warning, frame.log
    small = frame.sides(train=config.functions, test=config.test_functions)
    large = frame.sides(train=config.detector_functions, test=config.detector_test_functions)
    explained = large.test[: config.explained_functions]
    return [
        frame.part("relations", lambda: relations_section(small.train, small.test, config, log)),
        frame.part("detectors", lambda: detectors_section(large.train, large.test, config, log)),
        frame.part("constructs", lambda: constructs_section(explained, detector, warning, config, log)),
    ]
