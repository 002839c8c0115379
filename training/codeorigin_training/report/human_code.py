"""How often human code is called ``llm``, from a bundle's manifest: by language and population."""

from collections.abc import Mapping, Sequence
from typing import Any

from codeorigin_training.report.cells import SHARE_NOTE, share_cell, short_percent
from codeorigin_training.report.document import Block, Heading, Paragraph, Table
from codeorigin_training.report.separation import POPULATIONS

WAYS = {
    "by_text": "By its own text",
    "in_file": "In its file",
    "in_commit": "In its commit",
    "in_file_and_commit": "In its file and commit",
}
"""The ways to judge a function, as headings."""


def human_code_sections(manifest: Mapping[str, Any]) -> list[Block]:
    """Blocks under a heading: what came out at the shipped thresholds."""
    metrics = manifest["metrics"]
    figures = (metrics.get("commits") or {}).get("false_positives", {}) | metrics["false_positives"]
    blocks: list[Block] = [
        Heading("How often human code is called `llm`"),
        Paragraph(
            f"{two_shares(manifest['calibration'])} The figures are what came out with shares fitted without the "
            "repository in question. *At most* is a bound on the mean over new repositories that holds whatever the "
            f"distribution of scores (conformal risk control). All repositories weigh the same. {SHARE_NOTE}"
        ),
    ]
    for way, title in WAYS.items():
        if way in figures:
            of_way = figures[way]
            blocks += [
                Heading(title, 3),
                _repositories(of_way["repositories"]),
                _cells(of_way["cells"]),
                Table(
                    ("LLM functions called `llm`", ""),
                    [(language, share_cell(found)) for language, found in of_way["found"].items()],
                ),
            ]
    return blocks


def bands(calibration: Mapping[str, Any]) -> str:
    """What the bands mean, in two short sentences."""
    rates = calibration["alone"]
    return (
        f"`llm`: at most {short_percent(rates['llm_rate'])} of human-written functions score as high. "
        f"`human`: at most {short_percent(rates['human_rate'])} of LLM-written ones score as low."
    )


def two_shares(calibration: Mapping[str, Any]) -> str:
    """What the bands mean, and how their shares are estimated."""
    rates = calibration["alone"]
    return (
        f"A function is called `llm` where at most {short_percent(rates['llm_rate'])} of human-written functions of its "
        f"language score as high, `human` where at most {short_percent(rates['human_rate'])} of LLM-written ones score "
        "as low, and `unsure` elsewhere. Shares are estimated on repositories that the model had not seen, all "
        "weighing the same; a language with few repositories borrows from all languages."
    )


def _repositories(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    return Table(
        (
            "human code",
            "at most",
            "worst tenth: called `llm`",
            "over 5 % called",
            "worst of 50 functions or more",
        ),
        [
            (
                title,
                short_percent(of_way["bound"]),
                short_percent(of_way["worst_tenth"]),
                f"{of_way['over_5_percent']} of {of_way['repositories']} repositories",
                short_percent(of_way["worst_large"]),
            )
            for name, title in POPULATIONS.items()
            if (of_way := figures.get(name)) is not None
        ],
    )


def _cells(cells: Sequence[Mapping[str, Any]]) -> Table:
    known = {(cell["population"], cell["language"]): cell for cell in cells}
    populations = [name for name in POPULATIONS if (name, "all") in known]
    languages = sorted({cell["language"] for cell in cells}, key=lambda name: (name != "all", name))
    return Table(
        ("human functions called `llm`", *(POPULATIONS[name] for name in populations)),
        [
            (language, *(share_cell(known.get((name, language))) for name in populations))
            for language in languages
        ],
    )
