"""The study ``heads``: where attention goes between a specification and its code, and which heads can be pruned."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from scipy import stats

from codeorigin.languages.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import CorpusError, numbered, read_functions
from codeorigin_training.data.specifications import Specification, read_specifications
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.metrics.estimates import area, mean
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.metrics.table import Estimate
from codeorigin_training.report.cells import TitledTable, interval, number, percent, pivot
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

_FEWEST = 3
"""Units that a paired test needs."""
_LEVEL = 0.005
"""The largest loss of AUROC that is regarded as none."""
_TOP = 3
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
    model = make_retriever(
        [text for pair in train for text in (pair.behaviour, pair.human_code, pair.llm_code)], config
    )
    log(f"heads: {len(train)} specifications to learn from, {len(test)} to look at")
    measured = test[: config.pairs]
    # The human and the LLM function of each pair.
    examples = [
        model.example(pair.behaviour, code, pair.language)
        for pair in measured
        for code in (pair.human_code, pair.llm_code)
    ]
    units = [pair.repo for pair in measured for _ in range(2)]
    before = head_masses(model.eval(), examples)
    train_retriever(model, train, config, log)
    masses = head_masses(model, examples)

    queries = with_candidates(model, measured, config.candidates, config.seed)
    heads, count = all_heads(model), queries.candidates
    logits = retriever_logits(model, queries)
    of_retriever = area(
        numbered(np.repeat(queries.repos, count).tolist()), queries.labels, logits, config
    ).named("retriever", "", "AUROC")
    groups, retrieval = numbered(queries.repos), []
    for name, answered in (
        ("all heads", logits),
        ("no head", retriever_logits(model, queries, np.zeros(heads))),
    ):
        ranked = ranks(answered, count)
        scores = {"mean reciprocal rank": 1.0 / ranked, "first": ranked == 1, "first three": ranked <= _TOP}
        retrieval += [mean(groups, score, config).named(name, "", title) for title, score in scores.items()]
    by_chance = (queries.chance, 1 / count, min(1.0, _TOP / count))
    retrieval += [
        Estimate(value).named("chance", "", title) for title, value in zip(scores, by_chance, strict=True)
    ]
    mrr, first = retrieval[:2]
    log(f"AUROC {number(of_retriever.value)}, MRR {number(mrr.value)} where chance has {queries.chance:.3f}")

    # Heads to prune are chosen on the training side; chosen where it is measured, the curve would look too good.
    lost = ablation(model, with_candidates(model, train[: config.pairs], config.candidates, config.seed))
    curve = pruning_curve(model, queries, lost)
    enough = min(
        (left for left, auroc in curve if auroc >= (of_retriever.value or 0.0) - _LEVEL), default=lost.size
    )
    special = special_heads(masses.constructs, units, config.alpha, config.special_ratio)
    early = len(special_heads(before.constructs, units, config.alpha, config.special_ratio))
    directions = {"specification to code": masses.to_code, "code to specification": masses.to_specification}
    attention = []
    for title, direction in directions.items():
        differing = int((differing_heads(direction, units) < config.alpha).sum())
        attention += [
            Estimate(float(direction.mean())).named(title, "", "mean mass"),
            Estimate(float(differing), n=lost.size).named(title, "", "heads that differ"),
        ]
    counts = {
        "heads that keep the AUROC": enough,
        "special heads": len(special),
        "special heads, untrained": early,
    }
    learnt = mrr.low is not None and mrr.low > queries.chance
    layers = [f"layer {layer + 1}" for layer in range(heads[0])]
    return Section(
        title="Heads: attention between a specification and its code",
        note=(
            f"{'A small retriever' if config.encoder is None else 'The given encoder'}, trained to tell a "
            "specification's code from another's, on held-out repositories, which are the units of every test. A lift "
            "is the share of attention that a construct gets over its share of the tokens."
        ),
        findings=(
            (
                f"The retriever puts {percent(first.value)} of the specifications' functions first among "
                f"{count} (chance: {percent(1 / count)}); its AUROC is {interval(of_retriever)}."
            ),
            (
                f"Special after Holm's correction: {len(special)} of {lost.size * len(CONSTRUCTS)} pairs of head and "
                f"construct; {early} before training."
            ),
            (
                f"{enough} of {lost.size} heads are enough to keep the AUROC (within {_LEVEL})."
                if learnt
                else "The interval includes chance: the retriever shows no sign of having learnt, and the figures below "
                "are for untrained heads. Give it more epochs or pairs, or a pretrained encoder."
            ),
        ),
        tables=(
            pivot(
                retrieval,
                title="Finding a specification's function",
                note=(
                    f"The person's function among {count} of held-out repositories, of the same language as far as "
                    "there are any. Without heads no token knows of another."
                ),
            ),
            pivot(
                attention,
                lambda figure: (
                    percent(figure.value) if figure.n is None else f"{figure.value:.0f} of {figure.n}"
                ),
                title="Attention in each direction",
                note=(
                    "The last column counts heads that differ between a person's and a model's function of the same "
                    "task, by paired t-tests with Holm's correction."
                ),
                corner="direction",
            ),
            TitledTable(
                "Heads special to a construct",
                "",
                ("head", "construct", "lift over the other heads", "p, corrected"),
                tuple(
                    (
                        f"layer {head.layer + 1}, head {head.head + 1}",
                        head.construct.replace("_", " "),
                        f"{head.lift:.2f}",
                        f"{head.p:.2g}",
                    )
                    for head in special[:_MOST_SPECIAL]
                ),
            ),
            TitledTable(
                "AUROC lost without a head",
                "On training repositories; heads are pruned in the order of their loss.",
                ("", *(f"head {head + 1}" for head in range(heads[1]))),
                tuple(
                    (layer, *(f"{value:+z.3f}" for value in row))
                    for layer, row in zip(layers, lost.tolist(), strict=True)
                ),
            ),
        ),
        pictures=(
            *(
                heat(f"Mass from {title}", layers, "head", direction.mean(axis=0))
                for title, direction in directions.items()
            ),
            lines(
                "Fewer heads, the least important first",
                "heads left",
                "AUROC",
                {"AUROC": ([left for left, _ in curve], [auroc for _, auroc in curve])},
            ),
        ),
        figures=(
            of_retriever,
            *retrieval,
            *attention,
            *(Estimate(float(value)).named("retriever", "", name) for name, value in counts.items()),
        ),
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


@dataclass(frozen=True, slots=True)
class SpecialHead:
    """A head that attends to a construct more than the others: its mean lift over them, and the corrected p."""

    layer: int
    head: int
    construct: str
    lift: float
    p: float


def special_heads(constructs: Floats, units: Sequence[str], alpha: float, ratio: float) -> list[SpecialHead]:
    """Heads that attend to a construct more than the others do, by paired t-tests over units with Holm's correction.

    Args:
        constructs: lifts ``(n, layers, heads, constructs)``, as in :class:`HeadMasses`.
        units: the repository of each example.
        alpha: family-wise error over all heads and constructs.
        ratio: minimum lift of a special head, relative to the mean of the other heads.
    """
    means = by_unit(constructs, units)
    layers, heads, kinds = means.shape[1:]
    flat = means.reshape(len(means), layers * heads, kinds)
    others = np.stack([np.delete(flat, head, axis=1).mean(axis=1) for head in range(layers * heads)], axis=1)
    difference, p = paired_tests(flat, others)
    corrected = holm(p.ravel()).reshape(p.shape)
    lifts = _mean_of_known(flat) / np.maximum(_mean_of_known(others), 1e-12)
    found = (corrected < alpha) & (difference > 0) & (lifts >= ratio)
    special = [
        SpecialHead(
            layer=int(head) // heads,
            head=int(head) % heads,
            construct=CONSTRUCTS[kind].value,
            lift=float(lifts[head, kind]),
            p=float(corrected[head, kind]),
        )
        for head, kind in np.argwhere(found)
    ]
    return sorted(special, key=lambda head: -head.lift)


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
    count = np.isfinite(gaps).sum(axis=0)
    difference = _mean_of_known(gaps)
    spread = np.sqrt(np.nansum((gaps - difference) ** 2, axis=0) / np.maximum(count - 1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = difference / (spread / np.sqrt(count))
    p = 2 * stats.t.sf(np.abs(statistic), np.maximum(count - 1, 1))
    return difference, np.where((count < _FEWEST) | np.isnan(p), 1.0, p)


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
