"""The command ``evaluate``: measures a bundle as shipped and writes a report."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.folder import MANIFEST
from codeorigin.report.page import page
from codeorigin_training.data.rows import limited
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.metrics.data import EvaluationData, read_evaluation_data
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.table import Table
from codeorigin_training.report import tables
from codeorigin_training.report.cells import SHARE_NOTE
from codeorigin_training.report.comments import comments_lost
from codeorigin_training.report.config import SECTIONS, EvaluateConfig
from codeorigin_training.report.controls import controls
from codeorigin_training.report.faithfulness import faithfulness
from codeorigin_training.report.pages import rendered
from codeorigin_training.report.section import Section, read_json, write_json
from codeorigin_training.run import Run, write_atomically
from codeorigin_training.tracking import tracked

REPORT, PAGE = "report.json", "report.html"
_OTHERS = ("bundle", "data", "sections", "processes")
"""Settings that no figure depends on, as bundle and data are known by their digests."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The model that was measured, and the data.

    ``build`` is the hash of what the model was made from (:func:`build_of`), which it shares with its twin. ``seen`` is
    how many of the held-out repositories it was fitted or calibrated on.
    """

    model: str
    digest: str
    data: str
    training_repositories: int
    held_out_repositories: int
    settings: str
    build: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What report.json holds: the sections that were asked for, by name and in order."""

    subject: Subject
    sections: Mapping[str, Section]


def evaluate(config: EvaluateConfig, run: Run) -> None:
    """Measure a bundle, and write report.json and report.html to ``run.evaluation``.

    The bundle is ``config.bundle``, or by default the run's, as fitted without the held-out repositories.

    Sections already measured with the same bundle, corpus and sizes are not measured again. If there are no sections
    to measure, the page is rendered again from the existing report and the bundle's manifest.

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
    detector = Detector(bundle)
    data = read_evaluation_data(corpus)
    run.log(
        f"{detector.bundle.model_id}: {len(data.train)} functions of training repositories, "
        f"{len(data.held_out)} held out, {len(data.pairs) // 2} pairs"
    )
    with tracked(run, "evaluate", config) as tracker:
        report = Report(_subject(detector, data, config), measured(detector, data, config, run))
        write_json(folder / REPORT, report)
        write_page(folder, bundle)
        tracker.artifact(folder / PAGE)
    for problem in problems(report):
        run.log(problem)
    run.log(f"wrote {folder / REPORT} and {PAGE}")


def measured(
    detector: Detector, data: EvaluationData, config: EvaluateConfig, run: Run
) -> dict[str, Section]:
    """The sections in ``config.sections``, measured or taken from the cache of ``run``."""

    training = limited(data.train, config.train_per_repository)
    measures = {
        "comments": lambda: comments_lost(data, detector.logits, config),
        "controls": lambda: controls(training, data.held_out, config, run.log),
        "faithfulness": lambda: faithfulness(data.held_out, detector, config, run.log),
    }
    inputs = [detector.bundle.digest, data.digest, _sizes(config)]
    return {
        name: run.cached(f"evaluation, {name}", inputs, measures[name])
        for name in SECTIONS
        if name in config.sections
    }


def _sizes(config: EvaluateConfig) -> dict[str, Any]:
    return {name: value for name, value in asdict(config).items() if name not in _OTHERS}


def _subject(detector: Detector, data: EvaluationData, config: EvaluateConfig) -> Subject:
    seen = SeenProjects.from_manifest(detector.bundle.manifest)
    return Subject(
        model=detector.bundle.model_id,
        digest=detector.bundle.digest,
        data=data.digest,
        training_repositories=len({row.unit for row in data.train}),
        held_out_repositories=len({row.unit for row in data.held_out}),
        settings=", ".join(f"{name} {value}" for name, value in _sizes(config).items()),
        build=build_of(detector.bundle.manifest),
        seen=len({row.unit for row in data.held_out if row.repo in seen}),
    )


def build_of(manifest: Mapping[str, Any]) -> str:
    """Hash of the corpus, logits and calibration that a bundle was made from; empty if its manifest does not say."""
    inputs = manifest.get("data", {}).get("inputs")
    return "" if inputs is None else hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


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
        html = render(report, manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CodeOriginError(f"{bundle / MANIFEST}: broken manifest ({error!r}); export it again") from error
    write_atomically(folder / PAGE, html)


def render(report: Report, manifest: Mapping[str, Any]) -> str:
    """The page as HTML; ``manifest`` is that of the bundle, or of its twin or the bundle that it is the twin of."""
    subject = report.subject
    lead = (
        (
            f"Corpus {subject.data[:12]}; {subject.training_repositories} repositories for training, "
            f"{subject.held_out_repositories} held out. Intervals are 90 %, by bootstrap over repositories. "
            "Compared classes are matched within language, test code and length. A dash means too few "
            "functions, or no threshold."
        ),
        f"Settings: {subject.settings}",
    )
    sections = [*_of_manifest(manifest), *report.sections.values()]
    return page_of(f"How well {subject.model} works", sections, lead, problems(report), by=subject.model)


def page_of(
    title: str, sections: Sequence[Section], lead: Sequence[str], first: Sequence[str] = (), *, by: str = ""
) -> str:
    """A whole page without scripts or external resources: ``lead``, what must be read ``first``, and ``sections``.

    All texts are escaped. ``by`` names the model in the footer.
    """
    return "".join(page(title, [rendered("body.html.j2", sections=sections, lead=lead, problems=first)], by))


def problems(report: Report) -> list[str]:
    """What a reader must know first: code that the model knows, controls over their bound, demands that do not hold."""
    subject = report.subject
    known = []
    if subject.seen:
        known.append(
            f"{subject.model} was fitted or calibrated on {subject.seen} of the {subject.held_out_repositories} "
            "held-out repositories, so the figures are too good; measure its twin, in the run's folder twin."
        )
    return [*known, *(text for section in report.sections.values() for text in section.problems)]


def _of_manifest(manifest: Mapping[str, Any]) -> Iterator[Section]:
    """The figures on all held-out functions, as on the model card; none for a bundle that has none."""
    metrics = manifest.get("metrics") or {}
    if not metrics.get("held_out"):
        return
    held_out, out_of_fold = Table(metrics["held_out"]), Table(metrics["out_of_fold"])
    contexts = tables.contexts(held_out)
    ways = [way for way in ("in_file", "by_text") if held_out.languages(way)]
    yield Section(
        "What to expect",
        f"Shares are means over projects. {SHARE_NOTE}",
        tables=(contexts, *(tables.languages(held_out, way) for way in ways)),
    )
    yield Section("Terms", "", tuple(rendered("terms.txt").splitlines()))
    yield Section(
        "How well the two are told apart",
        "Functions by their own text, whole files and commits of four functions or more; means over ten draws.",
        tables=(tables.ranking(held_out),),
    )
    settings = (
        tables.settings(held_out, "Held-out repositories"),
        tables.settings(out_of_fold, "Out of fold, training repositories"),
    )
    yield Section(
        "By setting",
        "LLM functions against human ones of 2021-22. *Agents in people's projects*: both from the same projects. "
        "*Repositories that agents built* have no human code in the corpus.",
        tables=tuple(table for table in settings if table.rows),
    )
