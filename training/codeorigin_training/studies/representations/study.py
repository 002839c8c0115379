"""The study ``representations``: source, syntax tree and control flow, and a bundle's evidence by construct."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin.languages.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.configuration import STRICT, Count, Positive, Several
from codeorigin_training.data.rows import Row, limited, numbered, read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.data.weights import matched_sample
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.encoder.tokenizer import train_tokenizer
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.cells import interval, percent, percent_interval
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.intervals import Draws, area, mean
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.run import Log
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.representations.relations import (
    KINDS,
    Representation,
    Represented,
    StructureVocabulary,
    relation_answers,
    represented,
    train_relations,
)


@dataclass(frozen=True, config=STRICT)
class RepresentationsConfig:
    """How the relation classifiers are trained and measured, and what is explained.

    The classifiers are trained on ``functions`` and measured on ``test_functions``, with at most ``per_repository``
    functions of each repository and label. They are transformers of ``layers`` layers and width ``dim`` that read
    ``context`` tokens, with a vocabulary of ``vocabulary`` entries from the source. What does not match is taken from
    the same batch. The evidence of constructs is that of ``bundle`` on ``explained_functions`` of the test functions.
    """

    functions: Count = 4000
    test_functions: Count = 1000
    explained_functions: Count = 600
    per_repository: Count = 60
    bundle: Path | None = None
    vocabulary: Count = 4096
    dim: int = 96
    layers: int = 2
    heads: int = 3
    context: int = Field(default=256, ge=8)
    epochs: Count = 8
    batch: Several = 24
    learning_rate: Positive = 1e-3
    rounds: Count = 200
    seed: int = 11


def study(config: RepresentationsConfig, frame: Frame) -> list[Section]:
    """Measure relations of source, tree and flow, and the shipped model's evidence by construct.

    Raises:
        CodeOriginError: the corpus or the bundle is missing or broken.
    """
    detector, log = frame.detector, frame.log
    rows = limited(read_functions(frame.corpus), config.per_repository)
    train, test = (
        _matched([row for row in rows if is_held_out(row.repo) is side], config.seed)
        for side in (False, True)
    )

    def relations() -> Section:
        learnt, asked = represented(train[: config.functions]), represented(test[: config.test_functions])
        return relations_section(learnt, asked, config, log)

    def constructs() -> Section:
        explained = test[: config.explained_functions]
        log(f"constructs: explaining {len(explained)} functions")
        values, characters = construct_evidence(explained, detector)
        model = f"{detector.bundle.name} {detector.bundle.version}"
        return constructs_section(explained, values, characters, model, frame.warning, config)

    return [frame.part("relations", relations), frame.part("constructs", constructs)]


def _matched(rows: Sequence[Row], seed: int) -> list[Row]:
    """``rows`` in random order, with as many of each class of a language, test and length."""
    if not rows:
        return []
    chosen = matched_sample(rows, np.ones(len(rows), dtype=bool), seed)
    return [rows[number] for number in np.random.default_rng(seed).permutation(chosen)]


def relations_section(
    learnt: Sequence[Represented], asked: Sequence[Represented], config: RepresentationsConfig, log: Log
) -> Section:
    """How well a classifier recognises representations that belong together, and what they cost in tokens."""
    log(f"relations: {len(learnt)} functions to learn from, {len(asked)} to ask about")
    rows = [function.row for function in learnt]
    spelled = StructureVocabulary(
        train_tokenizer(rows, vocab_size=config.vocabulary, sample=len(rows), seed=config.seed)
    )
    extended = spelled.extended(learnt)
    shape = EncoderConfig(
        dim=config.dim,
        layers=config.layers,
        heads=config.heads,
        feedforward=2 * config.dim,
        context=config.context,
    )
    kinds = ["all", *(f"{left.value} and {right.value}" for left, right in KINDS)]
    cells, figures = [], []
    for name, vocabulary in (("spelled", spelled), ("vocabulary extended", extended)):
        model = train_relations(
            learnt,
            vocabulary,
            shape,
            log,
            batch=config.batch,
            epochs=config.epochs,
            learning_rate=config.learning_rate,
            seed=config.seed,
        )
        answers = relation_answers(model, asked, vocabulary, config.batch)
        estimates = []
        for kind in kinds:
            some = answers if kind == "all" else answers[answers["kind"] == kind]
            estimates.append(mean(numbered(some["repo"]), some["right"].to_numpy(), config))
        cells.append((name, *map(percent_interval, estimates)))
        figures += [
            Figure.of(f"relations: {name}: {kind}", estimate)
            for kind, estimate in zip(kinds, estimates, strict=True)
        ]
    best = max(figures, key=lambda figure: figure.value or 0.0)
    lengths = _tokens(asked, spelled, extended)
    return Section(
        title="Representations: which belong together",
        note=(
            "Source, syntax tree and control flow of held-out functions in pairs: half belong to one function, half "
            "were swapped with a neighbour of the same language and about the same length. Trees and flows say "
            "nothing of the code's words, so 50 % is chance and a higher figure is structure that was read."
        ),
        findings=(
            f"The best accuracy is {percent(best.value)} ({best.name.removeprefix('relations: ')}).",
            (
                f"A tree with tokens of its own takes {lengths[-1][3]} tokens a function in place of {lengths[-1][2]} "
                "when it is spelled."
            ),
        ),
        tables=(
            TitledTable("Accuracy by kind of pair", "", ("structure", *kinds), tuple(cells)),
            TitledTable(
                "Tokens a function",
                "Means; spelled in the source's vocabulary, and with tokens of their own.",
                ("language", "source", "tree, spelled", "tree, own", "flow, spelled", "flow, own"),
                tuple(lengths),
            ),
        ),
        figures=tuple(figures),
    )


def _tokens(
    asked: Sequence[Represented], spelled: StructureVocabulary, extended: StructureVocabulary
) -> list[tuple[str, ...]]:
    """The mean number of tokens of each representation, by language and for all."""
    counts = pd.DataFrame(
        [
            [
                len(spelled.encode(function, Representation.SOURCE)),
                *(
                    len(vocabulary.encode(function, view))
                    for view in (Representation.TREE, Representation.FLOW)
                    for vocabulary in (spelled, extended)
                ),
            ]
            for function in asked
        ]
    )
    means = counts.groupby([function.row.language for function in asked]).mean()
    means.loc["all"] = counts.mean()
    return [(str(language), *(f"{value:.0f}" for value in row)) for language, row in means.iterrows()]


def construct_evidence(rows: Sequence[Row], detector: Detector) -> tuple[Floats, Floats]:
    """Evidence in logits and characters of every construct of every row, ``(n, constructs)`` each."""
    values, characters = (np.zeros((len(rows), len(CONSTRUCTS))) for _ in range(2))
    for number, row in enumerate(rows):
        for construct in detector.explainer.explain(row.code, row.language).constructs:
            place = CONSTRUCTS.index(construct.construct)
            values[number, place], characters[number, place] = construct.value, construct.characters
    return values, characters


def constructs_section(
    rows: Sequence[Row], values: Floats, characters: Floats, model: str, warning: str | None, draws: Draws
) -> Section:
    """The evidence of ``model`` by construct, ``(n, constructs)`` each, the construct with most of it first."""
    evidence = np.abs(values).sum(axis=0) / max(np.abs(values).sum(), 1e-12)
    written = characters.sum(axis=0) / characters.sum()
    labels, groups = np.array([row.label for row in rows], dtype=np.int64), unit_numbers(rows)
    order = np.argsort(-evidence, kind="stable").tolist()
    names = [CONSTRUCTS[place].value.replace("_", " ") for place in order]
    strongest = [
        f"{name} ({percent(evidence[place])})" for name, place in zip(names[:3], order, strict=False)
    ]
    places = tuple(map(float, range(len(order))))
    return Section(
        title="Evidence by construct",
        note=(
            f"The exact evidence of {model} on held-out functions, by what each character is there for. The command "
            "explain and the hover show it for one function."
        ),
        findings=(
            *(() if warning is None else (warning,)),
            f"Most of the evidence lies in {', '.join(strongest)}.",
        ),
        tables=(
            TitledTable(
                "",
                "",
                (
                    "construct",
                    "share of the characters",
                    "share of the evidence",
                    "AUROC of its evidence alone",
                ),
                tuple(
                    (
                        name,
                        percent(written[place]),
                        percent(evidence[place]),
                        interval(area(groups, labels, values[:, place], draws)),
                    )
                    for name, place in zip(names, order, strict=True)
                ),
            ),
        ),
        charts=(
            Chart(
                "Shares",
                ChartKind.BARS,
                "",
                "share",
                (
                    Series("of the characters", places, tuple(written[order].tolist())),
                    Series("of the evidence", places, tuple(evidence[order].tolist())),
                ),
                tuple(names),
            ),
        ),
        figures=tuple(
            Figure(f"evidence: {name}", float(evidence[place]))
            for name, place in zip(names, order, strict=True)
        ),
    )
