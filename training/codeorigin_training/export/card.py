"""The model card, generated from the manifest so that no figure in it is ever typed by hand."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.export.quality import quality_sections

_SETS = (
    ("old_human", "against human code before mid-2021"),
    ("modern_human", "against human code of 2021-07 to 2022-11"),
)

_RATES = (
    ("false_positive_rate_old", "human functions called `llm`, before mid-2021"),
    ("false_positive_rate_modern", "human functions called `llm`, 2021-07 to 2022-11"),
    ("true_positive_rate", "LLM functions called `llm`"),
    ("llm_called_human", "LLM functions called `human`"),
    ("human_called_human", "human functions called `human`"),
    ("unsure", "all functions, `unsure`"),
)

SELECTION = (
    "No held-out repository was read in training or calibration, but the n-grams and the strength of the "
    "regularisation were chosen on folds that held them too (later choices in the model on training repositories "
    "alone), and the baselines' strength was not tuned. Against word bigrams on old code the lead lies inside the "
    "intervals: read small differences as none."
)


def model_card(manifest: Mapping[str, Any]) -> str:
    """Markdown for the model folder's README."""
    metrics, data = manifest["metrics"], manifest["data"]
    sections = [
        f"# {manifest['name']} {manifest['version']}",
        "Estimates how likely a function was written by an LLM. Generated from the manifest; do not edit.",
        "## What it is",
        _architecture(manifest),
        "## What it was trained on",
        (
            f"{data['functions']:,} functions of {data['repositories']} repositories{_packages(data)} in eleven "
            "languages and "
            f"{data['pairs']} same-task pairs (a person's function, and a model's from its specification alone). "
            f"{_fitted_on(data)}"
        ),
        "## Measured on repositories never seen",
        quality_table(metrics),
        (
            "Intervals are 90 %, by bootstrap over repositories. Classes are matched within language, test code and "
            f"length; figures are means over ten draws of the larger class. {SELECTION}"
        ),
        "## At the shipped thresholds",
        _verdicts(metrics["verdicts"], manifest["calibration"]),
        *_in_files(metrics),
        *_quality(manifest),
        "## By language",
        _slice_table("Language", metrics["slices"]["language"]),
        "## By agent",
        _slice_table("Agent", metrics["slices"]["agent"]),
        "## Limits",
        (
            "- It estimates; it proves nothing about who wrote a function, and must not be used against a person.\n"
            "- Much of what it knows is what agents are asked to write, not how they write: see the pairs' figure. And "
            "of how they write, most is how they comment: without comments, little is left on pairs.\n"
            "- Human code written since 2023 is not in the data. Its style has moved towards that of models.\n"
            "- Most of the LLM code comes from one vendor's models; others are known less well.\n"
            "- Code that a person edited after an LLM, or the other way round, counts as one or the other here."
        ),
    ]
    return "\n\n".join(sections) + "\n"


def quality_table(metrics: Mapping[str, Any]) -> str:
    """Markdown table of the shipped model and the baselines on held-out repositories."""
    columns = {"CodeOrigin": metrics["held_out"]}
    for name, figures in (metrics.get("baselines") or {}).items():
        columns[f"{name.replace('_', ' ')} + logistic regression"] = figures
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for key, title in _SETS:
        lines.append(_row(f"AUROC {title}", [_interval(each[key], "auroc", 3) for each in columns.values()]))
        lines.append(
            _row(
                f"found at 1 % false positives, {title}",
                [_interval(each[key], "tpr_at_1_fpr", 2) for each in columns.values()],
            )
        )
    lines.append(
        _row(
            "AUROC inside one repository that holds both (mean)",
            [_number(each["same_repository"]["mean_auroc"], 3) for each in columns.values()],
        )
    )
    lines.append(
        _row("AUROC on same-task pairs", [_number(each["pairs"]["auroc"], 3) for each in columns.values()])
    )
    lines.append(
        _row("same-task pairs in order", [_number(each["pairs"]["in_order"], 2) for each in columns.values()])
    )
    if files := metrics.get("files"):
        # The baselines judge functions alone.
        others = ["-"] * (len(columns) - 1)
        for key, title in _SETS:
            lines.append(_row(f"files, AUROC {title}", [_interval(files[key], "auroc", 3), *others]))
            lines.append(
                _row(
                    f"files found at 1 % false positives, {title}",
                    [_interval(files[key], "tpr_at_1_fpr", 2), *others],
                )
            )
    return "\n".join(lines)


def _packages(data: Mapping[str, Any]) -> str:
    if not data.get("packages"):
        return ""
    return f" and of {data['packages']:,} packages of a Linux distribution, which hold human code alone,"


