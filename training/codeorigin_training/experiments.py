"""Log of experiments: a line of results.jsonl for every trial, its settings in a file, and tables made of both."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeorigin.errors import CodeOriginError
from codeorigin_training.files import write_whole

BEGIN, END = "<!-- results.jsonl: begin -->", "<!-- results.jsonl: end -->"
"""The text between these lines of EXPERIMENTS.md is generated; do not edit it by hand."""

_COLUMNS = ("what", "why", "old", "modern", "inside", "pairs; written", "kept", "settings")


class ExperimentError(CodeOriginError):
    """A trial cannot be recorded, or the page lacks the marker lines."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial of an ``experiment``.

    ``settings`` names the file next to the page that holds the settings of every stage. ``figures`` are those of a
    manifest's ``held_out`` (:func:`~codeorigin_training.measure.held_out.detector_metrics`); for a ``study`` they are
    the study's figures by name, each with ``value``, ``low`` and ``high``.
    """

    experiment: str
    what: str
    why: str
    kept: str
    settings: str
    git_commit: str
    figures: Mapping[str, Any]
    study: str = ""

    def line(self) -> str:
        """The trial as a line of results.jsonl."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, sort_keys=False, allow_nan=False)


def read_trials(results: Path) -> list[Trial]:
    """The trials in ``results``; old lines, which have no experiment, are left out.

    Raises:
        ExperimentError: a line is not JSON, or lacks a field.
    """
    found = []
    for number, line in enumerate(results.read_text(encoding="utf-8").splitlines(), 1):
        try:
            values = json.loads(line)
            if "experiment" in values:
                found.append(Trial(**values))
        except (ValueError, TypeError) as error:
            raise ExperimentError(f"{results}:{number}: not a trial ({error})") from error
    return found


def tables(trials: Sequence[Trial]) -> str:
    """Markdown: a heading and a table for each experiment, in the order of their first trials."""
    parts = []
    for experiment in dict.fromkeys(each.experiment for each in trials):
        inside = [each for each in trials if each.experiment == experiment]
        parts.append(f"### {experiment}")
        if inside[0].study:
            parts += [_told(each) for each in inside]
            names = list(dict.fromkeys(name for each in inside for name in each.figures))
            header = ("figure", *(each.what for each in inside))
            rows = [(name, *(_interval(each.figures.get(name)) for each in inside)) for name in names]
        else:
            header, rows = _COLUMNS, [_row(each) for each in inside]
        table = [header, tuple("---" for _ in header), *rows]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in table))
    return "\n\n".join(parts) if parts else "None yet."


def refreshed(page: str, trials: Sequence[Trial]) -> str:
    """``page`` with the tables of ``trials`` between :data:`BEGIN` and :data:`END`.

    Raises:
        ExperimentError: the page lacks these lines.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ExperimentError(f"the page of experiments lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{tables(trials)}\n\n{END}{after}"


def add_trial(trial: Trial, settings: Mapping[str, Any], page: Path, results: Path) -> None:
    """Record a trial: its settings next to ``page``, its line in ``results``, its row on ``page``.

    Raises:
        ExperimentError: the page lacks the marker lines.
    """
    trials = [*read_trials(results), trial]
    text = refreshed(page.read_text(encoding="utf-8"), trials)
    kept = page.parent / trial.settings
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_whole(kept, json.dumps(settings, indent=1) + "\n")
    write_whole(results, results.read_text(encoding="utf-8") + trial.line() + "\n")
    write_whole(page, text)


def settings_name(experiment: str, what: str) -> str:
    """Path of a trial's settings file, relative to the page."""
    return (
        "experiments/" + re.sub(r"[^a-z0-9]+", "-", f"{experiment} {what}".lower()).strip("-")[:80] + ".json"
    )


def _row(trial: Trial) -> tuple[str, ...]:
    figures = trial.figures
    return (
        trial.what,
        trial.why,
        _era(figures.get("old_human")),
        _era(figures.get("modern_human")),
        _number((figures.get("same_repository") or {}).get("mean_auroc")),
        "; ".join(_number((figures.get(name) or {}).get("auroc")) for name in ("pairs", "written_pairs")),
        trial.kept,
        f"[settings]({trial.settings})",
    )


def _told(trial: Trial) -> str:
    reasons = "".join(f" {text}" for text in (trial.why, trial.kept) if text)
    return f"**{trial.what}** ([settings]({trial.settings})).{reasons}"


def _interval(found: Mapping[str, Any] | None) -> str:
    if not found:
        return "–"
    bounds = found.get("low"), found.get("high")
    shown = "" if None in bounds else f" ({_number(bounds[0])}-{_number(bounds[1])})"
    return f"{_number(found.get('value'))}{shown}"


def _era(found: Mapping[str, Any] | None) -> str:
    if not found:
        return "–"
    return f"{_number(found.get('auroc'))} / {_number(found.get('tpr_at_1_fpr'))}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
