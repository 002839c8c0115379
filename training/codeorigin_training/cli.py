"""The commands of training: one for each stage, for a study, and for a whole build by a recipe."""

import importlib
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.configuration import ConfigurationError, load_config
from codeorigin_training.pipeline import OTHERS, STAGES, function_of
from codeorigin_training.run import Run

RECIPES = Path(__file__).parent.parent / "recipes"
"""Settings of whole builds, one file each, in the checkout that training runs from."""

STUDIES = ("correctness", "heads", "language", "representations")
"""The studies; each has a function ``study`` in its own room."""

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

RunFolder = Annotated[Path, typer.Option(help="Folder of the run; what was interrupted resumes.")]
SettingsFile = Annotated[Path | None, typer.Option(help="JSON file of settings.")]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="A setting, name=value; may be repeated.")]
Track = Annotated[bool, typer.Option(help="Log figures and pictures to RUN/mlflow.db.")]


@app.callback()
def training() -> None:
    """Trains the models that CodeOrigin's server reads."""


def _guarded(action: Callable[[], object]) -> None:
    try:
        action()
    except (CodeOriginError, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error


def _add(name: str, text: str) -> None:
    def command(
        run: RunFolder, config: SettingsFile = None, set_: Overrides = None, track: Track = True
    ) -> None:
        def action() -> None:
            function = function_of(name)
            settings = load_config(typing.get_type_hints(function)["config"], config, set_ or [])
            function(settings, Run(run, track=track, log=typer.echo))

        _guarded(action)

    app.command(name, help=text)(command)


for _name, (_, _text) in (STAGES | OTHERS).items():
    _add(_name, _text)


@app.command("study")
def study_command(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(STUDIES)}.")],
    data: Annotated[Path, typer.Option(help="Folder of functions.parquet and the corpus's other files.")],
    run: RunFolder,
    config: SettingsFile = None,
    set_: Overrides = None,
) -> None:
    """Carry out one study: its section of RUN/studies/report.html, and the part of the product that comes of it."""

    def action() -> None:
        if name not in STUDIES:
            raise CodeOriginError(f"unknown study {name!r}: choose one of {', '.join(STUDIES)}")
        study: Any = importlib.import_module(f"codeorigin_training.studies.{name}.study").study
        settings = load_config(typing.get_type_hints(study)["config"], config, set_ or [])
        frame: Any = importlib.import_module("codeorigin_training.studies.frame")
        of_run = Run(run, log=typer.echo)
        sections = study(settings, frame.Frame(name, settings, data, of_run))
        typer.echo(f"wrote {frame.write_study(of_run, name, sections)}")
        of_run.keep_settings(f"study {name}", settings)

    _guarded(action)


@app.command("build")
def build_command(
    data: Annotated[Path, typer.Option(help="Folder of functions.parquet and pairs.parquet.")],
    run: RunFolder,
    out: Annotated[
        Path | None, typer.Option(help="Folder that gets a copy of the bundle in RUN/bundle.")
    ] = None,
    recipe: Annotated[str, typer.Option(help="Name of a recipe, such as classic.")] = "shipped",
    config: Annotated[Path | None, typer.Option(help="JSON file of settings, instead of a recipe.")] = None,
    set_: Overrides = None,
    track: Track = True,
) -> None:
    """Every stage from the corpus to the bundle at once, by a recipe; without one, the bundle that ships."""

    def action() -> None:
        from codeorigin_training.build import BuildConfig, build  # noqa: PLC0415 - loads every stage

        settings = load_config(BuildConfig, config or recipe_file(recipe), set_ or [])
        of_run = Run(run, track=track, log=typer.echo)
        of_run.keep_settings("build", {"name": "" if config else recipe, "config": config})
        build(data, out, settings, of_run)

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
