"""The study ``heads``: where attention goes between a specification and its code, and which heads can be pruned."""

from collections.abc import Sequence

import numpy as np

from codeorigin.languages.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import CorpusError, numbered, read_functions
from codeorigin_training.data.specifications import Specification, read_specifications
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.report.cells import interval, percent, percent_interval
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.intervals import area, mean
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.run import Log
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.heads.attention import differing_heads, head_masses, special_heads
from codeorigin_training.studies.heads.retrieval import (
    ablation,
    all_heads,
    asked_among,
    pruning_curve,
    ranks,
    retriever_logits,
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
    looked_at = test[: config.pairs]
    # The human and the LLM function of each pair.
    shown = [
        model.example(pair.behaviour, code, pair.language)
        for pair in looked_at
        for code in (pair.human_code, pair.llm_code)
    ]
    units = [pair.repo for pair in looked_at for _ in range(2)]
    if config.encoder is None:
        start_from_words(model, train, config, log)
    before = head_masses(model.eval(), shown)
    train_retriever(model, train, config, log)
    masses = head_masses(model, shown)

    asked = asked_among(model, looked_at, config.candidates, config.seed)
    heads, count = all_heads(model), asked.candidates
    logits = retriever_logits(model, asked)
    found_area = area(numbered(np.repeat(asked.repos, count).tolist()), asked.labels, logits, config)
    groups = numbered(asked.repos)
    retrieval = []
    for answered in (logits, retriever_logits(model, asked, np.zeros(heads))):
        ranked = ranks(answered, count)
        scores = (1.0 / ranked, ranked == 1, ranked <= _TOP)
        retrieval.append([mean(groups, score, config) for score in scores])
    mrr, first, _ = retrieval[0]
    log(f"AUROC {found_area.value}, MRR {mrr.value} where chance has {asked.chance:.3f}")
    learnt = mrr.low is not None and mrr.low > asked.chance

    # Heads to prune are chosen on the training side; chosen where it is measured, the curve would look too good.
    lost = ablation(model, asked_among(model, train[: config.pairs], config.candidates, config.seed))
    curve = pruning_curve(model, asked, lost)
    level = min(
        (left for left, auroc in curve if auroc >= (found_area.value or 0.0) - _LEVEL), default=lost.size
    )
    special = special_heads(masses.constructs, units, config.alpha, config.special_ratio)
    early = len(special_heads(before.constructs, units, config.alpha, config.special_ratio))
    directions = {"specification to code": masses.to_code, "code to specification": masses.to_specification}
    differing = {
        title: int((differing_heads(direction, units) < config.alpha).sum())
        for title, direction in directions.items()
    }
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
                f"{count} (chance: {percent(1 / count)}); its AUROC is {interval(found_area)}."
            ),
            (
                f"Special after Holm's correction: {len(special)} of {lost.size * len(CONSTRUCTS)} pairs of head and "
                f"construct; {early} before attention learnt anything."
            ),
            (
                f"{level} of {lost.size} heads are enough to keep the AUROC (within {_LEVEL})."
                if learnt
                else "The interval includes chance: the retriever shows no sign of having learnt, and the figures below "
                "are for untrained heads. Give it more epochs or pairs, or a pretrained encoder."
            ),
        ),
        tables=(
            TitledTable(
                "Finding a specification's function",
                f"The person's function among {count} of held-out repositories, of the same language as far as there "
                "are any. Without heads no token knows of another.",
                ("", "mean reciprocal rank", "first", "among the first three"),
                (
                    *(
                        (name, interval(reciprocal), percent_interval(top), percent_interval(three))
                        for name, (reciprocal, top, three) in zip(
                            ("all heads", "no head"), retrieval, strict=True
                        )
                    ),
                    (
                        "chance",
                        f"{asked.chance:.3f}",
                        percent(1 / count),
                        percent(min(1.0, _TOP / count)),
                    ),
                ),
            ),
            TitledTable(
                "Attention in each direction",
                "The last column counts heads that differ between a person's and a model's function of the same task, "
                "by paired t-tests with Holm's correction.",
                ("direction", "mean mass", "heads that differ"),
                tuple(
                    (title, percent(float(direction.mean())), f"{differing[title]} of {lost.size}")
                    for title, direction in directions.items()
                ),
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
                ("layer", *(f"head {head + 1}" for head in range(heads[1]))),
                tuple(
                    (f"{layer + 1}", *(f"{value:+z.3f}" for value in row)) for layer, row in enumerate(lost)
                ),
            ),
        ),
        charts=(
            *(_heat(f"Mass from {title}", direction.mean(axis=0)) for title, direction in directions.items()),
            Chart(
                "Fewer heads, the least important first",
                ChartKind.LINE,
                "heads left",
                "AUROC",
                (
                    Series(
                        "AUROC",
                        tuple(float(left) for left, _ in curve),
                        tuple(auroc for _, auroc in curve),
                    ),
                ),
            ),
        ),
        figures=(
            Figure.of("AUROC of the retriever", found_area),
            Figure.of("mean reciprocal rank", mrr),
            Figure("mean reciprocal rank by chance", asked.chance),
            Figure.of("found first", first),
            Figure("heads at a level AUROC", float(level)),
            Figure("special heads", float(len(special))),
            Figure("special heads before attention learnt", float(early)),
        ),
    )


def _heat(title: str, values: Floats) -> Chart:
    ticks = tuple(str(head + 1) for head in range(values.shape[1]))
    places = tuple(map(float, range(values.shape[1])))
    series = tuple(
        Series(f"layer {layer + 1}", places, tuple(map(float, row))) for layer, row in enumerate(values)
    )
    return Chart(title, ChartKind.HEAT, "head", "", series, ticks)
