"""The command ``wide``: the n-gram part of a run, and its out-of-fold logits."""

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np

from codeorigin_training.corpus.sides import read_sides
from codeorigin_training.export.bundle import corpus_hash
from codeorigin_training.measure.held_out import detector_metrics, headline
from codeorigin_training.run import Log, Run
from codeorigin_training.wide.train import WideConfig, train_wide


def wide(config: WideConfig, run: Run, log: Log) -> None:
    """Write ``run.wide``: ``table``, ``bias``, ``out_of_fold`` ``(n,)`` and the hash of what they depend on.

    Beside them ``measured`` and ``held_out``: the table that was fitted without the held-out repositories,
    and its logits of their rows, in the order of :func:`~codeorigin_training.corpus.sides.read_sides`. What
    is there already from the same corpus and settings is kept.

    Raises:
        CodeOriginError: the run has no corpus, or it cannot be read.
    """
    corpus = run.needs(run.corpus, "corpus")
    inputs = {"corpus": corpus_hash(corpus), "config": asdict(replace(config, processes=1, threads=1))}
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()
    if run.wide.is_file():
        with np.load(run.wide) as kept:
            if "inputs" in kept and str(kept["inputs"]) == digest:
                log("the wide part is there")
                return
    side, held_out = read_sides(corpus, pair_weight=config.pair_weight, folds=config.folds)
    log(f"{len(side.rows)} rows of {len({row.repo for row in side.rows})} repositories")
    trained = train_wide(side, held_out, config, log)
    log(f"out of fold: {headline(detector_metrics(side.rows, trained.out_of_fold))}")
    # Written beside and renamed: an interruption leaves no half a file under the name.
    partial = run.wide.with_name(f"partial-{run.wide.name}")
    np.savez(
        partial,
        table=trained.model.table,
        bias=np.array(trained.model.bias),
        measured=trained.measured.table,
        all_repositories=np.array(config.all_repositories),
        out_of_fold=trained.out_of_fold,
        held_out=trained.held_out,
        inputs=np.array(digest),
    )
    partial.replace(run.wide)
