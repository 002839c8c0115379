"""What was tried: one file a trial in ``training/experiments``, and the page that is made of them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.files import write_atomically
from codeorigin_training.report.document import Block, Bullets, Heading, Paragraph, markdown

FOLDER, PAGE = "experiments", "EXPERIMENTS.md"
"""Where trials and page are in the training tree."""


class ExperimentError(CodeOriginError):
    """A trial cannot be read or recorded."""


class LessonKind(StrEnum):
    """What follows from a trial: it is in the product, it is not, a fact, or a question."""

    KEPT = "kept"
    REJECTED = "rejected"
    MEASURED = "measured"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One sentence with its effect, with the interval where one was measured."""

    kind: LessonKind
    text: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial, for the ``model`` that was current then.

    ``command`` ran it on the Git ``commit``, with ``data`` (the corpus' SHA-256) and ``seed``; None if that was not
    recorded. ``settings`` are those of every stage. ``figures`` are those of a manifest's ``out_of_fold``, or a study's
    by name, each with ``value``, ``low`` and ``high``; early trials have theirs in ``tables`` of text, and ``notes`` are
    what was said about them.
    """

    title: str
    model: str
    measured_on: str
    lessons: Sequence[Lesson]
    command: str | None = None
    commit: str | None = None
    data: str | None = None
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    tables: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()


_SECTIONS = {
    LessonKind.KEPT: "What is in the product",
    LessonKind.OPEN: "Open questions",
    LessonKind.REJECTED: "Not again without a new idea",
}
_INTRODUCTION = (
    "Effects are differences of AUROC against human code before mid-2021 (*old*) or of 2021-07 to 2022-11 "
    "(*modern*), inside repositories that hold both classes, or on same-task *pairs*; intervals are 90 %. Folds "
    "of repositories differ by .03, so .005 is no difference. Up to 0.2 the folds held the held-out repositories "
    "too, and some later choices looked at these: trials now record figures out of fold alone. The name behind a "
    "sentence is that of its file in `experiments/`, with command, commit, settings, all figures, and what was "
    "said about them. The page is generated from these files by `python -m codeorigin_training record`."
)


def read_trials(folder: Path) -> dict[str, Trial]:
    """The trials in ``folder`` by the names of their files, in the order of their models and names.

    Raises:
        ExperimentError: a file is not a trial.
    """
    found: dict[str, Trial] = {}
    for path in folder.glob("*.json"):
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            lessons = [Lesson(LessonKind(value["kind"]), value["text"]) for value in values["lessons"]]
            found[path.stem] = Trial(**values | {"lessons": lessons})
        except (ValueError, TypeError, KeyError) as error:
            raise ExperimentError(f"{path}: not a trial ({error!r})") from error
    return dict(sorted(found.items(), key=lambda item: (_version(item[1].model), item[0])))


def page(trials: Mapping[str, Trial]) -> str:
    """EXPERIMENTS.md: every lesson that something follows from, by its kind, with the name of its trial."""
    blocks: list[Block] = [Heading("Experiments", 1), Paragraph(_INTRODUCTION)]
    for kind, title in _SECTIONS.items():
        texts = [
            f"{lesson.text} {_link(name)}"
            for name, trial in trials.items()
            for lesson in trial.lessons
            if lesson.kind is kind
        ]
        blocks += [Heading(title), Bullets(texts)] if texts else []
    others = [
        _link(name)
        for name, trial in trials.items()
        if any(lesson.kind is LessonKind.MEASURED for lesson in trial.lessons)
    ]
    if others:
        blocks += [Heading("Measured, without a choice"), Paragraph(", ".join(others))]
    return markdown(blocks) + "\n"


def add_trial(trial: Trial, training: Path) -> Path:
    """Write the trial's file below ``training``, and the page again; returns the file's path.

    Raises:
        ExperimentError: there is a trial of this title, or a file is not a trial.
    """
    folder = training / FOLDER
    path = folder / f"{re.sub(r'[^a-z0-9.]+', '-', trial.title.lower()).strip('-')[:80]}.json"
    if path.exists():
        raise ExperimentError(f"{path}: there is a trial of this title; choose another")
    trials = read_trials(folder) | {path.stem: trial}
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(asdict(trial), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    write_atomically(
        training / PAGE,
        page(dict(sorted(trials.items(), key=lambda item: (_version(item[1].model), item[0])))),
    )
    return path


def _link(name: str) -> str:
    return f"[{name}]({FOLDER}/{name}.json)"


def _version(model: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", model)))
