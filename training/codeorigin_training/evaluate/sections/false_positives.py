"""Reads the manifest's figures on how often human code is called ``llm``, and on the evidence of a commit."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.evaluate.manifest_rows import (
    AccusedCell,
    AccusedRepositories,
    CalledRow,
    CommitRow,
    FalsePositives,
    MixedRow,
    WholeRow,
    WholeVerdicts,
)
from codeorigin_training.measure.figures import Estimate


def false_positives_of(metrics: Mapping[str, Any]) -> tuple[FalsePositives, ...]:
    """The manifest's false positives for every way to judge a function; empty for a bundle without them."""
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
    """The manifest's figures for own text, file and commit; empty for a bundle without rules for commits."""
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


def called_of(metrics: Mapping[str, Any]) -> tuple[CalledRow, ...]:
    """The manifest's shares called ``llm`` by number of functions; empty for a bundle without them."""
    return tuple(
        CalledRow(
            each["code"],
            each["within"],
            each["functions"],
            way,
            Estimate(found["share"], *found["interval_90"]),
            found["repositories"],
            found["functions"],
        )
        for each in (metrics.get("commits") or {}).get("called", ())
        for way, found in each["circles"].items()
    )


def whole_of(metrics: Mapping[str, Any]) -> tuple[WholeRow, ...]:
    """The ranking figures of whole files and commits; empty for a bundle without rules for them."""
    return tuple(
        WholeRow(
            kind,
            human,
            found[human]["files"],
            *(
                Estimate(found[human][key], *(found[human][f"{key}_interval_90"] or (None, None)))
                for key in ("auroc", "tpr_at_1_fpr")
            ),
        )
        for kind, found in _wholes(metrics)
        for human in ("old_human", "modern_human")
    )


def whole_verdicts_of(metrics: Mapping[str, Any]) -> tuple[WholeVerdicts, ...]:
    """The verdicts on whole files and commits; empty for a bundle without rules for them."""
    return tuple(
        WholeVerdicts(kind, found["verdicts"]["files"], *(found["verdicts"][key] for key in _CALLED))
        for kind, found in _wholes(metrics)
    )


_CALLED = (
    "false_positive_rate_old",
    "false_positive_rate_modern",
    "true_positive_rate",
    "llm_called_human",
)


def _wholes(metrics: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    commits = metrics.get("commits") or {}
    found = [("files", metrics.get("files")), ("commits", commits.get("commits"))]
    found += [
        (f"{kind}s of {title}", figures)
        for kind, sizes in (commits.get("whole") or {}).items()
        for title, figures in sizes.items()
    ]
    return [(kind, figures) for kind, figures in found if figures is not None]


def mixed_of(metrics: Mapping[str, Any]) -> tuple[MixedRow, ...]:
    """The ways to judge a function where both classes are mixed; empty for a bundle without rules for commits."""
    commits = metrics.get("commits") or {}
    return tuple(
        MixedRow(
            code,
            way,
            commits[code]["functions"],
            Estimate(figures["auroc"], *(figures["auroc_interval_90"] or (None, None))),
            figures["human_called_llm"],
            figures["llm_called_llm"],
        )
        for code in ("mixed_files", "mixed_commits", "as_they_are")
        if code in commits
        for way, figures in commits[code]["circles"].items()
    )
