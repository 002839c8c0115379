"""Renders report.html from the report: one page, without scripts or external resources."""

from collections.abc import Callable, Sequence

from codeorigin_training.evaluate.page.checks import (
    baselines_section,
    controls_section,
    faithfulness_section,
    learning_section,
    neutral_section,
)
from codeorigin_training.evaluate.page.components import (
    details,
    fine,
    heading,
    note,
    page,
    plots,
    problem_list,
    section,
    table,
)
from codeorigin_training.evaluate.page.false_positives import commits_section, false_positives_section
from codeorigin_training.evaluate.page.in_files import in_files_section
from codeorigin_training.evaluate.page.plots import (
    breakdown_plot,
    matrix_plot,
    reliability_plot,
    roc_plot,
)
from codeorigin_training.evaluate.page.wording import (
    METHODS,
    PERTURBED,
    interval,
    number,
    percent,
    percent_interval,
)
from codeorigin_training.evaluate.report import (
    Breakdown,
    HeldOut,
    MatrixRow,
    Report,
    Subject,
    TransferRow,
)
from codeorigin_training.measure.figures import Figures

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


def render(report: Report) -> str:
    """The whole page as HTML."""
    subject = report.subject
    parts = [
        heading(f"How well {subject.model} works", 1),
        note(
            f"Corpus {subject.data[:12]}; {subject.training_repositories} repositories for training, "
            f"{subject.held_out_repositories} held out. Intervals are 90 %, by bootstrap over repositories (over "
            "tasks for snippets). Compared classes are matched within language, test code and length. A dash means "
            "too few functions, or no threshold."
        ),
        _problems(report),
    ]
    makers: tuple[tuple[object, Callable[[], str]], ...] = (
        (report.held_out, lambda: _held_out(report.held_out)),
        (report.false_positives, lambda: false_positives_section(report)),
        (report.commits, lambda: commits_section(report)),
        (report.in_files, lambda: in_files_section(report.in_files)),
        (report.matrix, lambda: _matrix(report.matrix)),
        (report.transfer, lambda: _transfer(report.transfer)),
        (report.held_out, lambda: _breakdowns(report.held_out)),
        (report.baselines, lambda: baselines_section(report.baselines)),
        (report.learning_curve, lambda: learning_section(report.learning_curve)),
        (report.controls, lambda: controls_section(report.controls)),
        (report.faithfulness, lambda: faithfulness_section(report.faithfulness)),
        (report.neutral, lambda: neutral_section(report.neutral)),
    )
    parts += [make() for found, make in makers if found]
    parts.append(note(f"Settings: {subject.settings}"))
    return page(f"Evaluation of {subject.model}", *parts)


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
        else f"was fitted or calibrated on {subject.seen} of the {subject.held_out_repositories} held-out repositories, "
        "so the figures are too good; measure its twin, in the run's folder measured"
    )
    return [f"{subject.model} {known}."]


def _problems(report: Report) -> str:
    found = problems(report)
    if not found and not (report.controls and report.faithfulness and report.neutral):
        return ""
    if not found:
        return fine("All controls are within their bounds, and all requirements are met.")
    return problem_list("To be read first", found)


def _held_out(found: HeldOut | None) -> str:
    if found is None:
        return ""
    rows = [
        ["human functions called llm, before mid-2021", percent_interval(found.old_rate)],
        ["human functions called llm, 2021-07 to 2022-11", percent_interval(found.modern_rate)],
        ["LLM functions called llm", percent_interval(found.found)],
        ["LLM functions called human", percent_interval(found.llm_called_human)],
        ["human functions called human", percent_interval(found.human_called_human)],
        ["all functions, unsure", percent_interval(found.unsure)],
    ]
    return section(
        "At the shipped thresholds",
        note(
            f"{found.functions:,} functions of {found.units} held-out repositories. All repositories weigh the same, "
            f"whatever their number of functions. The threshold promises at most {percent(found.promised_rate, 1)} of "
            f"a new repository's human functions. The curves are for {found.drawn:,} functions drawn from these."
        ),
        table(["repositories weighing alike", "share"], rows),
        plots(roc_plot(found), reliability_plot(found)),
    )


def _matrix(rows: Sequence[MatrixRow]) -> str:
    raw = [[row.title + _in_order(row), *_cells(row.raw)] for row in rows]
    return section(
        "Kinds of code",
        note(
            "The bundle as shipped, on raw text. Where the model's manifest has a figure for a kind of code, it is "
            "shown here. Repositories seen in training show what a random split would suggest. Files are pooled by "
            "the bundle's rule for files."
        ),
        table(["kind of code", *_COLUMNS], raw),
        plots(matrix_plot(rows)),
        heading("Under perturbations"),
        note(
            "The same change is applied to both classes. The loss is the AUROC of raw minus perturbed functions, so "
            "positive values mean that something was lost. In the plot it is subtracted from the raw figure."
        ),
        *_perturbed_tables(rows),
    )


def _perturbed_tables(rows: Sequence[MatrixRow]) -> tuple[str, str]:
    body = [
        [
            row.title,
            PERTURBED.get(each.perturbation, each.perturbation),
            interval(each.loss),
            percent(each.changed, 0),
            *_cells(each.figures),
        ]
        for row in rows
        for each in row.perturbed
    ]
    everything = table(["kind of code", "perturbation", "AUROC lost", "changed", *_COLUMNS], body)
    return details("All figures under perturbations", everything), table(*_loss_grid(rows))


def _loss_grid(rows: Sequence[MatrixRow]) -> tuple[list[str], list[list[str]]]:
    names = list(dict.fromkeys(each.perturbation for row in rows for each in row.perturbed))
    body: list[list[str]] = []
    for row in rows:
        losses = {each.perturbation: interval(each.loss) for each in row.perturbed}
        body.append([row.title, *(losses.get(name, "–") for name in names)])
    return ["AUROC lost", *(PERTURBED.get(name, name) for name in names)], body


def _transfer(rows: Sequence[TransferRow]) -> str:
    body = [
        [
            row.without.title,
            number(row.auroc_with),
            *_cells(row.without.raw)[:3],
            *_cells(row.without.raw)[6:],
        ]
        for row in rows
    ]
    return section(
        "Unseen agents and languages",
        note(
            "This is not the shipped model, which has seen them all, but a linear model over words. It was trained "
            "for this report without the agent or the language, and is measured on it. “With” is the same model "
            "trained with it, on the same functions. It has no thresholds."
        ),
        table(["left out", "AUROC with", *_COLUMNS[:3], *_COLUMNS[6:]], body),
        *_perturbed_tables([row.without for row in rows]),
    )


def _breakdowns(found: HeldOut | None) -> str:
    if found is None or not found.breakdowns:
        return ""
    properties: dict[str, list[Breakdown]] = {}
    for each in found.breakdowns:
        properties.setdefault(each.property, []).append(each)
    tables = [
        table([name, *_COLUMNS], [[each.value, *_cells(each.figures)] for each in every])
        for name, every in properties.items()
    ]
    return section(
        "By language, length, code and agent",
        note(
            "Compared with human code of all eras. An agent's code is compared with the human code of all "
            f"repositories. The figures are for {found.drawn:,} functions drawn from the held-out ones; the model "
            "card has figures for all."
        ),
        plots(breakdown_plot(found.breakdowns)),
        *tables,
    )


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
