"""Other kinds of code: how the bundle does on each as it is, and what it loses under perturbations."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.perturb import PERTURBATIONS, Perturbation
from codeorigin_training.data.rows import Row, labels_of
from codeorigin_training.data.specifications import WRITTEN
from codeorigin_training.data.weights import is_documented, matched_sample
from codeorigin_training.metrics.data import EvaluationData, unit_numbers, with_code
from codeorigin_training.metrics.detector import Detector, LogitModel
from codeorigin_training.metrics.estimates import area, estimate, share
from codeorigin_training.metrics.statistics import auroc, pairs_in_order, tpr_at_fpr
from codeorigin_training.metrics.table import AGENTS, MODERN, OLD, PAIRS, WRITTEN_PAIRS, Figure
from codeorigin_training.report.cells import interval, percent_interval, pivot
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.plots import dots
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log

AS_IT_IS, LOST, FLAGGED = "as it is", "AUROC lost", "flagged"
_BY_GENERATOR = "snippets by "
_FEWEST_FOR_RATE = 100

Text = tuple[str, str]
"""Code and its model language."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Functions of one kind in random order, alternating between human and LLM code, so that any prefix is a sample.

    ``pairs`` says that two neighbours are of one task.
    """

    population: str
    rows: tuple[Row, ...]
    pairs: bool = False

    @property
    def labels(self) -> Integers:
        """Label of every function, int64 ``(n,)``."""
        return labels_of(self.rows)

    @property
    def groups(self) -> Integers:
        """Repository (or task) of every function, int64 ``(n,)``."""
        return unit_numbers(self.rows)


def slices_of(data: EvaluationData, config: EvaluateConfig) -> list[Slice]:
    """All slices that the bundle is measured on, without those that lack a class."""
    most, seed = config.slice_functions, config.seed
    found = [
        matched("seen repositories (training), all human code", data.train, most, seed),
        *era_slices(data.held_out, most, seed),
        *_pair_slices(data.pairs),
        *snippet_slices(data.snippets, config),
    ]
    return [subset for subset in found if len(set(subset.labels.tolist())) == 2]


def era_slices(rows: Sequence[Row], most: int, seed: int) -> list[Slice]:
    """LLM code against old and against modern human code."""
    return [
        matched(
            f"{AGENTS} against {era}", [row for row in rows if row.label or row.modern is modern], most, seed
        )
        for era, modern in ((OLD, False), (MODERN, True))
    ]


def matched(population: str, rows: Sequence[Row], most: int, seed: int) -> Slice:
    """At most ``most`` functions, classes matched within language x test x length."""
    return Slice(population, tuple(rows[number] for number in matched_draw(rows, most, seed)))


def matched_draw(rows: Sequence[Row], most: int, seed: int) -> Integers:
    """Indices ``(k,)`` of a matched sample of at most ``most`` rows, alternating between the classes."""
    if not rows:
        return np.zeros(0, dtype=np.int64)
    generator = np.random.default_rng(seed)
    chosen = matched_sample(rows, np.ones(len(rows), dtype=bool), seed)
    labels = np.array([rows[number].label for number in chosen], dtype=np.int64)
    sides = [generator.permutation(chosen[labels == label])[: most // 2] for label in (0, 1)]
    return np.stack(sides, axis=1).reshape(-1) if len(chosen) else chosen


def _pair_slices(rows: Sequence[Row]) -> Iterator[Slice]:
    """Pairs of the corpus and written ones, and all by which side has a comment, where an LLM's style shows."""
    sides: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.pair is not None:
            sides[row.pair].append(row)
    pairs = {name: sorted(pair, key=_label) for name, pair in sorted(sides.items()) if len(pair) == 2}
    commented = {
        name: tuple(is_documented(row.code, row.language) for row in pair) for name, pair in pairs.items()
    }
    kinds: dict[str, Callable[[str], bool]] = {
        PAIRS: lambda name: not name.startswith(WRITTEN),
        WRITTEN_PAIRS: lambda name: name.startswith(WRITTEN),
        "pairs, both sides commented": lambda name: commented[name] == (True, True),
        "pairs, only the LLM's side commented": lambda name: commented[name] == (False, True),
        "pairs, only the person's side commented": lambda name: commented[name] == (True, False),
        "pairs, no comments on either side": lambda name: commented[name] == (False, False),
    }
    for population, is_of in kinds.items():
        yield Slice(
            population, tuple(row for name, pair in pairs.items() if is_of(name) for row in pair), pairs=True
        )


