"""The figures in ``docs/quality.md`` as Markdown; those on human code called ``llm`` are in the model card too."""

from collections.abc import Mapping, Sequence
from typing import Any

from codeorigin.errors import CodeOriginError
from codeorigin_training.export.commits import WAYS, commit_sections
from codeorigin_training.export.tables import (
    POPULATIONS,
    SELECTION,
    in_file_note,
    in_file_table,
    promise,
    quality_table,
    share_cell,
    short_percent,
)

BEGIN, END = "<!-- quality:begin -->", "<!-- quality:end -->"

_GROUPS = {"all": "all functions", "documented": "with a comment", "bare": "without one"}


def quality_sections(manifest: Mapping[str, Any]) -> list[str]:
    """Markdown blocks on human code called ``llm``; empty for a bundle without these figures."""
    metrics = manifest["metrics"]
    figures = metrics.get("false_positives")
    if figures is None:
        return []
    commits = metrics.get("commits")
    if commits is not None:
        figures = commits["false_positives"] | figures
    sections = [_introduction(manifest)]
    for way, title in WAYS.items():
        if way in figures:
            sections += [
                f"### {title}",
                _repositories(figures[way]["repositories"]),
                _cells(figures[way]["cells"]),
                _found(figures[way]["found"]),
            ]
    return sections + commit_sections(manifest)


def with_quality(page: str, manifest: Mapping[str, Any]) -> str:
    """``page`` with the manifest's figures between its markers.

    Raises:
        CodeOriginError: the markers are missing or in the wrong order.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise CodeOriginError(f"the page lacks the lines {BEGIN} and {END}")
    metrics, data = manifest["metrics"], manifest["data"]
    name = f"{manifest['name']} {manifest['version']}"
    sections = [
        "## Separating LLM-written from human-written functions",
        (
            f"{name}, {data['held_out_repositories']} held-out repositories. Intervals are 90 %, by bootstrap over "
            f"repositories. The baselines were trained on the same rows with the same weights. {SELECTION}"
        ),
        quality_table(metrics),
    ]
    if (in_file := in_file_table(metrics)) is not None:
        sections += ["### In their files", in_file_note(metrics), in_file]
    alone = (
        f"{promise(manifest['calibration'])} {name} has one threshold for all languages, and makes no promise about a "
        "single language."
    )
    sections += ["## How often human code is called `llm`", *(quality_sections(manifest) or [alone])]
    return f"{head}{BEGIN}\n" + "\n\n".join(sections) + f"\n{END}{tail}"


def _introduction(manifest: Mapping[str, Any]) -> str:
    rate = short_percent(manifest["calibration"]["false_positive_rate"])
    return (
        f"{promise(manifest['calibration'])} The rate of {rate} holds for every language and group with enough "
        "repositories, and separately for each kind of human code. The promise about single repositories is for all "
        "languages together. The figures are measured with thresholds fitted without the repository in question. All "
        "repositories weigh the same; intervals are 90 %, by bootstrap over repositories."
    )


def _repositories(figures: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [
        "| human code | repositories | worst tenth: called `llm` | over 5 % called | worst of 50 functions or more |",
        "|---|---|---|---|---|",
    ]
    for name, title in POPULATIONS.items():
        if name in figures:
            each = figures[name]
            cells = [short_percent(each[key]) for key in ("worst_tenth", "over_5_percent", "worst_large")]
            lines.append(f"| {title} | {each['repositories']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cells(cells: Sequence[Mapping[str, Any]]) -> str:
    known = {(cell["population"], cell["language"], cell["group"]): cell for cell in cells}
    populations = [name for name in POPULATIONS if (name, "all", "all") in known]
    lines = [
        "| human functions called `llm` | | " + " | ".join(POPULATIONS[name] for name in populations) + " |",
        "|---|---" + "|---" * len(populations) + "|",
    ]
    for language in sorted({cell["language"] for cell in cells}, key=lambda name: (name != "all", name)):
        for group, title in _GROUPS.items():
            row = [share_cell(known.get((name, language, group))) for name in populations]
            lines.append(f"| {language} | {title} | " + " | ".join(row) + " |")
    return "\n".join(lines)


def _found(found: Mapping[str, Mapping[str, Any]]) -> str:
    lines = ["| LLM functions called `llm` | |", "|---|---|"]
    lines += [f"| {language} | {share_cell(each)} |" for language, each in found.items()]
    return "\n".join(lines)
