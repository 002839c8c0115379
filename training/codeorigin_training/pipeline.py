"""The stages of a run and the commands that are called like one, by name: the module of each and what it does.

A stage is a function ``name(config, run)`` of its settings and the run; its module is imported on demand, because some
load libraries that take seconds.
"""

import importlib
from typing import Any

STAGES = {
    "corpus": ("data.corpus", "Read the sources, filter, drop near duplicates, write corpus and data card."),
    "wide": ("wide", "Train the n-gram part, cross-fitted by repository."),
    "tokenizer": ("encoder.tokenizer", "Train the vocabulary on the run's corpus."),
    "pretrain": ("encoder.pretrain", "Pretrain an encoder on unlabelled code."),
    "finetune": ("encoder.finetune", "Train an encoder, cross-fitted by repository."),
    "calibrate": ("calibrate", "Fit temperature and thresholds on out-of-fold logits."),
    "export": ("bundle.export", "Write the bundle, check it, and measure it on held-out repositories."),
    "evaluate": ("report.evaluate", "Write the evaluation report of a bundle."),
    "card": ("report.pages", "Rewrite the model card and the README's table from a bundle's manifest."),
}
"""A whole run, in order."""

OTHERS = {
    "unseen_agents": ("unseen_agents", "Measure the n-gram part on each agent, trained without it."),
    "record": ("experiments.trials", "Add a finished run to the experiments, with settings and figures."),
}


def function_of(name: str) -> Any:
    """The stage or command called ``name``."""
    module, _ = (STAGES | OTHERS)[name]
    return getattr(importlib.import_module(f"codeorigin_training.{module}"), name)
