"""The model card, generated from the manifest; no figure in it is typed by hand."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.export.quality import quality_sections
from codeorigin_training.export.tables import (
    RATES,
    SELECTION,
    in_file_note,
    in_file_table,
    number,
    percent,
    quality_table,
)
from codeorigin_training.export.top_level import top_level_sections


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
            f"{data['pairs']} same-task pairs (a human-written function, and one by a model from its specification "
            "alone). "
            f"{_fitted_on(data)}"
        ),
        "## Quality on repositories it never saw",
        quality_table(metrics),
        (
            "Intervals are 90 %, by bootstrap over repositories. Classes are matched within language, test code and "
            f"length; figures are means over ten draws of the larger class. {SELECTION}"
            f"{_of_both_steps(manifest)}"
        ),
        "## At the shipped thresholds",
        _verdicts(metrics["verdicts"], manifest["calibration"]),
        *_in_files(metrics),
        *_quality(manifest),
        *top_level_sections(manifest),
        "## By language",
        _slice_table("Language", metrics["slices"]["language"]),
        "## By agent",
        _slice_table("Agent", metrics["slices"]["agent"]),
        "## Limits",
        (
            "- It estimates. It does not prove who wrote a function, and must not be used against a person.\n"
            "- Much of what it has learnt is what agents are asked to write, not how they write: see the figure on "
            "pairs. And most of how they write is how they comment: without comments, little is left on pairs.\n"
            "- Human code written since 2023 is not in the data. Its style has moved towards that of models.\n"
            "- Most of the LLM code comes from the models of one vendor; it knows others less well.\n"
            "- It says nothing about correctness, and it can be evaded: few short answers of LLMs to small tasks are "
            "called `llm` as they come, and where the comments of a human and an LLM function for one task are "
            "exchanged, it cannot tell them apart. Figures: docs/quality.md, *What the figures hide*.\n"
            "- Code that a person edited after an LLM, or the other way round, counts as one or the other here."
        ),
    ]
    return "\n\n".join(sections) + "\n"


def _of_both_steps(manifest: Mapping[str, Any]) -> str:
    if not _refines(manifest):
        return ""
    return (
        " Verdicts are those of both steps together, where nobody looks at what the first one calls `human`; functions "
        "are ranked by the log-odds of their probability. Figures of files and commits are the wide part's."
    )


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
    deep = manifest["deep"]
    if manifest["wide"] is None:
        return (
            f"An encoder of {deep['layers']} layer(s), {deep['dim']} wide, over {deep['vocab_size']} tokens, trained on "
            "the labels alone. There are no n-grams beside it."
        )
    views = ", ".join(
        f"{view['kind']} {view['min_order']}-{view['max_order']}" for view in manifest["wide"]["views"]
    )
    wide = f"*Wide*: hashed n-grams ({views}) with one linear weight each."
    if deep is None:
        tried = "none was trained for this bundle"
        if manifest["build"]["deep"] != "off":
            tried = "one was trained and left out, because it did not help out of fold"
        return f"{wide} No deep part: {tried}."
    added = "The two logits are added."
    if _refines(manifest):
        added = (
            "The wide part answers at once. The deep part reads later what the wide one does not call `human`, and what "
            "a user looks at; its logit is added, and the sum read with thresholds of its own. What the wide part calls "
            "`human` is never called `llm`. Whole files and commits go by the wide part alone."
        )
    return (
        f"{wide} *Deep*: an encoder of {deep['layers']} layer(s), {deep['dim']} wide, over {deep['vocab_size']} "
        f"layout-keeping BPE tokens, trained on what the wide part leaves unexplained. {added}"
    )


def _refines(manifest: Mapping[str, Any]) -> bool:
    return manifest["calibration"].get("refined") is not None


def _verdicts(verdicts: Mapping[str, Any], calibration: Mapping[str, Any]) -> str:
    table = ["| mean over repositories | share |", "|---|---|"]
    table += [f"| {title} | {percent(verdicts[key])} |" for key, title in RATES]
    rate = calibration["false_positive_rate"]
    return (
        f"With the `llm` threshold, at most {percent(rate)} of the human-written functions of a new repository are "
        "expected to be called `llm` (conformal risk control, repositories as units, modern and older code each "
        "separately).\n\n"
        + "\n".join(table)
        + f"\n\nExpected calibration error of the probability: {verdicts['expected_calibration_error']:.3f}."
    )


def _in_files(metrics: Mapping[str, Any]) -> list[str]:
    table = in_file_table(metrics)
    return [] if table is None else ["## Functions in their files", in_file_note(metrics), table]


def _quality(manifest: Mapping[str, Any]) -> list[str]:
    sections = quality_sections(manifest)
    return ["## How often human code is called `llm`", *sections] if sections else []


def _slice_table(title: str, figures: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [f"| {title} | AUROC | found at 1 % false positives | functions |", "|---|---|---|---|"]
    for name, each in figures.items():
        lines.append(
            f"| {name} | {number(each['auroc'], 3)} | {number(each['tpr_at_1_fpr'], 2)} | {each['functions']} |"
        )
    return "\n".join(lines)
