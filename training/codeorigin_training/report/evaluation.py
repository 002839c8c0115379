"""The evaluation report: the manifest's figures, and the sections that only the report measures."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin_training.report.card import figure_sections, verdict_sections
from codeorigin_training.report.document import Block, Bullets, Heading, Paragraph, html
from codeorigin_training.report.expectations import flagged_found_open
from codeorigin_training.report.section import Section, section_blocks
from codeorigin_training.report.separation import (
    interval_note,
    language_sections,
    quality_table,
)

_CHECKS = ("controls", "faithfulness")
_TERMS = (
    (
        "**Human code** was written before mid-2021 (*old*) or between July 2021 and November 2022 (*modern*) in "
        "repositories, or comes from the packages of a Linux distribution."
    ),
    (
        "**LLM code** comes from commits signed by an agent, and from *same-task pairs*: a model wrote a function from "
        "the specification of a human-written one, without seeing it."
    ),
    "**Held-out repositories** were used neither in training nor in calibration.",
    (
        "**Own text** means that each function is judged alone; **in its file**, that the other functions of the file "
        "count too, as in an editor."
    ),
    (
        "**Called** `llm`, `human` or `unsure` is the band of a verdict. Human code called `llm` is a *false positive* "
        "(FP). *Found at 1 % FP* is the share of LLM functions above a limit that 1 % of human ones exceed."
    ),
    "**AUROC** is the probability that a random LLM function scores higher than a random human-written one.",
    (
        "In cells such as `0.3 % (0.1 %-0.6 %; 40)`, the brackets contain the 90 % interval and the number of "
        "repositories; in `0.1 % (2 of 40)`, the number of repositories with any such function."
    ),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The model that was measured, and the data.

    ``build`` is the hash of what the model was made from (:func:`build_of`), which it shares with its twin. ``seen`` is
    how many of the held-out repositories it was fitted or calibrated on; None if its manifest does not say.
    """

    model: str
    digest: str
    data: str
    training_repositories: int
    held_out_repositories: int
    settings: str
    build: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What report.json holds: the sections that were asked for, by name and in order."""

    subject: Subject
    sections: Mapping[str, Section]


def build_of(manifest: Mapping[str, Any]) -> str:
    """Hash of the corpus, logits and calibration that a bundle was made from; empty if its manifest does not say."""
    inputs = manifest.get("data", {}).get("inputs")
    return "" if inputs is None else hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def render(report: Report, manifest: Mapping[str, Any]) -> str:
    """The page as HTML; ``manifest`` is that of the bundle, or of its twin or the bundle that it is the twin of."""
    subject = report.subject
    blocks: list[Block] = [
        Paragraph(
            f"Corpus {subject.data[:12]}; {subject.training_repositories} repositories for training, "
            f"{subject.held_out_repositories} held out. Intervals are 90 %, by bootstrap over repositories (over "
            "tasks for snippets). Compared classes are matched within language, test code and length. A dash means "
            "too few functions, or no threshold.",
            "what",
        ),
        *_problems(report),
        *_of_manifest(manifest),
        *section_blocks(list(report.sections.values())),
        Paragraph(f"Settings: {subject.settings}", "what"),
    ]
    return html(f"How well {subject.model} works", blocks, by=subject.model)


def problems(report: Report) -> list[str]:
    """What a reader must know first: code that the model knows, controls over their bound, demands that do not hold."""
    return [
        *_not_blind(report.subject),
        *(text for section in report.sections.values() for text in section.problems),
    ]


def _not_blind(subject: Subject) -> list[str]:
    if subject.seen == 0:
        return []
    known = (
        "does not say what it was fitted on; if it knows the held-out repositories, all figures are too good"
        if subject.seen is None
        else f"was fitted or calibrated on {subject.seen} of the {subject.held_out_repositories} held-out "
        "repositories, so the figures are too good; measure its twin, in the run's folder twin"
    )
    return [f"{subject.model} {known}."]


def _problems(report: Report) -> list[Block]:
    if found := problems(report):
        return [Bullets(found, "To be read first")]
    if all(name in report.sections for name in _CHECKS):
        return [Paragraph("All controls are within their bounds, and all requirements are met.", "fine")]
    return []


def _of_manifest(manifest: Mapping[str, Any]) -> list[Block]:
    """The figures on all held-out functions, as on the model card; empty for a bundle that has none."""
    metrics = manifest.get("metrics") or {}
    if "held_out" not in metrics:
        return []
    return [
        Heading("What to expect"),
        Paragraph(f"**{flagged_found_open(metrics)}**"),
        Paragraph(
            "This is about functions in their files, the table about functions by their own text.", "what"
        ),
        *verdict_sections(manifest),
        Heading("Terms"),
        Bullets(_TERMS),
        Heading("How well the two are told apart"),
        Paragraph(f"These are the figures of the model's manifest. {interval_note(metrics)}", "what"),
        quality_table(metrics),
        *figure_sections(manifest),
        *language_sections(metrics),
    ]
