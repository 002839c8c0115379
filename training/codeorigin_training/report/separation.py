"""Tables of how well a model tells LLM-written from human-written functions, from a bundle's manifest."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.metrics.ranking import OVER_DRAWS
from codeorigin_training.report.cells import NOTHING, number, percent, ranked, share_cell
from codeorigin_training.report.document import Block, Heading, Paragraph, Table

_SETS = (
    ("old_human", "against human code before mid-2021"),
    ("modern_human", "against human code of 2021-07 to 2022-11"),
)
_RANKINGS = (("auroc", "AUROC", 3), ("tpr_at_1_fpr", "found at 1 % false positives,", 2))

POPULATIONS = {
    "old": "before mid-2021",
    "modern": "2021-07 to 2022-11",
    "distribution": "a distribution's packages",
}
"""The populations of human code, as headings."""

RATES = (
    ("false_positive_rate_old", "human functions called `llm`, before mid-2021"),
    ("false_positive_rate_modern", "human functions called `llm`, 2021-07 to 2022-11"),
    ("true_positive_rate", "LLM functions called `llm`"),
    ("llm_called_human", "LLM functions called `human`"),
    ("human_called_human", "human functions called `human`"),
    ("unsure", "all functions, `unsure` (mean over functions)"),
)

FEWEST = 40
"""Minimum number of matched items, both classes together, for a ranking figure to be meaningful."""

SELECTION = (
    "No held-out repository was used in training or calibration. However, the n-grams and the strength of the "
    "regularisation were chosen on folds that included them (later choices used training repositories alone), and "
    "the regularisation of the baselines was not tuned. The lead over word bigrams on old code is within the "
    "intervals, so do not read small differences as real."
)


def interval_note(metrics: Mapping[str, Any]) -> str:
    """What the intervals of rankings are of: in bundles made before 0.7, of less than the figures are."""
    draws = "Figures are means over ten draws from the larger class"
    if metrics.get("interval_of") == OVER_DRAWS:
        return f"{draws}; intervals are 90 %, of these means, by bootstrap over repositories."
    return f"{draws}; intervals are 90 %, of the first draw alone, by bootstrap over repositories."


def quality_table(metrics: Mapping[str, Any]) -> Table:
    """The shipped model and the baselines on held-out repositories."""
    columns = {"CodeOrigin": metrics["held_out"]}
    for name, figures in (metrics.get("baselines") or {}).items():
        columns[f"{name.replace('_', ' ')} + logistic regression"] = figures
    every = list(columns.values())
    rows = [
        *_ranking_rows(every),
        _inside_row(every),
        ("AUROC on same-task pairs", *(number(group["pairs"]["auroc"]) for group in every)),
        ("same-task pairs in order", *(number(group["pairs"]["in_order"], 2) for group in every)),
    ]
    whole = {"files": metrics.get("files"), "commits": (metrics.get("commits") or {}).get("commits")}
    for kind, figures in whole.items():
        if figures is not None:
            # The baselines judge only functions.
            others = [NOTHING] * (len(columns) - 1)
            rows += [
                (f"{kind}, {what} {title}", ranked(figures[key], name, digits), *others)
                for key, title in _SETS
                for name, what, digits in _RANKINGS
            ]
    return Table(("", *columns), rows)


def in_file_sections(metrics: Mapping[str, Any], level: int) -> list[Block]:
    """Functions judged in their files and by their own text; empty for a bundle without a rule for that."""
    found = metrics.get("in_files")
    if found is None:
        return []
    columns = {
        "by its own text": metrics["held_out"] | {"verdicts": metrics["verdicts"]},
        "in its file": found["as_they_are"],
        "in its file, half mixed": found["half_mixed"],
    }
    for name, figures in (metrics.get("baselines") or {}).items():
        if "in_files" in figures:
            columns[f"{name.replace('_', ' ')}, in its file"] = figures["in_files"]
    every = list(columns.values())
    rows = [*_ranking_rows(every), _inside_row(every)]
    for key, title in RATES:
        shares = [
            share_cell(group["verdicts"][key], 1) if "verdicts" in group else NOTHING for group in every
        ]
        rows.append((f"{title}, at the threshold", *shares))
    return [
        Heading("Functions in their files", level),
        Paragraph(
            f"In an editor the other functions of a file influence the verdict of each; "
            f"{percent(found['as_they_are']['heard'])} of the held-out functions have neighbours in the corpus. *Half "
            "mixed* means that, in repositories with both classes, half of the LLM functions are moved into files with "
            "human code, where neighbours mislead. Real repositories have such files, the corpus hardly any. The "
            "baselines use the same rule, because neighbours help any detector.",
            "what",
        ),
        Table(("", *columns), rows),
    ]


def language_sections(metrics: Mapping[str, Any]) -> list[Block]:
    """AUROC and share found for each language; the count alone where it is small."""
    table = Table(
        ("Language", "AUROC", "found at 1 % false positives", "functions"),
        [
            (
                name,
                number(group["auroc"] if group["functions"] >= FEWEST else None),
                number(group["tpr_at_1_fpr"] if group["functions"] >= FEWEST else None, 2),
                f"{group['functions']:,}",
            )
            for name, group in metrics["languages"].items()
        ],
    )
    return [Heading("By language"), table]


def _ranking_rows(columns: list[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    return [
        (f"{what} {title}", *(ranked(column[key], name, digits) for column in columns))
        for key, title in _SETS
        for name, what, digits in _RANKINGS
    ]


def _inside_row(columns: list[Mapping[str, Any]]) -> tuple[str, ...]:
    inside = [number(column["same_repository"]["mean_auroc"]) for column in columns]
    return ("AUROC inside one repository that holds both (mean)", *inside)
