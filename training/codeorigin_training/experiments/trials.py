"""What was tried: one JSON file a trial in ``training/experiments``, and the page that is made of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.files import write_atomically

FOLDER, PAGE = "experiments", "EXPERIMENTS.md"
"""Where trials and page are in the training tree."""

_SECTIONS = {
    "kept": "What is in the product",
    "open": "Open questions",
    "rejected": "Not again without a new idea",
}
KINDS = (*_SECTIONS, "measured")
"""What follows from a trial: it is in the product, a question, it is not in the product, or a fact."""

_INTRODUCTION = """# Experiments

Effects are differences of AUROC against human code before mid-2021 (*old*) or of 2021-07 to 2022-11 (*modern*), inside \
repositories that hold both classes, or on same-task *pairs*; intervals are 90 %. Folds of repositories differ by .03, \
so .005 is no difference. Up to 0.2 the folds held the held-out repositories too, and some later choices looked at \
these: three that were kept (of 0.6.1, 0.6.2 and 0.6.4) were measured on them. Trials now record figures out of fold \
alone. The name behind a sentence is that of its file in `experiments/`, with command, \
commit, settings, all figures, and what was said about them. The page is generated from these files by \
`python -m codeorigin_training record`.
"""


class ExperimentError(CodeOriginError):
    """A trial cannot be read or recorded."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial, for the ``model`` that was current then.

    Each of the ``lessons`` is one sentence with its effect (``text``) of a ``kind`` in :data:`KINDS`. ``command`` ran it
    on the Git ``commit``, with ``data`` (the corpus' SHA-256) and ``seed``; None if that was not recorded. ``settings``
    are those of every stage. ``figures`` are those of a manifest's ``out_of_fold``, or a study's by name; early trials
    have theirs in ``tables`` of text, and ``notes`` are what was said about them.
    """

    title: str
    model: str
    measured_on: str
    lessons: tuple[Mapping[str, str], ...]
    command: str | None = None
    commit: str | None = None
    data: str | None = None
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def read_trials(folder: Path) -> dict[str, Trial]:
    """The trials in ``folder`` by the names of their files, in the order of their models and names.

    Raises:
        ExperimentError: a file is not a trial.
    """
    found: dict[str, Trial] = {}
    for path in folder.glob("*.json"):
        try:
            trial = found[path.stem] = Trial(**json.loads(path.read_text(encoding="utf-8")))
            if not all(lesson["kind"] in KINDS and lesson["text"] for lesson in trial.lessons):
                raise ValueError("a lesson has no known kind")
        except (ValueError, TypeError, KeyError) as error:
            raise ExperimentError(f"{path}: not a trial ({error!r})") from error
    version = {name: tuple(map(int, re.findall(r"\d+", trial.model))) for name, trial in found.items()}
    return dict(sorted(found.items(), key=lambda item: (version[item[0]], item[0])))


def newest(trials: Mapping[str, Trial], prefix: str) -> str:
    """The name of the last trial whose name begins with ``prefix``.

    Raises:
        ExperimentError: there is none.
    """
    if names := [name for name in trials if name.startswith(prefix)]:
        return names[-1]
    raise ExperimentError(f"no trial is called {prefix}*.json; record one")


def page(trials: Mapping[str, Trial]) -> str:
    """EXPERIMENTS.md: every lesson that something follows from, by its kind, with the name of its trial."""
    links: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name, trial in trials.items():
        link = f"[{name}]({FOLDER}/{name}.json)"
        for lesson in trial.lessons:
            measured = lesson["kind"] == "measured"
            links[lesson["kind"]].append(link if measured else f"- {lesson['text']} {link}")
    parts = [_INTRODUCTION]
    parts += [
        f"## {title}\n\n" + "\n".join(links[kind]) + "\n" for kind, title in _SECTIONS.items() if links[kind]
    ]
    if links["measured"]:
        parts.append(f"## Measured, without a choice\n\n{', '.join(dict.fromkeys(links['measured']))}\n")
    return "\n".join(parts)


def add_trial(trial: Mapping[str, Any], training: Path) -> Path:
    """Write the trial's file below ``training``, and the page again; returns the file's path.

    Raises:
        ExperimentError: there is a trial of this title, or a file is not a trial.
    """
    folder = training / FOLDER
    path = folder / f"{re.sub(r'[^a-z0-9.]+', '-', trial['title'].lower()).strip('-')[:80]}.json"
    if path.exists():
        raise ExperimentError(f"{path}: there is a trial of this title; choose another")
    read_trials(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(trial, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    write_atomically(training / PAGE, page(read_trials(folder)))
    return path
