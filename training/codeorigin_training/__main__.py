"""``python -m codeorigin_training COMMAND``."""

import importlib
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from codeorigin.errors import CodeOriginError
from codeorigin_training.configuration import ConfigurationError, load_config
from codeorigin_training.run import Run

RECIPES = Path(__file__).parent.parent / "recipes"
"""Settings of whole builds, one file each, in the checkout that training runs from."""

STAGES = {
    "corpus": "Read every source, filter, drop near-duplicates, write the run's corpus and its data card.",
    "wide": "Train the n-gram part, cross-fitted by repository.",
    "tokenizer": "Train the vocabulary on the run's corpus.",
    "pretrain": "Pretrain an encoder on unlabelled code.",
    "finetune": "Train the deep part on what the wide part leaves unexplained.",
    "calibrate": "Fit temperature and thresholds on out-of-fold logits.",
    "export": "Write the bundle, check its graphs and its size, and measure it on held-out repositories.",
    "evaluate": "Write the evaluation report of a bundle.",
    "card": "Rewrite the model card and the README's table from a bundle's manifest.",
}
"""The commands of a run, in order; each is a function of the same name in ``commands``."""

OTHERS = {
    "recalibrate": "Fit new thresholds for a bundle on repositories that its training never saw.",
    "record": "Add a finished run or study to the experiments, with its settings and figures.",
    "classify": "Train a classifier for any labels, from a folder of folders or a parquet file.",
}
"""Commands that are not part of a run but are called the same way."""

UNTRACKED = tuple(sorted(OTHERS.keys() - {"classify", "record"}))
"""Commands without a tracker, so their settings are saved here; ``record`` produces nothing in a run."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a build was started with: the ``name`` of a recipe, or the file ``config`` instead."""

    name: str
    config: Path | None


app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def training() -> None:
    """Trains the models that CodeOrigin's server reads."""


def run_stage(name: str, run: Run, config: Path | None = None, overrides: typing.Sequence[str] = ()) -> None:
    """Run one of :data:`STAGES` or :data:`OTHERS` in ``run``.

    Raises:
        CodeOriginError: a setting is wrong, or an earlier stage is missing.
    """
    # Imported on demand: some of them load libraries that take seconds.
    stage: Any = getattr(importlib.import_module(f"codeorigin_training.commands.{name}"), name)
    settings = load_config(typing.get_type_hints(stage)["config"], config, overrides)
    run.folder.mkdir(parents=True, exist_ok=True)
    stage(settings, run, typer.echo)
    if name in UNTRACKED:
        _keep_settings(run, name, settings)


def _keep_settings(run: Run, command: str, settings: object) -> None:
    tracking: Any = importlib.import_module("codeorigin_training.tracking")
    tracking.keep_settings(run, command, settings)


def _add(name: str, text: str) -> None:
    def command(
        run: Annotated[Path, typer.Option(help="Folder of the run.")],
        config: Annotated[Path | None, typer.Option(help="JSON file of settings.")] = None,
        set_: Annotated[
            list[str] | None, typer.Option("--set", help="A setting, name=value; may be repeated.")
        ] = None,
        track: Annotated[bool, typer.Option(help="Log figures and pictures to RUN/mlflow.db.")] = True,
    ) -> None:
        _guarded(lambda: run_stage(name, Run(run, track), config, set_ or []))

    app.command(name, help=text)(command)


def _guarded(action: typing.Callable[[], object]) -> None:
    try:
        action()
    except (CodeOriginError, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error


for _name, _text in (STAGES | OTHERS).items():
    _add(_name, _text)


STUDIES = ("correctness", "heads", "language", "representations")
"""The studies; each is a function of the same name in ``commands.study``."""


@app.command("study")
def study_command(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(STUDIES)}.")],
    data: Annotated[
        Path,
        typer.Option(help="Folder of functions.parquet and the corpus's other files."),
    ],
    run: Annotated[Path, typer.Option(help="Folder of the run.")],
    config: Annotated[Path | None, typer.Option(help="JSON file of settings.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A setting, name=value; may be repeated.")
    ] = None,
) -> None:
    """Carry out one study: its section of RUN/studies/report.html, and the part of the product that comes of it."""

    def action() -> None:
        if name not in STUDIES:
            raise CodeOriginError(f"unknown study {name!r}: choose one of {', '.join(STUDIES)}")
        study: Any = getattr(importlib.import_module("codeorigin_training.commands.study"), name)
        settings = load_config(typing.get_type_hints(study)["config"], config, set_ or [])
        study(settings, data, Run(run), typer.echo)
        _keep_settings(Run(run), f"study {name}", settings)

    _guarded(action)


@app.command("build")
def build_command(
    data: Annotated[Path, typer.Option(help="Folder of functions.parquet and pairs.parquet.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder that gets the bundle; by default it stays in RUN/bundle.")
    ] = None,
    run: Annotated[Path | None, typer.Option(help="Folder of the run; an interrupted run resumes.")] = None,
    recipe: Annotated[str, typer.Option(help="Name of a recipe, such as classic.")] = "shipped",
    config: Annotated[Path | None, typer.Option(help="JSON file of settings, instead of a recipe.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A setting, name=value; may be repeated.")
    ] = None,
    track: Annotated[bool, typer.Option(help="Log figures and pictures to RUN/mlflow.db.")] = True,
) -> None:
    """Every stage from the corpus to the bundle at once, by a recipe; without one, the bundle that ships."""

    def action() -> None:
        from codeorigin_training.build import BuildConfig, build  # noqa: PLC0415 - loads every stage

        settings = load_config(BuildConfig, config or recipe_file(recipe), set_ or [])
        if run is not None:
            _keep_settings(Run(run), "build", Recipe("" if config else recipe, config))
        build(data, out, settings, typer.echo, run, track=track)

    _guarded(action)


def recipe_file(name: str) -> Path:
    """Path of a recipe's settings.

    Raises:
        ConfigurationError: there is no recipe with this name.
    """
    known = {path.stem: path for path in sorted(RECIPES.glob("*.json"))}
    if name not in known:
        raise ConfigurationError(f"there is no recipe {name}; there are {', '.join(known)}")
    return known[name]


if __name__ == "__main__":
    app()
