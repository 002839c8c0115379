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
            f"languages, and {data['pairs']} same-task pairs: a human-written function, and one that a model wrote "
            f"from its specification alone. {_fitted_on(data)}"
        ),
        "## Quality on repositories that it never saw",
        quality_table(metrics),
        (
            "Intervals are 90 %, by bootstrap over repositories. Classes are matched within language, test code and "
            f"length; figures are means over ten draws from the larger class. {SELECTION}{_of_both_steps(manifest)}"
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
            "- A score is an estimate. It does not prove who wrote a function, and must not be used against a "
            "person.\n"
            "- Much of what the model has learned is what agents are asked to write, not how they write; see the "
            "figure for pairs. Most of how they write is how they comment: without comments, little is left on "
            "pairs.\n"
            "- Human code written since 2023 is not in the data. Its style has moved towards that of models.\n"
            "- Most of the LLM code comes from the models of one vendor; the model knows others less well.\n"
            "- It says nothing about correctness, and it can be evaded. Few short answers of LLMs to small tasks are "
            "called `llm`, and it cannot tell a human and an LLM function for one task apart if their comments are "
            "swapped. See *What the figures hide* in docs/quality.md.\n"
            "- Code that a person edited after an LLM, or the other way round, counts as one or the other here."
        ),
    ]
    return "\n\n".join(sections) + "\n"


def _of_both_steps(manifest: Mapping[str, Any]) -> str:
    if not _refines(manifest):
        return ""
    return (
        " Verdicts are those of both steps together, without the functions that a user looks at; functions are "
        "ranked by the log-odds of their probability. Figures for files and commits are those of the wide part."
    )


def _packages(data: Mapping[str, Any]) -> str:
    if not data.get("packages"):
        return ""
    return f" and of {data['packages']:,} packages of a Linux distribution, which contain only human code,"


def _fitted_on(data: Mapping[str, Any]) -> str:
    trained, others = data["training_repositories"], data["held_out_repositories"]
    if not data.get("fitted_on_all_repositories"):
        return f"Training and calibration used {trained} repositories; all figures below are for the other {others}."
    return (
        "It is fitted on all of them. Its thresholds come from out-of-fold logits: each repository is scored by a "
        f"model that was not trained on it. All figures below are those of the same model fitted on {trained} "
        f"repositories, measured once on the other {others}."
    )


def _architecture(manifest: Mapping[str, Any]) -> str:
    deep = manifest["deep"]
    if manifest["wide"] is None:
        return (
            f"An encoder with {deep['layers']} layer(s) of width {deep['dim']} over {deep['vocab_size']} tokens, "
            "trained on the labels alone. It has no n-grams."
        )
    views = ", ".join(
        f"{view['kind']} {view['min_order']}-{view['max_order']}" for view in manifest["wide"]["views"]
    )
    wide = f"*Wide*: hashed n-grams ({views}) with one linear weight each."
    if deep is None:
        tried = "none was trained for this bundle"
        if manifest["build"]["deep"] != "off":
            tried = "one was trained but left out, because it did not help out of fold"
        return f"{wide} No deep part: {tried}."
    added = "The two logits are added."
    if _refines(manifest):
        added = (
            "The wide part gives the first verdict. The deep part then runs on functions that the wide part does not "
            "call `human`, and on those that a user looks at; its logit is added, and separate thresholds apply to "
            "the sum. A function that the wide part calls `human` is never called `llm`. Whole files and commits use "
            "the wide part alone."
        )
    return (
        f"{wide} *Deep*: an encoder with {deep['layers']} layer(s) of width {deep['dim']} over {deep['vocab_size']} "
        f"layout-preserving BPE tokens, trained on what the wide part leaves unexplained. {added}"
    )


def _refines(manifest: Mapping[str, Any]) -> bool:
    return manifest["calibration"].get("refined") is not None


def _verdicts(verdicts: Mapping[str, Any], calibration: Mapping[str, Any]) -> str:
    rows = [f"| {title} | {percent(verdicts[key])} |" for key, title in RATES]
    return "\n\n".join(
        [
            (
                f"With the `llm` threshold, at most {percent(calibration['false_positive_rate'])} of the "
                "human-written functions of a new repository are expected to be called `llm` (conformal risk control "
                "with repositories as units, separately for modern and older code)."
            ),
            "\n".join(["| mean over repositories | share |", "|---|---|", *rows]),
            f"Expected calibration error of the probability: {verdicts['expected_calibration_error']:.3f}.",
        ]
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
