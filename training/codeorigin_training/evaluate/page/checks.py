"""Sections of the page that check the figures: baselines, learning curve, controls, explanations."""

from collections.abc import Sequence

from codeorigin_training.evaluate.page.components import (
    flag,
    heading,
    note,
    paragraph,
    plots,
    section,
    table,
)
from codeorigin_training.evaluate.page.plots import deletion_plot, learning_plot
from codeorigin_training.evaluate.page.wording import METHODS, interval, number, percent_interval
from codeorigin_training.evaluate.report import (
    BaselineFigures,
    Control,
    Faithfulness,
    LearningPoint,
    Neutral,
)


def baselines_section(rows: Sequence[BaselineFigures]) -> str:
    """The bundle compared with textbook detectors."""
    body = [
        [
            row.title,
            f"{row.functions:,}" if row.functions else "all",
            interval(row.old.auroc),
            percent_interval(row.old.tpr_at_1),
            interval(row.modern.auroc),
            percent_interval(row.modern.tpr_at_1),
            number(row.pairs),
        ]
        for row in rows
    ]
    return section(
        "Baselines",
        note(
            "Trained on functions of the same training repositories, with the same balancing of classes. Baselines "
            "with a number of functions were trained on that many, without pairs, and are measured on a sample of "
            "the held-out functions. The others were trained on the same data as the shipped model and are measured "
            "on all held-out functions; their figures are from the model's manifest."
        ),
        table(
            [
                "model",
                "trained on",
                "AUROC, old",
                "found at 1 % FP, old",
                "AUROC, modern",
                "found at 1 % FP, modern",
                "AUROC, all pairs",
            ],
            body,
        ),
    )


def learning_section(points: Sequence[LearningPoint]) -> str:
    """AUROC against the number of training repositories."""
    body = [
        [
            str(point.repositories),
            f"{point.functions:,}",
            ", ".join(number(value) for value in point.old),
            ", ".join(number(value) for value in point.modern),
        ]
        for point in points
    ]
    return section(
        "Learning curve by repositories",
        note("The word view alone, trained on nested random sets of repositories; one figure per seed."),
        plots(learning_plot(points)),
        table(["repositories", "functions", "AUROC, old", "AUROC, modern"], body),
    )


def controls_section(rows: Sequence[Control]) -> str:
    """Models that must not work."""
    body = [
        [
            control.title,
            interval(control.old),
            interval(control.modern),
            "none" if control.bound is None else f"0.5 ± {control.bound:g}",
            flag(not control.exceeded, "within", "over the bound")
            if control.bound is not None
            else "for comparison",
        ]
        for control in rows
    ]
    return section(
        "Controls",
        note(
            "Models that must not work. If one does, the split, the matching or the labels leak. There is no bound "
            "for layout that the shipped model cannot see; it shows why text is normalised."
        ),
        table(["control", "AUROC, old", "AUROC, modern", "bound", ""], body),
    )


def faithfulness_section(found: Faithfulness | None) -> str:
    """How well explanations match the model's behaviour."""
    if found is None:
        return ""
    parts = [
        note(
            f"{found.functions} functions of {found.units} held-out repositories; in logits towards the model's side. "
            "Comprehensiveness: what is lost without the strongest 10, 20 and 50 % of lines (higher is better). "
            "Sufficiency: what is lost with those alone (lower is better). Deletion area: mean of the curve (higher "
            "is better). The first way of removing lines is the reference: it is the model's score of the code "
            "without them. In the second, line occlusion is measured by its own definition."
        )
    ]
    for removal in found.removals:
        body = [
            [
                METHODS.get(method.method, method.method),
                interval(method.comprehensiveness),
                interval(method.sufficiency),
                interval(method.deletion_area),
            ]
            for method in removal.methods
        ]
        parts += [
            heading(removal.title.capitalize()),
            table(["order of lines", "comprehensiveness", "sufficiency", "deletion area"], body),
            plots(deletion_plot(found, removal)),
        ]
    demands = [
        [
            each.removal,
            f"shipped minus {METHODS[each.against]}",
            interval(each.difference),
            each.demand,
            flag(each.holds, "holds", "does not hold"),
        ]
        for each in found.comparisons
    ]
    parts.append(table(["lines are", "comprehensiveness", "difference", "demand", ""], demands))
    return section("Are explanations faithful to the model?", *parts)


def neutral_section(found: Neutral | None) -> str:
    """The neutral input that explanations start from."""
    if found is None:
        return ""
    verdict = flag(found.holds, "holds", "does not hold")
    return section(
        "Empty input",
        note(
            f"With all tokens masked and no n-grams, the logit is {found.distance:.3f} from the bias; at most "
            f"{found.bound:g} is allowed."
        ),
        paragraph(verdict),
    )
