"""The model card, generated from the manifest; no figure in it is typed by hand."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.report.cells import number, share_cell
from codeorigin_training.report.commits import commit_sections
from codeorigin_training.report.document import Block, Bullets, Heading, Paragraph, Table, markdown
from codeorigin_training.report.human_code import human_code_sections, two_shares
from codeorigin_training.report.separation import (
    RATES,
    SELECTION,
    in_file_sections,
    interval_note,
    language_sections,
    quality_table,
)
from codeorigin_training.report.settings import setting_sections

_LIMITS = (
    "A score is an estimate. It does not prove who wrote a function, and must not be used against a person.",
    (
        "Much of what the model has learned is what agents are asked to write, not how they write; see the figure for "
        "pairs. Most of how they write is how they comment: without comments, little is left on pairs."
    ),
    "Human code written since 2023 is not in the data. Its style has moved towards that of models.",
    "Most of the LLM code comes from the models of one vendor; the model knows others less well.",
    (
        "It says nothing about correctness, and it can be evaded. Few short answers of LLMs to small tasks are called "
        "`llm`, and it cannot tell a human and an LLM function for one task apart if their comments are swapped. See "
        "*What the figures hide* in docs/quality.md."
    ),
    "Code that a person edited after an LLM, or the other way round, counts as one or the other here.",
)


def model_card(manifest: Mapping[str, Any]) -> str:
    """Markdown for the model folder's README."""
    metrics, data = manifest["metrics"], manifest["data"]
    blocks: list[Block] = [
        Heading(f"{manifest['name']} {manifest['version']}", 1),
        Paragraph(
            "Estimates how likely a function was written by an LLM. Generated from the manifest; do not edit."
        ),
        Heading("What it is"),
        Paragraph(_architecture(manifest)),
        Heading("What it was trained on"),
        Paragraph(
            f"{data['functions']:,} functions of {data['repositories']} repositories{_packages(data)} in eleven "
            f"languages, and {data['pairs']} same-task pairs: a human-written function, and one that a model wrote "
            f"from its specification alone. {_fitted_on(data)}"
        ),
        Heading("Quality on repositories that it never saw"),
        quality_table(metrics),
        Paragraph(
            f"Classes are matched within language, test code and length. {interval_note(metrics)} {SELECTION}"
        ),
        Heading("At the shipped thresholds"),
        *verdict_sections(manifest),
        *figure_sections(manifest),
        *language_sections(metrics),
        Heading("Limits"),
        Bullets(_LIMITS),
    ]
    return markdown(blocks) + "\n"


def figure_sections(manifest: Mapping[str, Any], level: int = 2) -> list[Block]:
    """What card, quality page and report show alike; ``level`` is that of the first heading."""
    metrics = manifest["metrics"]
    return [
        *in_file_sections(metrics, level),
        *human_code_sections(manifest),
        *commit_sections(manifest),
        *setting_sections(metrics),
    ]


def verdict_sections(manifest: Mapping[str, Any]) -> list[Block]:
    """Shares of functions by verdict, and the calibration error."""
    verdicts = manifest["metrics"]["verdicts"]
    return [
        Paragraph(two_shares(manifest["calibration"])),
        Table(
            ("mean over repositories", "share"),
            [(title, share_cell(verdicts[key], 1)) for key, title in RATES],
        ),
        Paragraph(
            f"Expected calibration error of the probability: {number(verdicts['expected_calibration_error'])}."
        ),
    ]


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
    return (
        f"{wide} *Deep*: an encoder with {deep['layers']} layer(s) of width {deep['dim']} over {deep['vocab_size']} "
        "layout-preserving BPE tokens, trained on what the wide part leaves unexplained. The two logits are added."
    )
