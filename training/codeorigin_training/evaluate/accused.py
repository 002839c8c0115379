"""How often human code is called ``llm``, and what a commit is worth: the manifest's figures, for the report."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.evaluate.html_parts import note, section, table
from codeorigin_training.evaluate.report import (
    AccusedCell,
    AccusedRepositories,
    CommitRow,
    Estimate,
    FalsePositives,
    Report,
)
from codeorigin_training.evaluate.wording import interval, percent, percent_interval

_POPULATIONS = {"old": "before mid-2021", "modern": "2021-07 to 2022-11", "distribution": "distribution"}


def false_positives_of(metrics: Mapping[str, Any]) -> tuple[FalsePositives, ...]:
    """The manifest's figures of every way to judge a function; empty for a bundle without them."""
    ways = (metrics.get("commits") or {}).get("false_positives", {}) | metrics.get("false_positives", {})
    return tuple(
        FalsePositives(
            way=way,
            cells=tuple(
                AccusedCell(
                    cell["population"],
                    cell["language"],
                    cell["group"],
                    Estimate(cell["share"], *cell["interval_90"]),
                    cell["repositories"],
                    cell["functions"],
                )
                for cell in found["cells"]
            ),
            repositories=tuple(
                AccusedRepositories(name, each["repositories"], each["worst_tenth"], each["over_5_percent"])
                for name, each in found["repositories"].items()
            ),
        )
        for way, found in sorted(ways.items())
    )


def commits_of(metrics: Mapping[str, Any]) -> tuple[CommitRow, ...]:
    """The manifest's figures of own text, file and commit; empty for a bundle without rules for commits."""
    return tuple(
        CommitRow(
            each["human"],
            each["commit"],
            way,
            each["functions"],
            *(Estimate(figures[key], *figures[f"{key}_interval_90"]) for key in ("auroc", "tpr_at_1_fpr")),
        )
        for each in (metrics.get("commits") or {}).get("functions", ())
        for way, figures in each["circles"].items()
    )


def accused_section(report: Report) -> str:
    """False positives by language, group and era, and in the worst tenth of repositories."""
    parts = []
    for found in report.false_positives:
        way = found.way.replace("_", " ")
        rows = [
            [
                f"{cell.language}; {cell.group}; {_POPULATIONS.get(cell.population, cell.population)}",
                percent_interval(cell.share),
                f"{cell.repositories:,}",
                f"{cell.functions:,}",
            ]
            for cell in found.cells
        ]
        worst = [
            [
                _POPULATIONS.get(each.population, each.population),
                f"{each.repositories:,}",
                percent(each.worst_tenth),
                percent(each.over_5_percent),
            ]
            for each in found.repositories
        ]
        parts += [
            f"<h3>{way}</h3>",
            table(["human code", "repositories", "worst tenth: called llm", "over 5 % called"], worst),
            table(["language; documented or bare; era", "called llm", "repositories", "functions"], rows),
        ]
    return section(
        "How often human code is called llm",
        note("Human functions called llm, repositories weighing alike: the figures of the model's manifest."),
        *parts,
    )


def commits_section(rows: tuple[CommitRow, ...]) -> str:
    """The commit against file and own text."""
    body = [
        [
            f"{row.human.replace('_', ' ')}; {row.commit}; {row.way.replace('_', ' ')}",
            interval(row.auroc),
            percent_interval(row.tpr_at_1),
            f"{row.functions:,}",
        ]
        for row in rows
    ]
    return section(
        "The commit as evidence",
        note(
            "Classes matched by the number of functions of the commit too; the figures of the model's manifest."
        ),
        table(["human code; functions in the commit; judged", "AUROC", "found at 1 % FP", "functions"], body),
    )
