"""The command ``unseen_agents``: how well the n-gram part finds an agent whose code it was not trained on."""

import json
from dataclasses import asdict, replace

import numpy as np
from pydantic.dataclasses import dataclass
from scipy import sparse

from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import corpus_hash, paired_of, rows_where
from codeorigin_training.data.sides import TrainingSide, read_sides
from codeorigin_training.language_bias import cross_fitted_biases
from codeorigin_training.matrices import view_matrices
from codeorigin_training.metrics.data import agent_family
from codeorigin_training.metrics.rankings import Bootstrap, agent_figures
from codeorigin_training.metrics.table import Figure
from codeorigin_training.run import Run, write_atomically
from codeorigin_training.tracking import tracked
from codeorigin_training.wide import ViewExamples, WideConfig, fit_scales, fit_view


@dataclass(frozen=True, config=STRICT)
class UnseenAgentsConfig:
    """The ``agents`` to leave out, one at a time, and the settings of the ``wide`` part."""

    agents: tuple[str, ...] = ("claude", "copilot", "codex")
    wide: WideConfig = WideConfig()


def unseen_agents(config: UnseenAgentsConfig, run: Run) -> None:
    """Write ``run.unseen_agents``: the figures of every agent by a model trained with and without its code.

    Both are of the agent's functions on the training side against human functions of 2021-22, out of fold: no model saw
    any function of a repository that it is measured on.

    Raises:
        CodeOriginError: the run has no corpus or no wide part.
    """
    data = corpus_hash(run.needs(run.corpus, "corpus"))
    run.needs(run.wide, "wide")
    settings = asdict(replace(config, wide=replace(config.wide, processes=1)))
    run.cached("unseen agents", [data, settings], lambda: _write(config, run, data), [run.unseen_agents])


def _write(config: UnseenAgentsConfig, run: Run, data: str) -> None:
    side, _ = read_sides(run.corpus, pair_weight=config.wide.pair_weight, folds=config.wide.folds)
    with np.load(run.wide) as arrays:
        together = arrays["out_of_fold"]
    agents = np.array([agent_family(row.agent) if row.label else "" for row in side.rows])
    figures: list[Figure] = []
    with tracked(run, "unseen_agents", config, data=data) as tracker:
        views = [view.view for view in config.wide.views]
        matrices = view_matrices(side.rows, views, processes=config.wide.processes)
        for agent in config.agents:
            by_agent = agents == agent
            if not by_agent.any():
                run.log(f"{agent}: no code of it")
                continue
            alone = _out_of_fold(side, ~by_agent, matrices, config.wide)
            for context, logits in (("trained with it", together), ("trained without it", alone)):
                found = agent_figures(side.rows, logits, by_agent, f"by {agent}", context, Bootstrap())
                run.log(f"{agent}, {context}: AUROC {found[0].value:.3f}")
                figures += found
        rows = [figure.to_row() for figure in figures]
        write_atomically(run.unseen_agents, json.dumps(rows, indent=1) + "\n")
        tracker.artifact(run.unseen_agents)


def _out_of_fold(
    side: TrainingSide, keep: Booleans, matrices: list[sparse.csr_matrix], config: WideConfig
) -> Floats:
    """Logits ``(n,)`` of all rows from models trained on the rows to ``keep``, bool ``(n,)``, of the other folds."""
    rows = rows_where(side.rows, keep)
    paired = paired_of(rows)
    functions, pairs = rows_where(rows, ~paired), rows_where(rows, paired)
    learnt = TrainingSide.of(functions, pairs, pair_weight=config.pair_weight, folds=config.folds)
    logits = np.zeros((len(side.rows), len(matrices)))
    for column, (settings, matrix) in enumerate(zip(config.views, matrices, strict=True)):
        examples = ViewExamples(matrix[keep], learnt.labels, learnt.weights, paired)
        for fold, fit in enumerate(side.fitting):
            inside = side.folds == fold
            logits[inside, column] = matrix[inside] @ fit_view(examples.only(fit[keep]), settings)
    combined: Floats = logits @ fit_scales(logits[keep], learnt.labels, learnt.weights)
    return combined + cross_fitted_biases(side, combined, keep)
