"""The sections of the evaluation report, in order, each with the settings that it depends on."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from codeorigin_training.arrays import Floats
from codeorigin_training.data.augmentation import AUGMENTATIONS
from codeorigin_training.metrics.answers import Answers, answers_of
from codeorigin_training.metrics.data import EvaluationData, cap_per_repository
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.config import SECTIONS, EvaluateConfig
from codeorigin_training.report.parts import MeasuredParts
from codeorigin_training.report.section import Section
from codeorigin_training.report.sections.controls import TrainingSet, controls
from codeorigin_training.report.sections.curves import curves
from codeorigin_training.report.sections.faithfulness import faithfulness
from codeorigin_training.report.sections.matrix import AnswerRule, matrix_rows, matrix_section
from codeorigin_training.report.slices import Slice, matrix_slices
from codeorigin_training.run import Log

_INPUTS: Mapping[str, tuple[str, ...]] = {
    "held_out": ("held_out_functions", "slice_functions", "rounds"),
    "matrix": (
        *("perturbations", "slice_functions", "perturbed_functions", "file_functions"),
        *("fewest_of_generator", "generator_functions", "rounds"),
    ),
    "controls": ("train_per_repository", "slice_functions", "rounds"),
    "faithfulness": ("faithfulness_functions", "rounds"),
}
"""Settings that each section depends on, besides the seed."""


@dataclass(frozen=True)
class _Subject:
    """What is measured; the n-grams of the training rows are extracted on first use."""

    detector: Detector
    data: EvaluationData
    config: EvaluateConfig
    log: Log

    @cached_property
    def words(self) -> TrainingSet:
        rows = cap_per_repository(self.data.train, self.config.train_per_repository, self.config.seed)
        return TrainingSet.of(rows, processes=self.config.processes)

    def matrix(self) -> Section:
        judge = AnswerRule(self.detector.pool, self._answers)
        slices = matrix_slices(self.data, self.config)
        return matrix_section(matrix_rows(slices, self.detector, judge, self.config, AUGMENTATIONS, self.log))

    def _answers(self, subset: Slice, logits: Floats) -> Answers | None:
        if not subset.is_files:
            return self.detector.answers(subset.rows, logits)
        rule = self.detector.bundle.calibration.file
        return None if rule is None else answers_of(subset.rows, logits, rule.scale)


def assemble(
    detector: Detector, data: EvaluationData, config: EvaluateConfig, parts: MeasuredParts, log: Log
) -> dict[str, Section]:
    """Measure the sections in ``config.sections``, or take them from ``parts``."""
    subject, settings = _Subject(detector, data, config, log), asdict(config)
    measures: Mapping[str, Callable[[], Section]] = {
        "held_out": lambda: curves(data.held_out, detector, config),
        "matrix": subject.matrix,
        "controls": lambda: controls(subject.words, data.held_out, config, log),
        "faithfulness": lambda: faithfulness(data.held_out, detector, config, log),
    }
    return {
        name: parts.get(name, {key: settings[key] for key in ("seed", *_INPUTS[name])}, measures[name])
        for name in SECTIONS
        if name in config.sections
    }
