"""The stages of a run, one after the other: each reads what earlier ones wrote into the run's folder."""

import importlib
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from codeorigin_training.configuration import load_config
from codeorigin_training.run import Run


@dataclass(frozen=True, slots=True)
class Stage:
    """A command of a run: the function ``name`` in ``module``, and what it does in one sentence."""

    name: str
    module: str
    text: str

    @property
    def function(self) -> Any:
        """The function; imported on demand, because some modules load libraries that take seconds."""
        return getattr(importlib.import_module(f"codeorigin_training.{self.module}"), self.name)

    def run(self, run: Run, config: Path | None = None, overrides: Sequence[str] = ()) -> None:
        """Run the stage with settings from a file and overrides.

        Raises:
            CodeOriginError: a setting is wrong, or an earlier stage is missing.
        """
        function = self.function
        settings = load_config(typing.get_type_hints(function)["config"], config, overrides)
        run.folder.mkdir(parents=True, exist_ok=True)
        function(settings, run, typer.echo)


STAGES = (
    Stage(
        "corpus", "data.corpus", "Read the sources, filter, drop near-duplicates, write corpus and data card."
    ),
    Stage("wide", "ngrams.wide", "Train the n-gram part, cross-fitted by repository."),
    Stage(
        "unseen_agents", "ngrams.unseen_agents", "Measure the n-gram part on each agent, trained without it."
    ),
    Stage("tokenizer", "encoder.tokenizer", "Train the vocabulary on the run's corpus."),
    Stage("pretrain", "encoder.pretrain", "Pretrain an encoder on unlabelled code."),
    Stage("finetune", "encoder.finetune", "Train an encoder, cross-fitted by repository."),
    Stage("calibrate", "thresholds.calibrate", "Fit temperature and thresholds on out-of-fold logits."),
    Stage("export", "bundle.export", "Write the bundle, check it, and measure it on held-out repositories."),
    Stage("evaluate", "report.evaluate", "Write the evaluation report of a bundle."),
    Stage("card", "report.pages", "Rewrite the model card and the README's table from a bundle's manifest."),
)
"""A whole run, in order."""

OTHERS = (
    Stage(
        "recalibrate",
        "bundle.recalibrate",
        "Fit new thresholds for a bundle on repositories that its training never saw.",
    ),
    Stage(
        "record", "experiments.trials", "Add a finished run to the experiments, with settings and figures."
    ),
)
"""Commands that are not part of a run but are called the same way; ``record`` makes nothing in a run."""
