"""The study of heads: masses, tests, special heads, pictures, ablation and pruning."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from codeorigin.source.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.corpus.readers.specifications import Specification
from codeorigin_training.evaluate.page.wording import interval, percent
from codeorigin_training.measure.figures import Estimate, estimate
from codeorigin_training.measure.metrics import auroc
from codeorigin_training.run import Log
from codeorigin_training.studies.heads.attention import HeadMasses, head_masses
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.pruning import (
    PruningPoint,
    ablation,
    importance,
    pruning_curve,
    retriever_logits,
)
from codeorigin_training.studies.heads.retriever import (
    Retriever,
    asked_examples,
    make_retriever,
    train_retriever,
)
from codeorigin_training.studies.heads.significance import (
    PairedTest,
    analysis_of_variance,
    by_unit,
    holm,
    paired_test,
)
from codeorigin_training.studies.section import Chart, Figure, Section, Series, Table

_CHANCE = 0.5
_LEVEL = 0.005
"""A loss of AUROC that counts as none."""


@dataclass(frozen=True, slots=True)
class SpecialHead:
    """A head whose attention to one construct is above that of the other heads: its mean lift, and the corrected p."""

    layer: int
    head: int
    construct: str
    lift: float
    p: float


def heads_section(
    train: Sequence[Specification], test: Sequence[Specification], config: HeadsConfig, log: Log
) -> Section:
    """Train the retriever on ``train`` and look at its heads on ``test``, whose repositories it has not seen."""
    order = np.random.default_rng(config.seed).permutation(len(train))
    train = [train[place] for place in order[: config.train_pairs]]
    texts = [text for pair in train for text in (pair.text, pair.human_code, pair.llm_code)]
    model = make_retriever(texts, config)
    log(f"heads: {len(train)} specifications to learn from, {len(test)} to look at")
    train_retriever(model, train, config, log)
    asked = test[: config.pairs]
    examples, labels, repos = asked_examples(model, asked, config)
    groups = np.unique(repos, return_inverse=True)[1].astype(np.int64)
    logits = retriever_logits(model, examples)
    (area,) = estimate(
        groups,
        lambda index: np.array([auroc(labels[index], logits[index])]),
        rounds=config.rounds,
        seed=config.seed,
    )
    log(f"AUROC {area.value}")
    # Of each four examples the first two are the person's and the model's function with their own specification.
    own = [place for place in range(len(examples)) if labels[place]]
    masses = head_masses(model, [examples[place] for place in own])
    units = [repos[place] for place in own]
    lost = ablation(model, examples, labels)
    # What is to go is chosen on the training side: chosen where it is measured, the curve would flatter.
    seen, seen_labels, _ = asked_examples(model, train[: config.pairs], config)
    scores = importance(model, seen, seen_labels)
    curve = pruning_curve(model, examples, labels, scores)
    return _section(model, masses, units, (area, lost, curve), config)


def special_heads(constructs: Floats, units: Sequence[str], alpha: float, ratio: float) -> list[SpecialHead]:
    """Heads that attend to a construct more than the others do, by paired t-tests over units with Holm's correction.

    Args:
        constructs: lifts ``(n, layers, heads, constructs)``, as :class:`HeadMasses` has them.
        units: the repository of each example.
        alpha: family-wise error over all heads and constructs.
        ratio: the smallest lift, in units of the other heads' mean, that is worth a name.
    """
    means = by_unit(constructs, units)
    layers, heads, kinds = means.shape[1:]
    flat = means.reshape(len(means), layers * heads, kinds)
    tested: list[tuple[int, int, PairedTest, float]] = []
    for head in range(layers * heads):
        others = np.delete(flat, head, axis=1).mean(axis=1)
        for kind in range(kinds):
            found = paired_test(flat[:, head, kind], others[:, kind])
            own, rest = (_finite_mean(each) for each in (flat[:, head, kind], others[:, kind]))
            tested.append((head, kind, found, own / rest if rest > 0 else 0.0))
    corrected = holm(np.array([each.p for _, _, each, _ in tested]))
    special = [
        SpecialHead(head // heads, head % heads, CONSTRUCTS[kind].value, lift, float(p))
        for (head, kind, found, lift), p in zip(tested, corrected, strict=True)
        if p < alpha and found.difference > 0 and lift >= ratio
    ]
    return sorted(special, key=lambda each: -each.lift)


def differing_heads(masses: Floats, units: Sequence[str]) -> tuple[list[PairedTest], Floats]:
    """Paired t-tests of the person's against the model's function for each head, and their corrected p ``(heads,)``.

    ``masses`` is ``(n, layers, heads)``: the person's function of each pair, then the model's.
    """
    flat = masses.reshape(len(masses), -1)
    human, llm = by_unit(flat[0::2], units[0::2]), by_unit(flat[1::2], units[1::2])
    tests = [paired_test(llm[:, head], human[:, head]) for head in range(flat.shape[1])]
    return tests, holm(np.array([each.p for each in tests]))


def _finite_mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


def _section(
    model: Retriever,
    masses: HeadMasses,
    units: Sequence[str],
    measured: tuple[Estimate, Floats, list[PruningPoint]],
    config: HeadsConfig,
) -> Section:
    area, lost, curve = measured
    layers, heads = lost.shape
    special = special_heads(masses.constructs, units, config.alpha, config.special_ratio)
    level = min(
        (each.left for each in curve if each.auroc >= (area.value or 0.0) - _LEVEL), default=layers * heads
    )
    rows = []
    for title, each in (
        ("specification to code", masses.to_code),
        ("code to specification", masses.to_specification),
    ):
        means = by_unit(each, units)
        over_layers = analysis_of_variance(means.mean(axis=2))
        over_heads = analysis_of_variance(means.reshape(len(means), -1))
        tests, corrected = differing_heads(each, units)
        rows.append(
            (
                title,
                percent(float(each.mean())),
                f"F {over_layers[0]:.1f}, p {over_layers[1]:.2g}",
                f"F {over_heads[0]:.1f}, p {over_heads[1]:.2g}",
                f"{int((corrected < config.alpha).sum())} of {len(tests)}",
            )
        )
    everywhere = by_unit(masses.constructs, ["all"] * len(units))
    lifts = everywhere.reshape(layers * heads, len(CONSTRUCTS))
    return Section(
        title="Heads: attention between a specification and its code",
        question=(
            f"{'A small retriever' if config.encoder is None else 'The given encoder'}, trained to tell a "
            "specification's code from another's, on held-out repositories, which are the units of every test. A lift "
            "is the share of attention that a construct gets over its share of the tokens."
        ),
        findings=(
            f"The retriever's AUROC is {interval(area)}.",
            f"{len(special)} pairs of head and construct are special after Holm's correction.",
            (
                f"With {level} of {layers * heads} heads the AUROC is level (within {_LEVEL})."
                if area.low is not None and area.low > _CHANCE
                else "The interval holds 0.5: the retriever learnt nothing that it could show, and what follows is of "
                "heads without a task. Give it more epochs or pairs, or a pretrained encoder."
            ),
        ),
        tables=(
            Table(
                "Attention in each direction",
                "The last column counts heads that differ between a person's and a model's function of the same task, "
                "by paired t-tests with Holm's correction. The analyses of variance are those of repeated measures.",
                ("direction", "mean mass", "ANOVA over layers", "ANOVA over heads", "heads that differ"),
                tuple(rows),
            ),
            Table(
                "Heads special to a construct",
                "",
                ("head", "construct", "lift over the other heads", "p, corrected"),
                tuple(
                    (f"layer {each.layer + 1}, head {each.head + 1}", each.construct.replace("_", " "),
                     f"{each.lift:.2f}", f"{each.p:.2g}")
                    for each in special[:20]
                ),
            ),
            Table(
                "AUROC lost without a head",
                "",
                ("layer", *(f"head {head + 1}" for head in range(heads))),
                tuple((f"{layer + 1}", *(f"{value:+.3f}" for value in lost[layer])) for layer in range(layers)),
            ),
        ),
        charts=(
            _heat("Mass from the specification to the code", masses.to_code.mean(axis=0)),
            _heat("Mass from the code to the specification", masses.to_specification.mean(axis=0)),
            *_pictures(lifts, config),
            Chart(
                "Fewer heads, the least important first",
                "line",
                "heads left",
                "AUROC",
                (Series("AUROC", tuple(float(each.left) for each in curve), tuple(each.auroc for each in curve)),),
            ),
        ),
        figures=(
            Figure("AUROC of the retriever", area.value),
            Figure("heads at a level AUROC", float(level)),
            Figure("special heads", float(len(special))),
        ),
    )  # fmt: skip


def _heat(title: str, values: Floats) -> Chart:
    ticks = tuple(str(head + 1) for head in range(values.shape[1]))
    places = tuple(map(float, range(values.shape[1])))
    series = tuple(
        Series(f"layer {layer + 1}", places, tuple(map(float, row))) for layer, row in enumerate(values)
    )
    return Chart(title, "heat", "head", "", series, ticks)


def _pictures(lifts: Floats, config: HeadsConfig) -> list[Chart]:
    """The heads by their lifts ``(heads, constructs)`` in two dimensions, by two methods, in clusters."""
    known = np.nan_to_num(lifts, nan=1.0)
    count = min(config.clusters, len(known))
    if len(known) < 4:
        return []
    clusters = KMeans(count, n_init=10, random_state=config.seed).fit_predict(known)
    flat = PCA(2, random_state=config.seed).fit_transform(known)
    near = TSNE(
        2, perplexity=max(1.0, min(10.0, (len(known) - 1) / 3)), init="pca", random_state=config.seed
    ).fit_transform(known)
    return [
        Chart(
            title,
            "scatter",
            "",
            "",
            tuple(
                Series(
                    f"cluster {number + 1}",
                    tuple(map(float, places[clusters == number, 0])),
                    tuple(map(float, places[clusters == number, 1])),
                )
                for number in range(count)
            ),
        )
        for title, places in (("Heads by their lifts, PCA", flat), ("Heads by their lifts, t-SNE", near))
    ]