def _fitted_on(data: Mapping[str, Any]) -> str:
    trained, others = data["training_repositories"], data["held_out_repositories"]
    if not data.get("fitted_on_all_repositories"):
        return f"Training and calibration read {trained} repositories; all figures below are on the {others} others."
    return (
        "It is fitted on all of them. Its thresholds are from logits of each repository by a model that did not see it, "
        f"and all figures below are of the same model fitted on {trained} repositories, on the {others} others, which "
        "were read once, for this."
    )


def _architecture(manifest: Mapping[str, Any]) -> str:
    views = ", ".join(
        f"{view['kind']} {view['min_order']}-{view['max_order']}" for view in manifest["wide"]["views"]
    )
    wide = f"*Wide*: hashed n-grams ({views}) with one linear weight each."
    deep = manifest["deep"]
    if deep is None:
        tried = "none was trained for this bundle"
        if manifest["build"]["deep"] != "off":
            tried = "one was trained and left out, because it did not help out of fold"
        return f"{wide} No deep part: {tried}."
    return (
        f"{wide} *Deep*: an encoder of {deep['layers']} layer(s), {deep['dim']} wide, over {deep['vocab_size']} "
        f"layout-keeping BPE tokens, trained on what the wide part leaves. The two logits add."
    )


def _verdicts(verdicts: Mapping[str, Any], calibration: Mapping[str, Any]) -> str:
    table = ["| repositories weighing alike | share |", "|---|---|"]
    table += [f"| {title} | {_percent(verdicts[key])} |" for key, title in _RATES]
    rate = calibration["false_positive_rate"]
    return (
        f"The `llm` threshold keeps the expected share of a new repository's human functions called `llm` at or under "
        f"{_percent(rate)} (conformal risk control, repositories as units, on modern and on older code apart).\n\n"
        + "\n".join(table)
        + f"\n\nExpected calibration error of the probability: {verdicts['expected_calibration_error']:.3f}."
    )


def in_file_table(metrics: Mapping[str, Any]) -> str | None:
    """Markdown table of functions with what the rest of their file says, beside the same by their own text.

    None for a bundle without a rule for that.
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
            _row(f"AUROC {title}", [_interval(each[key], "auroc", 3) for each in columns.values()]),
            _row(
                f"found at 1 % false positives, {title}",
                [_interval(each[key], "tpr_at_1_fpr", 2) for each in columns.values()],
            ),
        ]
    inside = [_number(each["same_repository"]["mean_auroc"], 3) for each in columns.values()]
    lines.append(_row("AUROC inside one repository that holds both (mean)", inside))
    for key, title in _RATES:
        shares = [_percent(each["verdicts"][key]) if "verdicts" in each else "-" for each in columns.values()]
        lines.append(_row(f"{title} at the threshold", shares))
    return "\n".join(lines)


def in_file_note(metrics: Mapping[str, Any]) -> str:
    """What :func:`in_file_table` shows."""
    share = metrics["in_files"]["as_they_are"]["heard"]
    return (
        f"In an editor a function's verdict takes in what the other functions of its file say; {_percent(share)} of "
        "the held-out functions have neighbours in the corpus. *Half mixed*: half of the LLM functions of repositories "
        "with both classes are moved into files with human code, where neighbours mislead; the corpus hardly has such "
        "files, real repositories do. The same rule is given to the baselines: neighbours serve any detector."
    )


def _in_files(metrics: Mapping[str, Any]) -> list[str]:
    table = in_file_table(metrics)
    return [] if table is None else ["## A function in its file", in_file_note(metrics), table]


def _quality(manifest: Mapping[str, Any]) -> list[str]:
    sections = quality_sections(manifest)
    return ["## Whom it accuses", *sections] if sections else []


def _slice_table(title: str, figures: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [f"| {title} | AUROC | found at 1 % false positives | functions |", "|---|---|---|---|"]
    for name, each in figures.items():
        lines.append(
            f"| {name} | {_number(each['auroc'], 3)} | {_number(each['tpr_at_1_fpr'], 2)} | {each['functions']} |"
        )
    return "\n".join(lines)


def _row(title: str, cells: list[str]) -> str:
    return f"| {title} | " + " | ".join(cells) + " |"


def _interval(figures: Mapping[str, Any], key: str, digits: int) -> str:
    if figures[key] is None or figures[f"{key}_interval_90"] is None:
        return "-"
    low, high = figures[f"{key}_interval_90"]
    return f"{_number(figures[key], digits)} ({_number(low, digits)}-{_number(high, digits)})"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None or value != value else f"{value:.{digits}f}"  # noqa: PLR0124 - NaN


def _percent(value: float) -> str:
    return f"{value:.1%}".replace("%", " %")
