"""The study ``heads``: where attention goes between a specification and its code, and which heads can be pruned."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from scipy import stats

from codeorigin.languages.constructs import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import CorpusError, numbered, read_functions
from codeorigin_training.data.specifications import Specification, read_specifications
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.metrics.estimates import area, mean
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.metrics.table import Estimate, Figure
from codeorigin_training.report.cells import interval, number, percent, pivot
from codeorigin_training.report.plots import heat, lines
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.heads.retriever import (
    HeadsConfig,
    Queries,
    RetrievalExample,
    Retriever,
    all_heads,
    make_retriever,
    ranks,
    retriever_logits,
    train_retriever,
    with_candidates,
)

_ALPHA = 0.05
"""The family-wise error of Holm's correction over all tests."""
_SPECIAL = 1.5
"""The minimum lift of a special head."""
_FEWEST = 3
"""Units that a paired test needs."""
_LEVEL = 0.005
"""The largest loss of AUROC that is regarded as none."""
_MOST_SPECIAL = 20
"""Rows of the table of special heads."""


def study(config: HeadsConfig, frame: Frame) -> list[Section]:
    """Measure attention between specifications and their code for every head.

    Raises:
        CodeOriginError: the corpus is missing or broken, or the encoder's folder holds no encoder.
    """
    pairs = read_specifications(frame.corpus, read_functions(frame.corpus))
    train = [pair for pair in pairs if not is_held_out(pair.repo)]
    test = [pair for pair in pairs if is_held_out(pair.repo)]
    if len(train) < 2 or len(test) < 2:
        raise CorpusError(f"{frame.corpus}: too few specifications on one side of the split; add pairs")
    return [frame.part("heads", lambda: heads_section(train, test, config, frame.log))]


def heads_section(
    train: Sequence[Specification], test: Sequence[Specification], config: HeadsConfig, log: Log
) -> Section:
    """Train the retriever on ``train`` and analyse its heads on ``test``, whose repositories it has not seen."""
    texts = [text for pair in train for text in (pair.behaviour, pair.human_code, pair.llm_code)]
    model = make_retriever(texts, config)
    log(f"heads: {len(train)} specifications to learn from, {len(test)} to look at")
    train_retriever(model, train, config, log)
    measured = test[: config.pairs]
    queries = with_candidates(model, measured, config.candidates, config.seed)
    retrieval = retrieval_figures(queries, retriever_logits(model, queries), config)
    area_of_all, mrr, first = retrieval
    chance = f"{queries.chance:.3f}"
    log(f"AUROC {number(area_of_all.value)}, MRR {number(mrr.value)} where chance has {chance}")

    # The human and the LLM function of each pair.
    examples = [
        model.example(pair.behaviour, code, pair.language)
        for pair in measured
        for code in (pair.human_code, pair.llm_code)
    ]
    units = [pair.repo for pair in measured for _ in range(2)]
    masses = head_masses(model, examples)
    special = special_heads(masses.constructs, units, _ALPHA, _SPECIAL)
    directions = {"specification to code": masses.to_code, "code to specification": masses.to_specification}
    attention = []
    for title, direction in directions.items():
        differing = int((differing_heads(direction, units) < _ALPHA).sum())
        attention += [
            Estimate(float(direction.mean())).named(title, "", "mean mass"),
            Estimate(float(differing)).named(title, "", "heads that differ"),
        ]

    # Heads to prune are chosen on the training side; chosen where it is measured, the curve would look too good.
    lost = ablation(model, with_candidates(model, train[: config.pairs], config.candidates, config.seed))
    curve = pruning_curve(model, queries, lost)
    wanted = (area_of_all.value or 0.0) - _LEVEL
    enough = min((left for left, kept in curve if kept >= wanted), default=lost.size)
    pruned = [
        Estimate(float(lost[layer, head])).named(
            f"layer {layer + 1}", f"head {head + 1}", "AUROC lost without it"
        )
        for layer, head in np.ndindex(*lost.shape)
    ]
    pruned.append(Estimate(float(enough), n=lost.size).named("retriever", "", "heads that keep the AUROC"))
    learnt = mrr.low is not None and mrr.low > queries.chance
    return Section(
        title="Heads: attention between a specification and its code",
        note=(
            f"{'A small retriever' if config.encoder is None else 'The given encoder'}, trained to tell a "
            "specification's code from another's, on held-out repositories, which are the units of every test. A lift "
            "is the share of attention that a construct gets over its share of the tokens. Heads that differ do so "
            "between a person's and a model's function of the same task, by paired t-tests with Holm's correction."
        ),
        findings=(
            (
                f"The retriever puts {percent(first.value)} of the specifications' functions first among "
                f"{queries.candidates} (chance: {percent(1 / queries.candidates)}); its AUROC is "
                f"{interval(area_of_all)}, its mean reciprocal rank {interval(mrr)} (chance: {chance})."
            ),
            (
                f"Special after Holm's correction: {len(special) // 2} of {lost.size * len(CONSTRUCTS)} pairs of head "
                "and construct."
            ),
            (
                f"{enough} of {lost.size} heads are enough to keep the AUROC (within {_LEVEL})."
                if learnt
                else "The interval includes chance: the retriever shows no sign of having learnt, and the figures below "
                "are for untrained heads. Give it more epochs or pairs, or a pretrained encoder."
            ),
        ),
        tables=(
            pivot(attention, lambda figure: number(figure.value, 2), corner="direction"),
            pivot(
                special[: 2 * _MOST_SPECIAL],
                lambda figure: f"{figure.value:.2g}",
                title="Heads special to a construct",
                corner="head",
                rows=lambda figure: f"{figure.population}: {figure.context}",
            ),
            pivot(
                pruned[:-1],
                lambda figure: number(figure.value),
                title="AUROC lost without a head",
                note="On training repositories; heads are pruned in the order of their loss.",
                columns=lambda figure: figure.context,
            ),
        ),
        pictures=(
            *(
                heat(
                    f"Mass from {title}",
                    [figure.population for figure in pruned[: -1 : lost.shape[1]]],
                    "head",
                    values,
                )
                for title, values in (
                    (title, direction.mean(axis=0)) for title, direction in directions.items()
                )
            ),
            lines(
                "Fewer heads, the least important first",
                "heads left",
                "AUROC",
                {"AUROC": ([left for left, _ in curve], [kept for _, kept in curve])},
            ),
        ),
        figures=(*retrieval, *attention, *special, *pruned),
    )


