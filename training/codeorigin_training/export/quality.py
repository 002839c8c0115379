"""The figures of ``docs/quality.md`` as Markdown; those on human code called ``llm`` are in the model card too."""

from collections.abc import Mapping, Sequence
from typing import Any

from codeorigin.errors import CodeOriginError
from codeorigin_training.export.tables import (
    SELECTION,
    in_file_note,
    in_file_table,
    promise,
    quality_table,
    short_percent,
)
from codeorigin_training.export.top_level import top_level_sections

BEGIN, END = "<!-- quality:begin -->", "<!-- quality:end -->"

_POPULATIONS = {
    "old": "before mid-2021",
    "modern": "2021-07 to 2022-11",
    "distribution": "a distribution's packages",
}
_WAYS = {
    "by_text": "By its own text",
    "in_file": "In its file",
    "in_commit": "In its commit",
    "in_file_and_commit": "In its file and commit",
}
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
    for way, title in _WAYS.items():
        if way in figures:
            sections += [
                f"### {title}",
                _repositories(figures[way]["repositories"]),
                _cells(figures[way]["cells"]),
                _found(figures[way]["found"]),
            ]
    if commits is not None:
        sections += ["### The commit beside the file", _COMMIT_NOTE, commit_table(commits)]
    return sections


_COMMIT_NOTE = (
    "AUROC / found at 1 % false positives, with 90 % intervals by bootstrap over repositories; classes matched within "
    "language, test code, length and number of functions of the commit. Every commit of the corpus is of one class."
)


def commit_table(commits: Mapping[str, Any]) -> str:
    """Markdown table of own text, file, commit and both, by era and number of functions in the commit."""
    names = [name for name in _WAYS if name in commits["functions"][0]["circles"]]
    lines = [
        "| human code; functions in the commit | " + " | ".join(_WAYS[name] for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for each in commits["functions"]:
        cells = [
            f"{_ranked(each['circles'][name], 'auroc')} / {_ranked(each['circles'][name], 'tpr_at_1_fpr')}"
            for name in names
        ]
        era = _POPULATIONS[each["human"].removesuffix("_human")]
        lines.append(f"| {era}; {each['commit']} | " + " | ".join(cells) + " |")
    mixed = commits["mixed_files"]["circles"]
    cells = [_ranked(mixed[name], "auroc") for name in names]
    lines.append("| files that hold both classes | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _ranked(figures: Mapping[str, Any], key: str) -> str:
    value, interval = figures[key], figures[f"{key}_interval_90"]
    if value is None or value != value or interval is None or interval[0] is None:  # noqa: PLR0124 - NaN
        return "-"
    return f"{value:.3f} ({interval[0]:.3f}-{interval[1]:.3f})"


def with_quality(page: str, manifest: Mapping[str, Any]) -> str:
    """``page`` with the figures of the manifest between its markers.

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
        "## Telling LLM-written functions from human-written ones",
        (
            f"{name}, {data['held_out_repositories']} held-out repositories. Intervals are 90 %, by bootstrap over "
            f"repositories. The baselines were trained on the same rows with the same weights. {SELECTION}"
        ),
        quality_table(metrics),
    ]
    if (in_file := in_file_table(metrics)) is not None:
        sections += ["### In their files", in_file_note(metrics), in_file]
    alone = (
        f"{promise(manifest['calibration'])} {name} has one threshold for all languages, and promises nothing about a "
        "single language."
    )
    sections += ["## How often human code is called `llm`", *(quality_sections(manifest) or [alone])]
    sections += top_level_sections(manifest)
    return f"{head}{BEGIN}\n" + "\n\n".join(sections) + f"\n{END}{tail}"


def _introduction(manifest: Mapping[str, Any]) -> str:
    rate = short_percent(manifest["calibration"]["false_positive_rate"])
    return (
        f"{promise(manifest['calibration'])} The rate of {rate} holds for every language and group with enough "
        "repositories, and for each kind of human code separately; the share of single repositories is promised for "
        "all languages together. The figures are measured with thresholds fitted "
        "without the repository in question. All repositories weigh the same; intervals are 90 %, by bootstrap over "
        "repositories."
    )


def _repositories(figures: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [
        "| human code | repositories | worst tenth: called `llm` | over 5 % called | worst of 50 functions or more |",
        "|---|---|---|---|---|",
    ]
    for name, title in _POPULATIONS.items():
        if name in figures:
            each = figures[name]
            cells = [short_percent(each[key]) for key in ("worst_tenth", "over_5_percent", "worst_large")]
            lines.append(f"| {title} | {each['repositories']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cells(cells: Sequence[Mapping[str, Any]]) -> str:
    known = {(cell["population"], cell["language"], cell["group"]): cell for cell in cells}
    populations = [name for name in _POPULATIONS if (name, "all", "all") in known]
    lines = [
        "| human functions called `llm` | | " + " | ".join(_POPULATIONS[name] for name in populations) + " |",
        "|---|---" + "|---" * len(populations) + "|",
    ]
    for language in sorted({cell["language"] for cell in cells}, key=lambda name: (name != "all", name)):
        for group, title in _GROUPS.items():
            row = [_cell(known.get((name, language, group))) for name in populations]
            lines.append(f"| {language} | {title} | " + " | ".join(row) + " |")
    return "\n".join(lines)


def _cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return "-"
    low, high = cell["interval_90"]
    return (
        f"{short_percent(cell['share'])} ({short_percent(low)}-{short_percent(high)}; {cell['repositories']})"
    )


def _found(found: Mapping[str, Mapping[str, Any]]) -> str:
    lines = ["| LLM functions called `llm` | |", "|---|---|"]
    lines += [f"| {language} | {_cell(each)} |" for language, each in found.items()]
    return "\n".join(lines)
