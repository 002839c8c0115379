"""The study ``heads``: where attention goes between a specification and its code, and which heads can be pruned."""

from collections.abc import Sequence

import numpy as np

from codeorigin.languages.construct import CONSTRUCTS
from codeorigin_training.data.rows import CorpusError, numbered, read_functions
from codeorigin_training.data.specifications import Specification, read_specifications
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.metrics.estimates import area, mean
from codeorigin_training.metrics.table import Estimate
from codeorigin_training.report.cells import TitledTable, interval, percent, pivot
from codeorigin_training.report.plots import heat, lines
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.heads.attention import (
    ablation,
    all_heads,
    differing_heads,
    head_masses,
    pruning_curve,
    ranks,
    retriever_logits,
    special_heads,
    with_candidates,
)
from codeorigin_training.studies.heads.retriever import HeadsConfig, make_retriever
from codeorigin_training.studies.heads.training import start_from_words, train_retriever

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
    if config.encoder is None:
        start_from_words(model, train, config, log)
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
    log(f"AUROC {of_retriever.value}, MRR {mrr.value} where chance has {queries.chance:.3f}")

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
                f"construct; {early} before attention learnt anything."
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
