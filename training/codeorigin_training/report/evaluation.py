"""The evaluation report as a document: the manifest's figures, and what only the report measures."""

from collections.abc import Mapping, Sequence
from typing import Any

from codeorigin_training.metrics.figures import Figures
from codeorigin_training.report.card import slice_sections, verdict_sections
from codeorigin_training.report.cells import interval, number, percent, percent_interval
from codeorigin_training.report.checks import (
    baselines_section,
    controls_section,
    faithfulness_section,
    learning_section,
    neutral_section,
)
from codeorigin_training.report.commits import commit_sections
from codeorigin_training.report.contents import (
    Breakdown,
    HeldOut,
    MatrixRow,
    Report,
    Subject,
    TransferRow,
)
from codeorigin_training.report.document import (
    Block,
    Bullets,
    Details,
    Heading,
    Paragraph,
    Picture,
    Table,
    html,
)
from codeorigin_training.report.human_code import human_code_sections
from codeorigin_training.report.names import METHODS, PERTURBED
from codeorigin_training.report.plots import breakdown_plot, loss_plot, reliability_plot, roc_plot
from codeorigin_training.report.separation import in_file_sections, interval_note, quality_table

_COLUMNS = (
    "AUROC",
    "found at 1 % FP",
    "found at 0.1 % FP",
    "FP at the threshold",
    "calibration error",
    "unsure",
    "items",
    "repositories",
)
_OF_MANIFEST = ("old", "modern", "inside", "pairs", "written_pairs", "files_old", "files_modern")
"""Rows of the matrix that the manifest has figures for, of all held-out functions. Here only their losses count."""


def render(report: Report, manifest: Mapping[str, Any]) -> str:
    """The page as HTML; ``manifest`` is that of the bundle, or of its twin or the bundle that it is the twin of."""
    subject = report.subject
    blocks: list[Block] = [
        Heading(f"How well {subject.model} works", 1),
        Paragraph(
            f"Corpus {subject.data[:12]}; {subject.training_repositories} repositories for training, "
            f"{subject.held_out_repositories} held out. Intervals are 90 %, by bootstrap over repositories (over "
            "tasks for snippets). Compared classes are matched within language, test code and length. A dash means "
            "too few functions, or no threshold.",
            "note",
        ),
        *_problems(report),
        *_of_manifest(manifest),
        *_held_out(report.held_out),
        *_matrix(report.matrix),
        *_transfer(report.transfer),
        *baselines_section(report.baselines),
        *learning_section(report.learning_curve),
        *controls_section(report.controls),
        *faithfulness_section(report.faithfulness),
        *neutral_section(report.neutral),
        Paragraph(f"Settings: {subject.settings}", "note"),
    ]
    return html(f"Evaluation of {subject.model}", blocks)


def problems(report: Report) -> list[str]:
    """What a reader must know first: code that the model knows, controls over their bound, demands that do not hold."""
    found = _not_blind(report.subject)
    found += [
        (
            f"Control above its bound: {control.title}: AUROC {number(control.old.value)} (old human code), "
            f"{number(control.modern.value)} (modern); allowed is {control.bound} from 0.5."
        )
        for control in report.controls
        if control.exceeded
    ]
    if report.faithfulness:
        found += [
            f"Explanations ({comparison.removal}), compared with {METHODS[comparison.against]}: "
            f"not “{comparison.demand}”."
            for comparison in report.faithfulness.comparisons
            if not comparison.holds
        ]
    if report.neutral and not report.neutral.holds:
        found.append(
            f"An empty input scores {report.neutral.distance:.2f} logits from the bias, more than "
            f"{report.neutral.bound:g}."
        )
    return found


def _not_blind(subject: Subject) -> list[str]:
    if subject.seen == 0:
        return []
    known = (
        "does not say what it was fitted on; if it knows the held-out repositories, all figures are too good"
        if subject.seen is None
        else f"was fitted or calibrated on {subject.seen} of the {subject.held_out_repositories} held-out "
        "repositories, so the figures are too good; measure its twin, in the run's folder twin"
    )
    return [f"{subject.model} {known}."]


def _problems(report: Report) -> list[Block]:
    if found := problems(report):
        return [Bullets(found, "To be read first")]
    if report.controls and report.faithfulness and report.neutral:
        return [Paragraph("All controls are within their bounds, and all requirements are met.", "fine")]
    return []