def retrieval_figures(queries: Queries, logits: Floats, config: HeadsConfig) -> tuple[Figure, Figure, Figure]:
    """AUROC, mean reciprocal rank, and the share of specifications whose own function is first, by ``logits``."""
    groups, ranked = numbered(queries.repos), ranks(logits, queries.candidates)
    return (
        area(np.repeat(groups, queries.candidates), queries.labels, logits, config).named(
            "retriever", "", "AUROC"
        ),
        mean(groups, 1.0 / ranked, config).named("retriever", "", "mean reciprocal rank"),
        mean(groups, ranked == 1, config).named("retriever", "", "first"),
    )


@dataclass(frozen=True, slots=True)
class HeadMasses:
    """Attention of every head on ``n`` examples.

    ``to_code`` is the mean share of attention from the specification's tokens to the code, ``to_specification`` that
    from the code's tokens to the specification, both ``(n, layers, heads)``. ``constructs``
    ``(n, layers, heads, constructs)`` is the lift of each construct: its share of the attention to the code divided by
    its share of the code's tokens. It is 1 for a head without a preference, and NaN if the code has no such token.
    """

    to_code: Floats
    to_specification: Floats
    constructs: Floats


@torch.no_grad()
def head_masses(model: Retriever, examples: Sequence[RetrievalExample]) -> HeadMasses:
    """Measure ``examples``, all of which must have a specification and code."""
    found = [masses_of(model.attention(example), example) for example in examples]
    return HeadMasses(*(np.array(array) for array in zip(*found, strict=True)))


def masses_of(attention: Floats, example: RetrievalExample) -> tuple[Floats, Floats, Floats]:
    """The masses of one example from its ``attention`` ``(layers, heads, T, T)``; see :class:`HeadMasses`."""
    forth = attention[:, :, example.specification, example.code].mean(axis=2)
    back = attention[:, :, example.code, example.specification].sum(axis=3).mean(axis=2)
    total = forth.sum(axis=2)
    lifts = np.full((*attention.shape[:2], len(CONSTRUCTS)), np.nan)
    for code in range(len(CONSTRUCTS)):
        inside = example.constructs == code
        if inside.any():
            share = forth[:, :, inside].sum(axis=2) / np.maximum(total, 1e-12)
            lifts[:, :, code] = share / inside.mean()
    return total, back, lifts


