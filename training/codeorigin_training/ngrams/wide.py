"""The command ``wide``: trains the n-gram part of a run and computes its out-of-fold logits."""

import hashlib
import json
import shutil
from dataclasses import asdict, replace

import numpy as np
from joblib import Memory

from codeorigin_training.data.rows import corpus_hash
from codeorigin_training.data.sides import read_sides
from codeorigin_training.files import atomic_path
from codeorigin_training.metrics.classification import keep_test_set, sigmoid
from codeorigin_training.metrics.rankings import Bootstrap, headline, ranking_figures, tracked_numbers
from codeorigin_training.ngrams.train import WideConfig, train_wide
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import Tracker, tracked


def wide(config: WideConfig, run: Run, log: Log) -> None:
    """Write ``run.wide``: ``table``, ``bias``, ``out_of_fold`` ``(n,)`` and the hash of what they depend on.

    It also holds ``twin``, the table that was fitted without the held-out repositories; ``held_out``, its
    logits for their rows, in the order of :func:`~codeorigin_training.data.sides.read_sides`; and ``languages``,
    the biases by language for both tables as JSON, which are included in all these logits. A file from the same
    corpus and settings is kept, and so is each finished view of an interrupted run.

    Raises:
        CodeOriginError: the run has no corpus, or it cannot be read.
    """
    corpus = run.needs(run.corpus, "corpus")
    data = corpus_hash(corpus)
    inputs = {"corpus": data, "config": asdict(replace(config, processes=1, parallel_fits=1))}
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()
    if run.wide.is_file():
        with np.load(run.wide) as arrays:
            if "inputs" in arrays and str(arrays["inputs"]) == digest:
                log("the wide part is there")
                return
    with tracked(run, "wide", config, tags={"data_sha256": data}) as tracker:
        _train(config, run, digest, tracker, log)


def _train(config: WideConfig, run: Run, digest: str, tracker: Tracker, log: Log) -> None:
    side, held_out = read_sides(run.corpus, pair_weight=config.pair_weight, folds=config.folds)
    log(f"{len(side.rows)} rows of {len({row.repo for row in side.rows})} repositories")
    views = run.folder / "views"
    trained = train_wide(side, held_out, config, log, tracker.metrics, Memory(views, verbose=0), digest)
    figures = ranking_figures(side.rows, trained.out_of_fold, "out_of_fold", Bootstrap(rounds=0))
    log(f"out of fold: {headline(figures)}")
    tracker.metrics(tracked_numbers(figures), 0)
    keep_test_set(tracker, held_out, sigmoid(trained.held_out))
    with atomic_path(run.wide) as partial:
        np.savez(
            partial,
            table=trained.model.table,
            bias=np.array(trained.model.bias),
            twin=trained.twin.table,
            languages=np.array(
                json.dumps({"table": trained.model.languages, "twin": trained.twin.languages})
            ),
            all_repositories=np.array(config.all_repositories),
            out_of_fold=trained.out_of_fold,
            held_out=trained.held_out,
            inputs=np.array(digest),
        )
    shutil.rmtree(views)
    tracker.artifact(run.wide)