def _of_manifest(manifest: Mapping[str, Any]) -> list[Block]:
    """The figures on all held-out functions, as on the model card; empty for a bundle that has none."""
    metrics = manifest.get("metrics") or {}
    if "held_out" not in metrics:
        return []
    return [
        Heading("On all held-out functions"),
        Paragraph(f"These are the figures of the model's manifest. {interval_note(metrics)}", "note"),
        quality_table(metrics),
        *verdict_sections(manifest),
        *in_file_sections(metrics, 2),
        *human_code_sections(manifest),
        *commit_sections(manifest),
        *slice_sections(metrics),
    ]


def _held_out(found: HeldOut | None) -> list[Block]:
    if found is None:
        return []
    properties: dict[str, list[Breakdown]] = {}
    for each in found.breakdowns:
        properties.setdefault(each.property, []).append(each)
    return [
        Heading("Curves, and figures by language, length, code and agent"),
        Paragraph(
            f"Of {found.drawn:,} functions drawn from {found.functions:,} of {found.units} held-out repositories, "
            "compared with human code of all eras. An agent's code is compared with the human code of all repositories.",
            "note",
        ),
        Picture("", roc_plot(found)),
        Picture("", reliability_plot(found)),
        *([Picture("", breakdown_plot(found.breakdowns))] if found.breakdowns else []),
        *(
            Table((name, *_COLUMNS), [(each.value, *_cells(each.figures)) for each in every])
            for name, every in properties.items()
        ),
    ]


def _matrix(rows: Sequence[MatrixRow]) -> list[Block]:
    if not rows:
        return []
    own = [row for row in rows if row.name not in _OF_MANIFEST]
    return [
        Heading("Other kinds of code"),
        Paragraph(
            "The bundle as shipped, on raw text. Repositories seen in training show what a random split would suggest. "
            "Files are pooled by the bundle's rule for files.",
            "note",
        ),
        Table(("kind of code", *_COLUMNS), [(row.title + _in_order(row), *_cells(row.raw)) for row in own]),
        Heading("Under perturbations", 3),
        Paragraph(
            "The same change is applied to both classes. The loss is the AUROC of raw minus perturbed functions, so "
            "positive values mean that something was lost.",
            "note",
        ),
        Picture("", loss_plot(rows)),
        *_perturbed_tables(rows),
    ]


def _perturbed_tables(rows: Sequence[MatrixRow]) -> list[Block]:
    names = list(dict.fromkeys(each.perturbation for row in rows for each in row.perturbed))
    if not names:
        return []
    losses = [{each.perturbation: interval(each.loss) for each in row.perturbed} for row in rows]
    everything = [
        (
            row.title,
            PERTURBED.get(each.perturbation, each.perturbation),
            interval(each.loss),
            percent(each.changed, 0),
            *_cells(each.figures),
        )
        for row in rows
        for each in row.perturbed
    ]
    return [
        Table(
            ("AUROC lost", *(PERTURBED.get(name, name) for name in names)),
            [
                (row.title, *(lost.get(name, "-") for name in names))
                for row, lost in zip(rows, losses, strict=True)
            ],
        ),
        Details(
            "All figures under perturbations",
            Table(("kind of code", "perturbation", "AUROC lost", "changed", *_COLUMNS), everything),
        ),
    ]


def _transfer(rows: Sequence[TransferRow]) -> list[Block]:
    if not rows:
        return []
    return [
        Heading("Unseen agents and languages"),
        Paragraph(
            "This is not the shipped model, which has seen them all, but a linear model over words. It was trained "
            "for this report without the agent or the language, and is measured on it. “With” is the same model "
            "trained with it, on the same functions. It has no thresholds.",
            "note",
        ),
        Table(
            ("left out", "AUROC with", *_COLUMNS[:3], *_COLUMNS[6:]),
            [
                (
                    row.without.title,
                    number(row.auroc_with),
                    *_cells(row.without.raw)[:3],
                    *_cells(row.without.raw)[6:],
                )
                for row in rows
            ],
        ),
        *_perturbed_tables([row.without for row in rows]),
    ]


def _cells(figures: Figures) -> list[str]:
    return [
        interval(figures.auroc),
        percent_interval(figures.tpr_at_1, 0),
        percent_interval(figures.tpr_at_01, 0),
        percent_interval(figures.false_positive_rate),
        number(figures.calibration_error.value),
        percent(figures.unsure.value, 0),
        f"{figures.items:,}",
        f"{figures.units:,}",
    ]


def _in_order(row: MatrixRow) -> str:
    return "" if row.in_order is None else f"; in order {percent_interval(row.in_order, 0)}"
