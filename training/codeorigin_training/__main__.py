"""``python -m codeorigin_training COMMAND``."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from codeorigin.errors import CodeOriginError
from codeorigin_training.build import build
from codeorigin_training.config import BuildConfig, DeepPart
from codeorigin_training.export.readme import refresh

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def training() -> None:
    """Trains the models that CodeOrigin's server reads."""


@app.command("build")
def build_command(
    data: Annotated[Path, typer.Option(help="Folder of functions.parquet and pairs.parquet.")],
    out: Annotated[Path, typer.Option(help="Folder of the bundle.")] = Path("models/codeorigin-small"),
    work: Annotated[Path | None, typer.Option(help="Folder of checkpoints to go on from.")] = None,
    steps: Annotated[
        int | None, typer.Option(help="Training steps of the deep part; 0 leaves it out.")
    ] = None,
) -> None:
    """Train, calibrate, measure and export a bundle from the corpus."""
    config = BuildConfig()
    if steps == 0:
        config = replace(config, deep=DeepPart.OFF)
    elif steps is not None:
        config = replace(config, finetune=replace(config.finetune, steps=steps))
    try:
        build(data, out, config, typer.echo, work)
    except CodeOriginError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error


@app.command("card")
def card_command(
    model: Annotated[Path, typer.Option(help="Folder of the bundle.")] = Path("models/codeorigin-small"),
    readme: Annotated[Path, typer.Option(help="README whose quality table is replaced.")] = Path("README.md"),
) -> None:
    """Write the model card and the README's quality table anew from the manifest."""
    try:
        refresh(model, readme)
    except (CodeOriginError, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from error


if __name__ == "__main__":
    app()
