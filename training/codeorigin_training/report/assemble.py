"""Assembles all sections of a report in order, each cached with what it depends on."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import TypeVar

from codeorigin_training.arrays import Floats
from codeorigin_training.data.augmentation import Augmentation
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.data import EvaluationData, cap_per_repository
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.slices import Slice, matrix_slices
from codeorigin_training.report.baselines.word_view import TrainingSet
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.contents import (
    BaselineFigures,
    Control,
    Faithfulness,
    HeldOut,
    LearningPoint,
    MatrixRow,
    Neutral,
    Report,
    Subject,
    TransferRow,
    build_of,
)
from codeorigin_training.report.section_cache import Sections
from codeorigin_training.report.sections.at_thresholds import measure_held_out
from codeorigin_training.report.sections.baselines import baselines
from codeorigin_training.report.sections.controls import controls
from codeorigin_training.report.sections.faithfulness import faithfulness
from codeorigin_training.report.sections.learning_curve import learning_curve
from codeorigin_training.report.sections.matrix import AnswerRule, matrix_rows
from codeorigin_training.report.sections.neutral import neutral
from codeorigin_training.report.sections.transfer import transfer_rows
from codeorigin_training.run import Log

Value = TypeVar("Value")

_INPUTS: Mapping[str, tuple[str, ...]] = {
    "held_out": ("held_out_functions", "slice_functions", "rounds"),
    "matrix": (
        "perturbations",
        "slice_functions",
        "perturbed_functions",
        "file_functions",
        "fewest_of_generator",
        "generator_functions",
        "rounds",
    ),
    "transfer": (
        "perturbations",
        "slice_functions",
        "perturbed_functions",
        "agents",
        "languages",
        "train_per_repository",
        "rounds",
    ),
    "learning_curve": ("learning_sizes", "learning_seeds", "train_per_repository", "slice_functions"),
    "controls": ("train_per_repository", "slice_functions", "rounds"),
    "baselines": ("baseline_functions", "slice_functions", "rounds"),
    "faithfulness": ("faithfulness_functions", "rounds"),
    "neutral": (),
}
"""Settings that each section depends on, besides the seed."""

_PATHS = ("bundle", "data", "snippets")


class _Training:
    """The training rows for models of the report; their n-grams are extracted on first use."""

    def __init__(self, data: EvaluationData, config: EvaluateConfig) -> None:
        self._data, self._config = data, config

    @cached_property
    def words(self) -> TrainingSet:
        rows = cap_per_repository(self._data.train, self._config.train_per_repository, self._config.seed)
        return TrainingSet.of(rows, processes=self._config.processes)


def assemble(
    detector: Detector,
    data: EvaluationData,
    config: EvaluateConfig,
    augmentations: Mapping[str, Augmentation],
    sections: Sections,
    log: Log,
) -> Report:
    """Measure the sections in ``config.sections``, or take them from the cache ``sections``."""
    training = _Training(data, config)
    settings = asdict(config)
    judge = AnswerRule(detector.pool, lambda each, logits: _answers(detector, each, logits))

    def take(name: str, kind: type[Value], make: Callable[[], Value]) -> Value | None:
        if name not in config.sections:
            return None
        inputs = {key: settings[key] for key in ("seed", *_INPUTS[name])}
        return sections.get(name, kind, inputs, make)

    def matrix() -> tuple[MatrixRow, ...]:
        slices = matrix_slices(data, config)
        rows = matrix_rows(slices, detector, judge, config, augmentations, log, name="shipped")
        return tuple(rows)

    return Report(
        subject=_subject(detector, data, settings),
        held_out=take("held_out", HeldOut, lambda: measure_held_out(data.held_out, detector, config)),
        matrix=take("matrix", tuple[MatrixRow, ...], matrix) or (),
        transfer=take(
            "transfer",
            tuple[TransferRow, ...],
            lambda: transfer_rows(training.words, data.held_out, config, augmentations, log),
        )
        or (),
        learning_curve=take(
            "learning_curve",
            tuple[LearningPoint, ...],
            lambda: learning_curve(training.words, data.held_out, config, log),
        )
        or (),
        controls=take(
            "controls",
            tuple[Control, ...],
            lambda: controls(training.words, data.held_out, config, log),
        )
        or (),
        baselines=take(
            "baselines",
            tuple[BaselineFigures, ...],
            lambda: baselines(data.train, data.held_out, data.pairs, config, log),
        )
        or (),
        faithfulness=take(
            "faithfulness", Faithfulness, lambda: faithfulness(data.held_out, detector, config, log)
        ),
        neutral=take("neutral", Neutral, lambda: neutral(detector)),
    )


def _answers(detector: Detector, each: Slice, logits: Floats) -> Answers | None:
    if each.is_files:
        return detector.file_answers([row.language for row in each.rows], logits)
    return detector.answers(each.rows, logits)


def _subject(detector: Detector, data: EvaluationData, settings: Mapping[str, object]) -> Subject:
    sizes = {name: value for name, value in settings.items() if name not in _PATHS}
    shown = [f"{name} {_text(value)}" for name, value in sizes.items()]
    seen = SeenProjects.from_manifest(detector.bundle.manifest)
    return Subject(
        model=detector.bundle.model_id,
        digest=detector.bundle.digest,
        data=data.digest,
        training_repositories=len({row.unit for row in data.train}),
        held_out_repositories=len({row.unit for row in data.held_out}),
        settings=", ".join(shown),
        build=build_of(detector.bundle.manifest),
        seen=None if seen is None else len({row.unit for row in data.held_out if row.repo in seen}),
    )


def _text(value: object) -> str:
    return " ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)
