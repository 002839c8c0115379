"""Tables of figures from a bundle's manifest for the model card, the README and ``docs/quality.md``."""

from collections.abc import Mapping
from typing import Any

_SETS = (
    ("old_human", "against human code before mid-2021"),
    ("modern_human", "against human code of 2021-07 to 2022-11"),
)

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

SELECTION = (
    "No held-out repository was used in training or calibration. However, the n-grams and the strength of the "
    "regularisation were chosen on folds that included them (later choices used training repositories alone), and "
    "the regularisation of the baselines was not tuned. The lead over word bigrams on old code is within the "
    "intervals, so do not read small differences as real."
)


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


def readme_table(metrics: Mapping[str, Any]) -> str:
    """Markdown table of three rows: AUROC against both sets of human code, and human functions called ``llm``."""
    columns = {"CodeOrigin": metrics["held_out"]}
    if bigrams := (metrics.get("baselines") or {}).get("word_bigrams"):
        columns["word bigrams + logistic regression"] = bigrams
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for key, title in _SETS:
        lines.append(_row(f"AUROC {title}", [interval(each[key], "auroc", 3) for each in columns.values()]))
    verdicts = metrics["verdicts"]
    shares = f"{percent(verdicts['false_positive_rate_old'])} and {percent(verdicts['false_positive_rate_modern'])}"
    title = "human functions called `llm` (mean over repositories), before mid-2021 and of 2021-07 to 2022-11"
    lines.append(_row(title, [shares, *["-"] * (len(columns) - 1)]))
    return "\n".join(lines)


def quality_table(metrics: Mapping[str, Any]) -> str:
    """Markdown table of the shipped model and the baselines on held-out repositories."""
    columns = {"CodeOrigin": metrics["held_out"]}
    for name, figures in (metrics.get("baselines") or {}).items():
        columns[f"{name.replace('_', ' ')} + logistic regression"] = figures
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for key, title in _SETS:
        lines.append(_row(f"AUROC {title}", [interval(each[key], "auroc", 3) for each in columns.values()]))
        lines.append(
            _row(
                f"found at 1 % false positives, {title}",
                [interval(each[key], "tpr_at_1_fpr", 2) for each in columns.values()],
            )
        )
    lines.append(
        _row(
            "AUROC inside one repository that holds both (mean)",
            [number(each["same_repository"]["mean_auroc"], 3) for each in columns.values()],
        )
    )
    lines.append(
        _row("AUROC on same-task pairs", [number(each["pairs"]["auroc"], 3) for each in columns.values()])
    )
    lines.append(
        _row("same-task pairs in order", [number(each["pairs"]["in_order"], 2) for each in columns.values()])
    )
    whole = {"files": metrics.get("files"), "commits": (metrics.get("commits") or {}).get("commits")}
    for kind, figures in whole.items():
        if figures is None:
            continue
        # The baselines judge only functions.
        others = ["-"] * (len(columns) - 1)
        for key, title in _SETS:
            lines.append(_row(f"{kind}, AUROC {title}", [interval(figures[key], "auroc", 3), *others]))
            lines.append(
                _row(
                    f"{kind} found at 1 % false positives, {title}",
                    [interval(figures[key], "tpr_at_1_fpr", 2), *others],
                )
            )
    return "\n".join(lines)


def in_file_table(metrics: Mapping[str, Any]) -> str | None:
    """Markdown table of functions judged in their files and by their own text.

    None for a bundle without the rule for functions in their files.
    """
    found = metrics.get("in_files")
    if found is None:
        return None
    columns = {
        "by its own text": metrics["held_out"] | {"verdicts": metrics["verdicts"]},
        "in its file": found["as_they_are"],
        "in its file, half mixed": found["half_mixed"],
    }
    for name, figures in (metrics.get("baselines") or {}).items():
        if "in_files" in figures:
            columns[f"{name.replace('_', ' ')}, in its file"] = figures["in_files"]
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for key, title in _SETS:
        lines += [
            _row(f"AUROC {title}", [interval(each[key], "auroc", 3) for each in columns.values()]),
            _row(
                f"found at 1 % false positives, {title}",
                [interval(each[key], "tpr_at_1_fpr", 2) for each in columns.values()],
            ),
        ]
    inside = [number(each["same_repository"]["mean_auroc"], 3) for each in columns.values()]
    lines.append(_row("AUROC inside one repository that holds both (mean)", inside))
    for key, title in RATES:
        shares = [percent(each["verdicts"][key]) if "verdicts" in each else "-" for each in columns.values()]
        lines.append(_row(f"{title} at the threshold", shares))
    return "\n".join(lines)


def in_file_note(metrics: Mapping[str, Any]) -> str:
    """Explanation of :func:`in_file_table`."""
    share = metrics["in_files"]["as_they_are"]["heard"]
    return (
        f"In an editor the other functions of a file influence the verdict of each; {percent(share)} of the held-out "
        "functions have neighbours in the corpus. *Half mixed* means that, in repositories with both classes, half "
        "of the LLM functions are moved into files with human code, where neighbours mislead. Real repositories have "
        "such files, the corpus hardly any. The baselines use the same rule, because neighbours help any detector."
    )


def _row(title: str, cells: list[str]) -> str:
    return f"| {title} | " + " | ".join(cells) + " |"


def interval(figures: Mapping[str, Any], key: str, digits: int) -> str:
    if figures[key] is None or figures[f"{key}_interval_90"] is None:
        return "-"
    low, high = figures[f"{key}_interval_90"]
    return f"{number(figures[key], digits)} ({number(low, digits)}-{number(high, digits)})"


def number(value: float | None, digits: int) -> str:
    return "-" if value is None or value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN


def percent(value: float) -> str:
    return f"{value:.1%}".replace("%", " %")


def short_percent(value: float | None) -> str:
    """``0.05 %``, ``1.5 %``, ``12 %``; a dash for None."""
    return "-" if value is None else f"{100 * value:.2g} %" if value < 0.0995 else f"{100 * value:.0f} %"


def ranked(figures: Mapping[str, Any], key: str) -> str:
    """A ranking figure with its interval; a dash if either is missing."""
    value, found = figures[key], figures[f"{key}_interval_90"]
    if missing(value) or found is None or missing(found[0]):
        return "-"
    return f"{value:.3f} ({found[0]:.3f}-{found[1]:.3f})"


def missing(value: float | None) -> bool:
    """Whether a figure is None or NaN."""
    return value is None or value != value  # noqa: PLR0124 - NaN


def share_cell(found: Mapping[str, Any] | None) -> str:
    """A share with its interval and the number of repositories; a dash for None."""
    if found is None:
        return "-"
    low, high = found["interval_90"]
    return f"{short_percent(found['share'])} ({short_percent(low)}-{short_percent(high)}; {found['repositories']})"