def special_heads(constructs: Floats, units: Sequence[str], alpha: float, ratio: float) -> list[Figure]:
    """Heads that attend to a construct more than the others do, by paired t-tests over units with Holm's correction.

    Args:
        constructs: lifts ``(n, layers, heads, constructs)``, as in :class:`HeadMasses`.
        units: the repository of each example.
        alpha: family-wise error over all heads and constructs.
        ratio: minimum lift of a special head, relative to the mean of the other heads.

    Returns:
        Of each, the largest lift first: its lift over the other heads, then the corrected p.
    """
    means = by_unit(constructs, units)
    layers, heads, kinds = means.shape[1:]
    flat = means.reshape(len(means), layers * heads, kinds)
    others = np.stack([np.delete(flat, head, axis=1).mean(axis=1) for head in range(layers * heads)], axis=1)
    difference, p = paired_tests(flat, others)
    corrected = holm(p.ravel()).reshape(p.shape)
    lifts = _mean_of_known(flat) / np.maximum(_mean_of_known(others), 1e-12)
    found = np.argwhere((corrected < alpha) & (difference > 0) & (lifts >= ratio)).tolist()
    return [
        Estimate(float(values[head, kind])).named(
            f"layer {head // heads + 1}, head {head % heads + 1}",
            CONSTRUCTS[kind].value.replace("_", " "),
            title,
        )
        for head, kind in sorted(found, key=lambda place: -lifts[tuple(place)])
        for title, values in (("lift over the other heads", lifts), ("p, corrected", corrected))
    ]


def differing_heads(masses: Floats, units: Sequence[str]) -> Floats:
    """Corrected p ``(layers * heads,)`` of paired t-tests of the LLM's function against the human one.

    ``masses`` is ``(n, layers, heads)``: the human function of each pair, followed by the LLM's.
    """
    flat = masses.reshape(len(masses), -1)
    _, p = paired_tests(by_unit(flat[1::2], units[1::2]), by_unit(flat[0::2], units[0::2]))
    return holm(p)


def by_unit(values: Floats, units: Sequence[str]) -> Floats:
    """Means ``(units, ...)`` of ``values`` ``(n, ...)`` over the rows of each unit, ignoring NaN."""
    means = pd.DataFrame(values.reshape(len(values), -1)).groupby(list(units)).mean()
    return np.asarray(means, dtype=np.float64).reshape(-1, *values.shape[1:])


def paired_tests(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Mean differences and p values of Student's paired t-tests of ``left`` against ``right``, ``(units, ...)`` each.

    p is 1 with too few units.
    """
    # Rounded, because a difference by an error of rounding is the same in all units.
    gaps = np.round(left - right, 12)
    with warnings.catch_warnings():
        # There may be too few units, or no spread.
        warnings.simplefilter("ignore")
        p = stats.ttest_1samp(gaps, 0.0, nan_policy="omit").pvalue
    few = np.isfinite(gaps).sum(axis=0) < _FEWEST
    return _mean_of_known(gaps), np.where(few | np.isnan(p), 1.0, p)


def _mean_of_known(values: Floats) -> Floats:
    """Means ``(...)`` of ``values`` ``(n, ...)``, ignoring NaN; 0 where there is nothing else."""
    means: Floats = np.nansum(values, axis=0) / np.maximum(np.isfinite(values).sum(axis=0), 1)
    return means


def holm(p_values: Floats) -> Floats:
    """Corrected p values ``(n,)``; those below alpha are significant at a family-wise error of alpha.

    Source: Holm, "A simple sequentially rejective multiple test procedure" (1979).
    """
    order = np.argsort(p_values)
    raised = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected


def ablation(model: Retriever, queries: Queries) -> Floats:
    """AUROC with all heads minus AUROC without each head, ``(layers, heads)``.

    Source: Michel, Levy and Neubig, "Are Sixteen Heads Really Better than One?" (NeurIPS 2019), section 3.2.
    """
    whole = auroc(queries.labels, retriever_logits(model, queries))
    lost = np.zeros(all_heads(model))
    for place in np.ndindex(*lost.shape):
        gates = np.ones(lost.shape)
        gates[place] = 0.0
        lost[place] = whole - auroc(queries.labels, retriever_logits(model, queries, gates))
    return lost


def pruning_curve(
    model: Retriever, queries: Queries, lost: Floats, steps: int = 8
) -> list[tuple[int, float]]:
    """The heads left and the AUROC, as heads go in ``steps`` steps, those with the least ``lost`` first."""
    order = np.argsort(lost, axis=None, kind="stable")
    points = []
    for gone in sorted({round(step * lost.size / steps) for step in range(steps + 1)}):
        gates = np.ones(lost.size)
        gates[order[:gone]] = 0.0
        logits = retriever_logits(model, queries, gates.reshape(lost.shape))
        points.append((lost.size - gone, auroc(queries.labels, logits)))
    return points
