"""The evaluation report: the manifest's figures, and the sections that only the report measures."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codeorigin.report.frame import page
from codeorigin_training.report import tables
from codeorigin_training.report.cells import SHARE_NOTE
from codeorigin_training.report.pages import rendered
from codeorigin_training.report.section import Section

_TERMS = (
    (
        "**Human code** was written before mid-2021 or between July 2021 and November 2022 in repositories, or comes "
        "from "
        "the packages of a Linux distribution."
    ),
    (
        "**LLM code** comes from commits signed by an agent, and from *same-task pairs*: a model wrote a function from "
        "the "
        "specification of a human-written one, without seeing it."
    ),
    (
        "**Held-out repositories** were used neither in training nor in calibration. Figures on them were read many "
        "times "
        "while earlier versions were made, and some choices followed from it."
    ),
    (
        "**Own text** means that each function is judged alone; **in its file**, that the other functions of the file "
        "count "
        "too, as in an editor."
    ),
    (
        "**Found** is LLM code called `llm`, **flagged** human code called so. *Found at 1 % false positives* is the "
        "share "
        "of LLM functions above a limit that 1 % of human ones exceed."
    ),
    "**AUROC** is the probability that a random LLM function scores higher than a random human-written one.",
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
    lead = (
        (
            f"Corpus {subject.data[:12]}; {subject.training_repositories} repositories for training, "
            f"{subject.held_out_repositories} held out. Intervals are 90 %, by bootstrap over repositories (over tasks "
            f"for "
            "snippets). Compared classes are matched within language, test code and length. A dash means too few "
            "functions, or no threshold."
        ),
        f"Settings: {subject.settings}",
    )
    sections = [*_of_manifest(manifest), *report.sections.values()]
    return page_of(f"How well {subject.model} works", sections, lead, problems(report), by=subject.model)


def page_of(
    title: str, sections: Sequence[Section], lead: Sequence[str], first: Sequence[str] = (), *, by: str = ""
) -> str:
    """A whole page without scripts or external resources: ``lead``, what must be read ``first``, and ``sections``.

    All texts are escaped. ``by`` names the model in the footer.
    """
    return "".join(page(title, [rendered("body.html.j2", sections=sections, lead=lead, problems=first)], by))


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


def _of_manifest(manifest: Mapping[str, Any]) -> list[Section]:
    """The figures on all held-out functions, as on the model card; empty for a bundle that has none."""
    metrics = manifest.get("metrics") or {}
    if "held_out" not in metrics:
        return []
    ways = [way for way in ("in_file", "by_text") if way in metrics["false_positives"]]
    found = [
        Section(
            "What to expect",
            f"Shares are means over projects. {SHARE_NOTE}",
            tables=(tables.contexts(metrics), *(tables.languages(metrics, way) for way in ways)),
        ),
        Section("Terms", "", _TERMS),
        Section(
            "How well the two are told apart",
            "Functions by their own text, whole files and commits of four functions or more; means over ten draws.",
            tables=(tables.ranking(metrics),),
        ),
    ]
    if metrics.get("commits"):
        note = "In a file that holds both classes, its other functions mislead. All against all, not matched."
        found.append(Section("Mixed files", note, tables=(tables.mixed_files(metrics["commits"]),)))
    if metrics.get("settings"):
        out_of_fold = (metrics.get("out_of_fold") or {}).get("settings")
        agents = metrics.get("unseen_agents")
        found.append(
            Section(
                "By setting",
                "LLM functions against human ones of 2021-22. *Agents in people's projects*: both from the same "
                "projects. *Repositories that agents built* have no human code in the corpus.",
                tables=(
                    tables.settings(metrics["settings"], "Held-out repositories"),
                    *(
                        [tables.settings(out_of_fold, "Out of fold, training repositories")]
                        if out_of_fold
                        else []
                    ),
                    *([tables.unseen_agents(agents)] if agents else []),
                ),
            )
        )
    return found
