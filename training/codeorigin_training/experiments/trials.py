"""What was tried: one JSON file a trial, the page that is made of them, and the command ``record`` that adds one."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.folder import MANIFEST
from codeorigin_training.configuration import STRICT
from codeorigin_training.run import STUDY, Run, write_atomically

FOLDER, PAGE = "experiments", "EXPERIMENTS.md"
"""Where trials and page are in the training tree."""

Line = Annotated[str, Field(pattern=r"^\S.*$")]
"""One line that is not empty."""

Kind = Literal["kept", "open", "rejected", "measured"]
"""What follows from a trial: it is in the product, a question, it is not in the product, or a fact."""

_SECTIONS = {
    "kept": "What is in the product",
    "open": "Open questions",
    "rejected": "Not again without a new idea",
}
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


@dataclass(frozen=True, config=STRICT)
class Lesson:
    """What follows from a trial, in one sentence with its effect."""

    kind: Kind
    text: str


@dataclass(frozen=True, config=STRICT)
class Trial:
    """One trial, for the ``model`` that was current then.

    ``command`` ran it on the Git ``commit``, with ``data`` (the corpus' SHA-256) and ``seed``; None if that was not
    recorded. ``settings`` are those of every stage. ``figures`` has the long ``table``; early trials have theirs by
    name or in ``tables`` of text, and ``notes`` are what was said about them.
    """

    title: str
    model: str
    measured_on: str
    lessons: tuple[Lesson, ...]
    command: str | None = None
    commit: str | None = None
    data: str | None = None
    seed: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    tables: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class RecordConfig:
    """``title`` names the trial, ``lesson`` is what follows from it in one sentence with its effect, of ``kind``.

    ``why`` is what was asked, ``model`` the version that was current. ``study`` names a study of the run, whose figures
    are recorded instead of those of its bundle. ``training`` is the project's training tree.
    """

    title: Line
    lesson: Line
    kind: Kind
    model: Line
    why: str = ""
    study: str = ""
    training: Path = Path(__file__).parents[2]


def record(config: RecordConfig, run: Run) -> None:
    """Add the file of a trial and write the page again: the run's settings, and its figures out of fold.

    Held-out figures are left out: what is chosen by them is no longer held out. For a study, only the study's settings
    and figures are recorded.

    Raises:
        RunError: the run has no bundle, no such study or no settings.
        ExperimentError: the settings lack the command, the bundle has no figures, or the title is taken.
    """
    command, source = "export", run.bundle / MANIFEST
    if config.study:
        command, source = f"study {config.study}", run.studies / config.study / STUDY
    settings = json.loads(run.needs(run.settings, command).read_text(encoding="utf-8"))
    found = json.loads(run.needs(source, command).read_text(encoding="utf-8"))
    rows = found.get("metrics", {}).get("out_of_fold", [])
    for figure in (row for section in found.get("sections", ()) for row in section["figures"]):
        rows.append({name: value for name, value in figure.items() if value is not None})
    if command not in settings or not rows:
        raise ExperimentError(f"{run.folder}: has no settings and figures of {command}; run it again")
    trial = Trial(
        title=config.title,
        model=config.model,
        measured_on="the study's code" if config.study else "training repositories, out of fold",
        lessons=(Lesson(config.kind, config.lesson),),
        command=command if config.study else "build",
        commit=settings[command]["git_commit"],
        data=found.get("data", {}).get("sha256"),
        settings=_without_folders({command: settings[command]} if config.study else settings),
        figures={"table": rows},
        notes=(config.why,) if config.why else (),
    )
    folder = config.training / FOLDER
    trials = read_trials(folder)
    name = re.sub(r"[^a-z0-9.]+", "-", trial.title.lower()).strip("-")[:80]
    if name in trials:
        raise ExperimentError(f"there is a trial {name}; choose another title")
    text = json.dumps(asdict(trial), indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(folder / f"{name}.json", text + "\n")
    write_atomically(config.training / PAGE, page(read_trials(folder)))
    run.log(f"recorded {config.title} in {folder / name}.json")


def _without_folders(value: Any) -> Any:
    """``value`` with every absolute path reduced to its last part, because others do not have these folders."""
    if isinstance(value, Mapping):
        return {name: _without_folders(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_folders(inner) for inner in value]
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def read_trials(folder: Path) -> dict[str, Trial]:
    """The trials in ``folder`` by the names of their files, in the order of their models and names.

    Raises:
        ExperimentError: a file is not a trial.
    """
    found: dict[str, Trial] = {}
    for path in folder.glob("*.json"):
        try:
            found[path.stem] = TypeAdapter(Trial).validate_json(path.read_bytes())
        except ValueError as error:
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
    lines: dict[str, list[str]] = {kind: [] for kind in (*_SECTIONS, "measured")}
    for name, trial in trials.items():
        link = f"[{name}]({FOLDER}/{name}.json)"
        for lesson in trial.lessons:
            lines[lesson.kind].append(link if lesson.kind == "measured" else f"- {lesson.text} {link}")
    parts = [
        f"## {title}\n\n" + "\n".join(lines[kind]) + "\n" for kind, title in _SECTIONS.items() if lines[kind]
    ]
    if lines["measured"]:
        parts.append(f"## Measured, without a choice\n\n{', '.join(dict.fromkeys(lines['measured']))}\n")
    return "\n".join([_INTRODUCTION, *parts])