def _label(row: Row) -> int:
    return row.label


def snippet_slices(snippets: Sequence[Row], config: EvaluateConfig) -> list[Slice]:
    """Snippets of all generators against human ones, then of each generator that has enough."""
    sides = [[row for row in snippets if row.label == label] for label in (0, 1)]
    generator = np.random.default_rng(config.seed)
    people, llm = (
        [side[number] for number in generator.permutation(len(side))[: config.slice_functions // 2]]
        for side in sides
    )
    found = [_side_by_side("snippets, all generators", people, llm)]
    for name in sorted({row.generator for row in sides[1]}):
        of_generator = [row for row in sides[1] if row.generator == name]
        if len(of_generator) >= config.fewest_of_generator:
            order = generator.permutation(len(of_generator))[: config.generator_functions]
            beside = people[: max(len(order), _FEWEST_FOR_RATE)]
            title = f"{_BY_GENERATOR}{name or 'unknown'}"
            found.append(_side_by_side(title, beside, [of_generator[number] for number in order]))
    return found


def _side_by_side(population: str, human: Sequence[Row], llm: Sequence[Row]) -> Slice:
    """A slice that alternates between the classes until one runs out, and then has the rest of the other."""
    rows: list[Row] = []
    for number in range(max(len(human), len(llm))):
        rows += [side[number] for side in (human, llm) if number < len(side)]
    return Slice(population, tuple(rows))


def matrix(data: EvaluationData, detector: Detector, config: EvaluateConfig, log: Log) -> Section:
    """Measure the bundle on every slice as it is, and what all but single generators lose under perturbations."""
    slices = slices_of(data, config)
    raw = logits_of([row for subset in slices for row in subset.rows], detector)
    figures: list[Figure] = []
    for subset in slices:
        logits = np.array([raw[row.code, row.language] for row in subset.rows])
        figures += slice_figures(subset, logits, detector, config)
    kinds = [subset for subset in slices if not subset.population.startswith(_BY_GENERATOR)]
    losses = list(loss_figures(kinds, raw, detector, config, log))
    return matrix_section(figures, losses)


def slice_figures(
    subset: Slice, logits: Floats, detector: Detector, config: EvaluateConfig
) -> Iterator[Figure]:
    """Ranking and shares of the functions of a slice by their own text, with ``logits`` ``(n,)``."""
    labels, groups, answers = subset.labels, subset.groups, detector.answers(subset.rows, logits)
    human = labels == 0
    yield area(groups, labels, logits, config).named(subset.population, AS_IT_IS, "AUROC")
    if human.sum() >= _FEWEST_FOR_RATE:
        found = estimate(groups, lambda index: tpr_at_fpr(labels[index], logits[index], 0.01), config)
        yield found.named(subset.population, AS_IT_IS, "found at 1 % false positives")
    flagged = share(answers.llm[human], groups[human])
    yield flagged.named(subset.population, AS_IT_IS, FLAGGED)
    unsure = share(~answers.llm & ~answers.human, groups)
    yield unsure.named(subset.population, AS_IT_IS, "unsure")
    if subset.pairs:
        sides = logits[::2], logits[1::2]
        in_order = estimate(
            groups[::2], lambda index: pairs_in_order(sides[0][index], sides[1][index]), config
        )
        yield in_order.named(subset.population, AS_IT_IS, "in order")


def loss_figures(
    slices: Sequence[Slice], raw: Mapping[Text, float], model: LogitModel, config: EvaluateConfig, log: Log
) -> Iterator[Figure]:
    """The AUROC of raw minus perturbed functions, of the first ``config.perturbed_functions`` of every slice."""
    beginnings = [
        Slice(of.population, of.rows[: config.perturbed_functions // 2 * 2], of.pairs) for of in slices
    ]
    rows = [row for subset in beginnings for row in subset.rows]
    for perturbation in config.perturbations:
        texts = [(row.code, row.language) for row in rows]
        change = PERTURBATIONS[perturbation]
        codes = perturb_all(texts, change, seed=config.seed, processes=config.processes)
        scored = logits_of([with_code(row, codes[row.code, row.language]) for row in rows], model)
        log(f"{len(codes)} functions {perturbation.replace('_', ' ')}")
        for subset in beginnings:
            before = np.array([raw[row.code, row.language] for row in subset.rows])
            after = np.array([scored[codes[row.code, row.language], row.language] for row in subset.rows])
            found = estimate(subset.groups, partial(_loss, subset.labels, before, after), config)
            yield found.named(subset.population, perturbation.replace("_", " "), LOST)


def _loss(labels: Integers, before: Floats, after: Floats, index: Integers) -> float:
    return auroc(labels[index], before[index]) - auroc(labels[index], after[index])


def matrix_section(figures: Sequence[Figure], losses: Sequence[Figure]) -> Section:
    """The figures of all slices as they are, and what they lose."""
    in_manifest = {f"{AGENTS} against {OLD}", f"{AGENTS} against {MODERN}", PAIRS, WRITTEN_PAIRS}
    places = {name: place for place, name in enumerate(dict.fromkeys(figure.population for figure in losses))}
    series = {
        context: [figure for figure in losses if figure.context == context and figure.value is not None]
        for context in dict.fromkeys(figure.context for figure in losses)
    }
    return Section(
        title="Other kinds of code",
        note=(
            "The bundle as shipped, on raw text. Repositories seen in training show what a random split would suggest."
        ),
        tables=(
            pivot(
                [figure for figure in figures if figure.population not in in_manifest],
                _cell,
                corner="kind of code",
            ),
            pivot(
                losses,
                title="Under perturbations",
                note=(
                    "The same change is applied to both classes. The loss is the AUROC of raw minus perturbed "
                    "functions, so positive values mean that something was lost."
                ),
                corner=LOST,
                columns=lambda figure: figure.context,
            ),
        ),
        pictures=(
            dots(
                "AUROC lost under perturbations",
                LOST,
                [*places],
                {
                    name: ([of.value or 0.0 for of in found], [places[of.population] for of in found])
                    for name, found in series.items()
                },
            ),
        ),
        figures=(*figures, *losses),
    )


def _cell(figure: Figure) -> str:
    if figure.statistic == "AUROC":
        return interval(figure)
    return percent_interval(figure, 1 if figure.statistic == FLAGGED else 0)


def logits_of(rows: Sequence[Row], model: LogitModel) -> dict[Text, float]:
    """The logit of every distinct text of ``rows``."""
    distinct = {(row.code, row.language): row for row in rows}
    return dict(zip(distinct, model.logits([*distinct.values()]).tolist(), strict=True))


def perturb_all(
    texts: Sequence[Text], change: Perturbation, *, seed: int, processes: int
) -> Mapping[Text, str]:
    """The perturbed code of every distinct text."""
    distinct = list(dict.fromkeys(texts))
    change = partial(_perturb, change, seed)
    if processes <= 1 or len(distinct) < 2:
        return dict(zip(distinct, map(change, distinct), strict=True))
    with get_context("fork").Pool(processes) as pool:
        return dict(zip(distinct, pool.imap(change, distinct, chunksize=16), strict=True))


def _perturb(change: Perturbation, seed: int, text: Text) -> str:
    code, language = text
    of_text = zlib.crc32(f"{language}\0{code}".encode("utf-8", "surrogatepass"))
    return change(code, language, np.random.default_rng([seed, of_text]))
