"""The command ``evaluate``: measures a bundle as shipped and writes a report."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.folder import MANIFEST
from codeorigin_training.arrays import Floats
from codeorigin_training.data.augmentation import AUGMENTATIONS
from codeorigin_training.data.rows import Row
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.files import write_atomically
from codeorigin_training.metrics.answers import Answers, answers_of
from codeorigin_training.metrics.data import EvaluationData, cap_per_repository, read_evaluation_data
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.test_set import keep_test_set
from codeorigin_training.report.config import SECTIONS, EvaluateConfig
from codeorigin_training.report.evaluation import Report, Subject, build_of, problems, render
from codeorigin_training.report.parts import MeasuredParts
from codeorigin_training.report.section import Section, read_json, write_json
from codeorigin_training.report.sections.controls import TrainingSet, controls
from codeorigin_training.report.sections.curves import curves, drawn_places
from codeorigin_training.report.sections.faithfulness import faithfulness
from codeorigin_training.report.sections.matrix import AnswerRule, matrix_rows, matrix_section
from codeorigin_training.report.slices import Slice, matrix_slices
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import Tracker, tracked

REPORT, PAGE = "report.json", "report.html"
_PATHS = ("bundle", "data", "snippets")


def evaluate(config: EvaluateConfig, run: Run, log: Log) -> None:
    """Measure a bundle, and write report.json and report.html to ``run.evaluation``.

    The bundle is ``config.bundle``, or by default the run's, as fitted without the held-out repositories.

    Sections already measured with the same bundle, corpus and sizes are not measured again; they are cached below
    ``run.evaluation / "sections"``. If there are no sections to measure, the page is rendered again from the existing
    report and the bundle's manifest.

    Raises:
        CodeOriginError: the bundle or the corpus is missing or broken.
    """
    folder = run.evaluation
    # The shipped bundle may have been fitted on the held-out repositories; its twin was not.
    twin = run.twin if run.twin.is_dir() else run.bundle
    bundle = config.bundle or run.needs(twin, "export")
    if not config.sections:
        write_page(folder, bundle)
        return
    corpus = config.data or run.needs(run.corpus, "corpus")
    detector = Detector(bundle, threads=config.threads)
    data = read_evaluation_data(corpus, config.snippets, all_snippets=config.all_snippets)
    log(
        f"{detector.bundle.model_id}: {len(data.train)} functions of training repositories, "
        f"{len(data.held_out)} held out, {len(data.pairs) // 2} pairs, {len(data.snippets)} snippets"
    )
    inputs = {"bundle": detector.bundle.digest, "data": data.digest, "all_snippets": config.all_snippets}
    with tracked(run, "evaluate", config) as tracker:
        sections = assemble(detector, data, config, MeasuredParts(folder / "sections", inputs, log), log)
        report = Report(_subject(detector, data, asdict(config)), sections)
        write_json(folder / REPORT, report)
        write_page(folder, bundle)
        tracker.artifact(folder / PAGE)
        if run.track:
            _keep_figures(detector, data.held_out, config, tracker)
    for problem in problems(report):
        log(problem)
    log(f"wrote {folder / REPORT} and {PAGE}")


def write_page(folder: Path, bundle: Path) -> None:
    """Write report.html from the report.json in ``folder`` and the figures in the manifest of ``bundle``.

    Raises:
        CodeOriginError: there is no report, its structure is not the current one, or the bundle is of another build.
    """
    report = read_json(Report, folder / REPORT, "not a report; run the command with its sections")
    try:
        manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
        # Names and versions of other builds are often the same.
        if not report.subject.build or report.subject.build != build_of(manifest):
            raise CodeOriginError(
                f"{folder / REPORT}: is of {report.subject.model}, not of the build of {bundle}; run the command with "
                "its sections"
            )
        page = render(report, manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CodeOriginError(f"{bundle / MANIFEST}: broken manifest ({error!r}); export it again") from error
    write_atomically(folder / PAGE, page)


def _keep_figures(
    detector: Detector, held_out: Sequence[Row], config: EvaluateConfig, tracker: Tracker
) -> None:
    """Track the standard figures on the functions of the report's curves."""
    rows = [held_out[int(place)] for place in drawn_places(len(held_out), config)]
    keep_test_set(tracker, rows, detector.answers(rows, detector.logits(rows)).probability)


def _subject(detector: Detector, data: EvaluationData, settings: Mapping[str, Any]) -> Subject:
    shown = [f"{name} {_text(value)}" for name, value in settings.items() if name not in _PATHS]
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
class _Measures:
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
    subject, settings = _Measures(detector, data, config, log), asdict(config)
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
