"""Parts of the evaluation report that check its figures: baselines, learning curve, controls, explanations."""

from collections.abc import Sequence

from codeorigin_training.report.cells import interval, number, percent_interval
from codeorigin_training.report.contents import (
    BaselineFigures,
    Control,
    Faithfulness,
    LearningPoint,
    Neutral,
)
from codeorigin_training.report.document import Block, Heading, Paragraph, Picture, Table
from codeorigin_training.report.names import METHODS
from codeorigin_training.report.plots import deletion_plot, learning_plot


def baselines_section(rows: Sequence[BaselineFigures]) -> list[Block]:
    """Textbook detectors, on a sample."""
    if not rows:
        return []
    return [
        Heading("Baselines on a sample"),
        Paragraph(
            "Trained on that many functions of the same training repositories, with the same balancing of classes but "
            "without pairs, and measured on a sample of the held-out functions. The baselines in the first table were "
            "trained on the same data as the shipped model.",
            "note",
        ),
        Table(
            (
                "model",
                "trained on",
                "AUROC, old",
                "found at 1 % FP, old",
                "AUROC, modern",
                "found at 1 % FP, modern",
                "AUROC, all pairs",
            ),
            [
                (
                    row.title,
                    f"{row.functions:,}",
                    interval(row.old.auroc),
                    percent_interval(row.old.tpr_at_1),
                    interval(row.modern.auroc),
                    percent_interval(row.modern.tpr_at_1),
                    number(row.pairs),
                )
                for row in rows
            ],
        ),
    ]


def learning_section(points: Sequence[LearningPoint]) -> list[Block]:
    """AUROC against the number of training repositories."""
    if not points:
        return []
    return [
        Heading("Learning curve by repositories"),
        Paragraph(
            "The word view alone, trained on nested random sets of repositories; one figure per seed.", "note"
        ),
        Picture("", learning_plot(points)),
        Table(
            ("repositories", "functions", "AUROC, old", "AUROC, modern"),
            [
                (
                    str(point.repositories),
                    f"{point.functions:,}",
                    ", ".join(number(value) for value in point.old),
                    ", ".join(number(value) for value in point.modern),
                )
                for point in points
            ],
        ),
    ]


def controls_section(rows: Sequence[Control]) -> list[Block]:
    """Models that must not work."""
    if not rows:
        return []
    return [
        Heading("Controls"),
        Paragraph(
            "Models that must not work. If one does, the split, the matching or the labels leak. There is no bound "
            "for layout that the shipped model cannot see; it shows why text is normalised.",
            "note",
        ),
        Table(
            ("control", "AUROC, old", "AUROC, modern", "bound", ""),
            [
                (
                    control.title,
                    interval(control.old),
                    interval(control.modern),
                    "none" if control.bound is None else f"0.5 ± {control.bound:g}",
                    "for comparison"
                    if control.bound is None
                    else "**over the bound**"
                    if control.exceeded
                    else "within",
                )
                for control in rows
            ],
        ),
    ]


def faithfulness_section(found: Faithfulness | None) -> list[Block]:
    """How well explanations match the model's behaviour."""
    if found is None:
        return []
    blocks: list[Block] = [
        Heading("Are explanations faithful to the model?"),
        Paragraph(
            f"{found.functions} functions of {found.units} held-out repositories; in logits towards the model's side. "
            "Comprehensiveness: what is lost without the strongest 10, 20 and 50 % of lines (higher is better). "
            "Sufficiency: what is lost with those alone (lower is better). Deletion area: mean of the curve (higher "
            "is better). The first way of removing lines is the reference: it is the model's score of the code "
            "without them. In the second, line occlusion is measured by its own definition.",
            "note",
        ),
    ]
    for removal in found.removals:
        blocks += [
            Heading(removal.title.capitalize(), 3),
            Table(
                ("order of lines", "comprehensiveness", "sufficiency", "deletion area"),
                [
                    (
                        METHODS.get(method.method, method.method),
                        interval(method.comprehensiveness),
                        interval(method.sufficiency),
                        interval(method.deletion_area),
                    )
                    for method in removal.methods
                ],
            ),
            Picture("", deletion_plot(found, removal)),
        ]
    demands = [
        (
            each.removal,
            f"shipped minus {METHODS[each.against]}",
            interval(each.difference),
            each.demand,
            _verdict(holds=each.holds),
        )
        for each in found.comparisons
    ]
    return [*blocks, Table(("lines are", "comprehensiveness", "difference", "demand", ""), demands)]


def neutral_section(found: Neutral | None) -> list[Block]:
    """The neutral input that explanations start from."""
    if found is None:
        return []
    return [
        Heading("Empty input"),
        Paragraph(
            f"With all tokens masked and no n-grams, the logit is {found.distance:.3f} from the bias; at most "
            f"{found.bound:g} is allowed: {_verdict(holds=found.holds)}."
        ),
    ]


def _verdict(*, holds: bool) -> str:
    return "holds" if holds else "**does not hold**"
