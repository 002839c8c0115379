"""The heads study's section of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.text.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.report.cells import interval, percent, percent_interval
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.studies.heads.attention import HeadMasses
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.pruning import PruningPoint
from codeorigin_training.studies.heads.retrieval import Asked
from codeorigin_training.studies.heads.special import (
    differing_by_lot,
    differing_heads,
    special_by_lot,
    special_heads,
)

_LEVEL = 0.005
"""The largest loss of AUROC that is regarded as none."""
_DRAWS = 20


@dataclass(frozen=True, slots=True)
class HeadFindings:
    """Results of the study.

    ``masses`` are those of ``n`` functions in the repositories ``units``, ``before`` those before attention was
    trained. ``area`` is the retriever's AUROC. ``retrieval`` has the mean reciprocal rank and the shares found first
    and among the first three, with all heads and with none. ``lost`` is the AUROC lost without each head,
    ``(layers, heads)``.
    """

    masses: HeadMasses
    before: HeadMasses
    units: Sequence[str]
    area: Estimate
    asked: Asked
    retrieval: Sequence[Sequence[Estimate]]
    lost: Floats
    curve: Sequence[PruningPoint]


def findings_section(measured: HeadFindings, config: HeadsConfig) -> Section:
    """The results in sentences, tables and charts."""
    area, lost, curve = measured.area, measured.lost, measured.curve
    masses, units = measured.masses, measured.units
    rank, first, _ = measured.retrieval[0]
    learnt = rank.low is not None and rank.low > measured.asked.chance
    layers, heads = lost.shape
    count = measured.asked.candidates
    wanted = (config.alpha, config.special_ratio)
    special = special_heads(masses.constructs, units, *wanted)
    early = len(special_heads(measured.before.constructs, units, *wanted))
    by_lot = special_by_lot(masses.constructs, units, *wanted, draws=_DRAWS, seed=config.seed)
    level = min(
        (each.left for each in curve if each.auroc >= (area.value or 0.0) - _LEVEL), default=layers * heads
    )
    directions = []
    for title, each in (
        ("specification to code", masses.to_code),
        ("code to specification", masses.to_specification),
    ):
        _, corrected = differing_heads(each, units)
        turned = differing_by_lot(each, units, config.alpha, draws=_DRAWS, seed=config.seed)
        differing = f"{int((corrected < config.alpha).sum())} of {len(corrected)}"
        directions.append((title, percent(float(each.mean())), differing, f"{np.mean(turned):.1f}"))
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
                f"{count} (chance: {percent(1 / count)}); its AUROC is {interval(area)}."
            ),
            (
                f"Special after Holm's correction: {len(special)} of {layers * heads * len(CONSTRUCTS)} pairs of head "
                f"and construct; {early} before attention learnt anything, {np.mean(by_lot):.1f} when each repository's "
                "heads change places "
                f"by lot (mean of {_DRAWS} draws)."
            ),
            (
                f"With {level} of {layers * heads} heads the AUROC is level (within {_LEVEL})."
                if learnt
                else "The interval holds what chance has: the retriever learnt nothing that it could show, and what "
                "follows is of heads without a task. Give it more epochs or pairs, or a pretrained encoder."
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
                        (name, interval(mean), percent_interval(top), percent_interval(three))
                        for name, (mean, top, three) in zip(
                            ("all heads", "no head"), measured.retrieval, strict=True
                        )
                    ),
                    (
                        "chance",
                        f"{measured.asked.chance:.3f}",
                        percent(1 / count),
                        percent(min(1.0, 3 / count)),
                    ),
                ),
            ),
            TitledTable(
                "Attention in each direction",
                "The last column counts heads that differ between a person's and a model's function of the same task, "
                "by paired t-tests with Holm's correction; by lot the two change sides in half of the repositories "
                f"(mean of {_DRAWS} draws).",
                ("direction", "mean mass", "heads that differ", "by lot"),
                tuple(directions),
            ),
            TitledTable(
                "Heads special to a construct",
                "",
                ("head", "construct", "lift over the other heads", "p, corrected"),
                tuple(
                    (f"layer {each.layer + 1}, head {each.head + 1}", each.construct.replace("_", " "),
                     f"{each.lift:.2f}", f"{each.p:.2g}")
                    for each in special[:20]
                ),
            ),
            TitledTable(
                "AUROC lost without a head",
                "",
                ("layer", *(f"head {head + 1}" for head in range(heads))),
                tuple((f"{layer + 1}", *(f"{value:+z.3f}" for value in lost[layer])) for layer in range(layers)),
            ),
        ),
        charts=(
            _heat("Mass from the specification to the code", masses.to_code.mean(axis=0)),
            _heat("Mass from the code to the specification", masses.to_specification.mean(axis=0)),
            Chart(
                "Fewer heads, the least important first",
                ChartKind.LINE,
                "heads left",
                "AUROC",
                (Series("AUROC", tuple(float(each.left) for each in curve), tuple(each.auroc for each in curve)),),
            ),
        ),
        figures=(
            Figure.of("AUROC of the retriever", area),
            Figure.of("mean reciprocal rank", rank),
            Figure("mean reciprocal rank by chance", measured.asked.chance),
            Figure.of("found first", first),
            Figure("heads at a level AUROC", float(level)),
            Figure("special heads", float(len(special))),
            Figure("special heads before attention learnt", float(early)),
            Figure("special heads by lot", float(np.mean(by_lot))),
        ),
    )  # fmt: skip


def _heat(title: str, values: Floats) -> Chart:
    ticks = tuple(str(head + 1) for head in range(values.shape[1]))
    places = tuple(map(float, range(values.shape[1])))
    series = tuple(
        Series(f"layer {layer + 1}", places, tuple(map(float, row))) for layer, row in enumerate(values)
    )
    return Chart(title, ChartKind.HEAT, "head", "", series, ticks)
