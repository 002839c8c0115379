"""Whom the shipped thresholds accuse, as Markdown: for the model card and ``docs/quality.md``."""

from collections.abc import Mapping, Sequence
from typing import Any

from codeorigin.errors import CodeOriginError

BEGIN, END = "<!-- quality:begin -->", "<!-- quality:end -->"

_POPULATIONS = {
    "old": "before mid-2021",
    "modern": "2021-07 to 2022-11",
    "distribution": "a distribution's packages",
}
_WAYS = {"by_text": "By its own text", "in_file": "In its file"}
_GROUPS = {"all": "all functions", "documented": "with a comment", "bare": "without one"}


def quality_sections(manifest: Mapping[str, Any]) -> list[str]:
    """Markdown blocks, empty for a bundle that was not measured so."""
    figures = manifest["metrics"].get("false_positives")
    if figures is None:
        return []
    sections = [_introduction(manifest)]
    for way, title in _WAYS.items():
        if way in figures:
            sections += [
                f"### {title}",
                _repositories(figures[way]["repositories"]),
                _cells(figures[way]["cells"]),
                _found(figures[way]["found"]),
            ]
    return sections


def with_quality(page: str, manifest: Mapping[str, Any]) -> str:
    """``page`` with the figures of the manifest between its markers.

    Raises:
        CodeOriginError: the markers are missing or in the wrong order.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise CodeOriginError(f"the page lacks the lines {BEGIN} and {END}")
    name = f"{manifest['name']} {manifest['version']}"
    sections = quality_sections(manifest) or [
        f"{name} was not measured so: it has one threshold for all languages, and promises nothing about a single one."
    ]
    return f"{head}{BEGIN}\n## {name}\n\n" + "\n\n".join(sections) + f"\n{END}{tail}"


def _introduction(manifest: Mapping[str, Any]) -> str:
    calibration = manifest["calibration"]
    tail = calibration.get("tail")
    text = (
        f"Of the human functions of a new repository at most {_percent(calibration['false_positive_rate'])} are "
        "expected in the band `llm`, in every language and group that has repositories enough, on each kind of human "
        "code apart"
    )
    if tail is not None:
        text += (
            f"; and of the repositories with {tail['fewest']} human functions or more at most "
            f"{_percent(tail['rate'])} are expected to have more than {_percent(tail['share'])} of them called so"
        )
    return (
        f"{text}. Measured with thresholds fitted without the repository in question; repositories weigh alike, "
        "intervals are 90 %, by bootstrap over repositories."
    )


def _repositories(figures: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [
        "| human code | repositories | worst tenth: called `llm` | over 5 % called | worst of 50 functions or more |",
        "|---|---|---|---|---|",
    ]
    for name, title in _POPULATIONS.items():
        if name in figures:
            each = figures[name]
            cells = [_percent(each[key]) for key in ("worst_tenth", "over_5_percent", "worst_large")]
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
    return f"{_percent(cell['share'])} ({_percent(low)}-{_percent(high)}; {cell['repositories']})"


def _found(found: Mapping[str, Mapping[str, Any]]) -> str:
    lines = ["| LLM functions called `llm` | |", "|---|---|"]
    lines += [f"| {language} | {_cell(each)} |" for language, each in found.items()]
    return "\n".join(lines)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2g} %" if value < 0.0995 else f"{100 * value:.0f} %"
