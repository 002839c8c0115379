"""How often human code is called ``llm``, and what a commit is worth: the manifest's figures, for the report."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.evaluate.report import (
    AccusedCell,
    AccusedRepositories,
    CommitRow,
    FalsePositives,
)
from codeorigin_training.measure.figures import Estimate


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
