"""How often human code is called ``llm``, from a bundle's manifest: by language, group and population."""

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

_GROUPS = {"all": "all functions", "documented": "with a comment", "bare": "without one"}


def human_code_sections(manifest: Mapping[str, Any]) -> list[Block]:
    """Blocks under a heading; without the figures, the promise alone."""
    metrics, calibration = manifest["metrics"], manifest["calibration"]
    figures = (metrics.get("commits") or {}).get("false_positives", {}) | (
        metrics.get("false_positives") or {}
    )
    blocks: list[Block] = [Heading("How often human code is called `llm`")]
    if not figures:
        said = "one threshold for all languages, and makes no promise about a single language"
        return [
            *blocks,
            Paragraph(f"{promise(calibration)} {manifest['name']} {manifest['version']} has {said}."),
        ]
    rate = short_percent(calibration["false_positive_rate"])
    blocks.append(
        Paragraph(
            f"{promise(calibration)} The rate of {rate} holds for every language and group with enough repositories, "
            "and separately for each kind of human code. The promise about single repositories is for all languages "
            "together. The figures are measured with thresholds fitted without the repository in question. All "
            f"repositories weigh the same. {SHARE_NOTE}"
        )
    )
    for way, title in WAYS.items():
        if way in figures:
            each = figures[way]
            blocks += [
                Heading(title, 3),
                _repositories(each["repositories"]),
                _cells(each["cells"]),
                Table(
                    ("LLM functions called `llm`", ""),
                    [(language, share_cell(found)) for language, found in each["found"].items()],
                ),
            ]
    return blocks


def expected_rate(calibration: Mapping[str, Any]) -> str:
    """The rate that the ``llm`` threshold promises, as a sentence without a full stop."""
    return (
        "Of the human-written functions of a new repository, at most "
        f"{short_percent(calibration['false_positive_rate'])} are expected to be called `llm`"
    )


def promise(calibration: Mapping[str, Any]) -> str:
    """What the ``llm`` threshold promises, and what the promise is about."""
    text = expected_rate(calibration)
    if (tail := calibration.get("tail")) is not None:
        text += (
            f"; and of the repositories with {tail['fewest']} human-written functions or more, at most "
            f"{short_percent(tail['rate'])} are expected to have more than {short_percent(tail['share'])} of these "
            "functions called `llm`"
        )
    return (
        f"{text}. This promise is about repositories like those of calibration, not about a single finding."
    )


def _repositories(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    return Table(
        ("human code", "worst tenth: called `llm`", "over 5 % called", "worst of 50 functions or more"),
        [
            (
                title,
                short_percent(each["worst_tenth"]),
                f"{each['over_5_percent']} of {each['repositories']} repositories",
                short_percent(each["worst_large"]),
            )
            for name, title in POPULATIONS.items()
            if (each := figures.get(name)) is not None
        ],
    )


def _cells(cells: Sequence[Mapping[str, Any]]) -> Table:
    known = {(cell["population"], cell["language"], cell["group"]): cell for cell in cells}
    populations = [name for name in POPULATIONS if (name, "all", "all") in known]
    languages = sorted({cell["language"] for cell in cells}, key=lambda name: (name != "all", name))
    return Table(
        ("human functions called `llm`", "", *(POPULATIONS[name] for name in populations)),
        [
            (language, title, *(share_cell(known.get((name, language, group))) for name in populations))
            for language in languages
            for group, title in _GROUPS.items()
        ],
    )
