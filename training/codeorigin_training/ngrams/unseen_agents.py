"""The stage ``unseen_agents``: how well the n-gram part finds an agent whose code it was not trained on."""

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np
from pydantic.dataclasses import dataclass
from scipy import sparse

from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import corpus_hash
from codeorigin_training.data.sides import TrainingSide, read_sides
from codeorigin_training.files import write_atomically
from codeorigin_training.metrics.data import agent_family
from codeorigin_training.metrics.rankings import Bootstrap, agent_figures
from codeorigin_training.metrics.table import Figure
from codeorigin_training.ngrams.features import view_matrices
from codeorigin_training.ngrams.language_bias import fit_language_bias, language_biases
from codeorigin_training.ngrams.linear import ViewExamples, fit_scales, fit_view
from codeorigin_training.ngrams.train import WideConfig
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import tracked


@dataclass(frozen=True, config=STRICT)
class UnseenAgentsConfig:
    """The ``agents`` to leave out, one at a time, and the settings of the ``wide`` part."""

    agents: tuple[str, ...] = ("claude", "copilot", "codex")
    wide: WideConfig = WideConfig()


def unseen_agents(config: UnseenAgentsConfig, run: Run, log: Log) -> None:
    """Write ``run.unseen_agents``: the figures of every agent by a model trained with and without its code.

    Both are of the agent's functions on the training side against human functions of 2021-22, out of fold: no model saw
    any function of a repository that it is measured on. A file from the same corpus and settings is kept.

    Raises:
        CodeOriginError: the run has no corpus or no wide part.
    """
    corpus = run.needs(run.corpus, "corpus")
    wide = run.needs(run.wide, "wide")
    data = corpus_hash(corpus)
    settings = asdict(replace(config, wide=replace(config.wide, processes=1, parallel_fits=1)))
    digest = hashlib.sha256(json.dumps([data, settings], sort_keys=True, default=str).encode()).hexdigest()
    if run.unseen_agents.is_file() and json.loads(run.unseen_agents.read_text("utf-8"))["inputs"] == digest:
        log("the figures without agents are there")
        return
    side, _ = read_sides(corpus, pair_weight=config.wide.pair_weight, folds=config.wide.folds)
    with np.load(wide) as arrays:
        together = arrays["out_of_fold"]
    agents = np.array([agent_family(row.agent) if row.label else "" for row in side.rows])
    views = [view.view for view in config.wide.views]
    figures: list[Figure] = []
    with tracked(run, "unseen_agents", config, tags={"data_sha256": data}) as tracker:
        matrices = view_matrices(side.rows, views, processes=config.wide.processes)
        for agent in config.agents:
            by_agent = agents == agent
            if not by_agent.any():
                log(f"{agent}: no code of it")
                continue
            alone = _out_of_fold(side, ~by_agent, matrices, config.wide)
            for context, logits in (("trained with it", together), ("trained without it", alone)):
                found = agent_figures(side.rows, logits, by_agent, f"by {agent}", context, Bootstrap())
                log(f"{agent}, {context}: AUROC {found[0].value:.3f}")
                figures += found
        rows = [figure.to_row() for figure in figures]
        write_atomically(run.unseen_agents, json.dumps({"inputs": digest, "figures": rows}, indent=1) + "\n")
        tracker.artifact(run.unseen_agents)


def _out_of_fold(
    side: TrainingSide, keep: Booleans, matrices: list[sparse.csr_matrix], config: WideConfig
) -> Floats:
    """Logits ``(n,)`` of all rows from models trained on the rows to ``keep``, bool ``(n,)``, of the other folds."""
    chosen = np.flatnonzero(keep)
    functions = [side.rows[number] for number in chosen if side.rows[number].pair is None]
    pairs = [side.rows[number] for number in chosen if side.rows[number].pair is not None]
    learnt = TrainingSide.of(functions, pairs, pair_weight=config.pair_weight, folds=config.folds)
    paired = np.array([row.pair is not None for row in learnt.rows], dtype=bool)
    logits = np.zeros((len(side.rows), len(matrices)))
    for column, (settings, matrix) in enumerate(zip(config.views, matrices, strict=True)):
        examples = ViewExamples(matrix[chosen], learnt.labels, learnt.weights, paired)
        for fold, fit in enumerate(side.fitting):
            inside = side.folds == fold
            model = fit_view(examples.only(fit[chosen]), settings)
            logits[inside, column] = model.logits(matrix[inside])
    combined: Floats = logits @ fit_scales(logits[chosen], learnt.labels, learnt.weights)
    biases = np.zeros(len(side.rows))
    for fold, fit in enumerate(side.fitting):
        others = np.flatnonzero(keep & fit)
        bias = fit_language_bias([side.rows[number] for number in others], combined[others])
        inside = np.flatnonzero(side.folds == fold)
        biases[inside] = language_biases(bias, [side.rows[number] for number in inside])
    return combined + biases
