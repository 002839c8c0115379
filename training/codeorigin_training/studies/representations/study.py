"""The study ``representations``: source, syntax tree and control flow, and a bundle's evidence by construct."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin.languages.constructs import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.configuration import STRICT, Count, Positive, Several
from codeorigin_training.data.rows import Row, limited, numbered, read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.estimates import Rounds, area, mean
from codeorigin_training.metrics.table import Estimate
from codeorigin_training.report.cells import interval, percent, percent_interval, pivot
from codeorigin_training.report.comments import matched_draw
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log
from codeorigin_training.studies.frame import Frame
from codeorigin_training.studies.representations.relations import (
    KINDS,
    Represented,
    relation_answers,
    represented,
    train_relations,
    vocabulary_of,
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
    sides = ([row for row in rows if is_held_out(row.repo) is side] for side in (False, True))
    train, test = ([side[at] for at in matched_draw(side, len(side), config.seed)] for side in sides)

    def relations() -> Section:
        known, new = represented(train[: config.functions]), represented(test[: config.test_functions])
        return relations_section(known, new, config, log)

    def constructs() -> Section:
        explained = test[: config.explained_functions]
        log(f"constructs: explaining {len(explained)} functions")
        values, characters = construct_evidence(explained, detector)
        model = f"{detector.bundle.name} {detector.bundle.version}"
        return constructs_section(explained, values, characters, model, frame.warnings, config)

    return [frame.part("relations", relations), frame.part("constructs", constructs)]


def relations_section(
    train: Sequence[Represented], test: Sequence[Represented], config: RepresentationsConfig, log: Log
) -> Section:
    """How well a classifier recognises representations that belong together."""
    log(f"relations: {len(train)} functions to learn from, {len(test)} to ask about")
    vocabulary = vocabulary_of(train, config.vocabulary, config.seed)
    shape = EncoderConfig(
        dim=config.dim,
        layers=config.layers,
        heads=config.heads,
        feedforward=2 * config.dim,
        context=config.context,
    )
    model = train_relations(
        train,
        vocabulary,
        shape,
        log,
        batch=config.batch,
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        seed=config.seed,
    )
    answers = relation_answers(model, test, vocabulary, config.batch)
    figures = []
    for kind in ("all", *(f"{left.value} and {right.value}" for left, right in KINDS)):
        some = answers if kind == "all" else answers[answers["kind"] == kind]
        found = mean(numbered(some["repo"]), some["right"].to_numpy(), config)
        figures.append(found.named(kind, "", "accuracy"))
    return Section(
        title="Representations: which belong together",
        note=(
            "Source, syntax tree and control flow of held-out functions in pairs: half belong to one function, half "
            "were swapped with a neighbour of the same language and about the same length. Trees and flows say "
            "nothing of the code's words, so 50 % is chance and a higher figure is structure that was read."
        ),
        tables=(pivot(figures, percent_interval, corner="pairs"),),
        figures=tuple(figures),
    )


def construct_evidence(rows: Sequence[Row], detector: Detector) -> tuple[Floats, Floats]:
    """Evidence in logits and characters of every construct of every row, ``(n, constructs)`` each."""
    values, characters = (np.zeros((len(rows), len(CONSTRUCTS))) for _ in range(2))
    for index, row in enumerate(rows):
        for construct in detector.explainer.explain(row.code, row.language).constructs:
            place = CONSTRUCTS.index(construct.construct)
            values[index, place], characters[index, place] = construct.value, construct.characters
    return values, characters


def constructs_section(
    rows: Sequence[Row],
    values: Floats,
    characters: Floats,
    model: str,
    warnings: tuple[str, ...],
    config: Rounds,
) -> Section:
    """The evidence of ``model`` by construct, ``(n, constructs)`` each, the construct with most of it first."""
    evidence = np.abs(values).sum(axis=0) / max(np.abs(values).sum(), 1e-12)
    written = characters.sum(axis=0) / characters.sum()
    labels, groups = np.array([row.label for row in rows], dtype=np.int64), unit_numbers(rows)
    names = {
        CONSTRUCTS[place].value.replace("_", " "): place
        for place in np.argsort(-evidence, kind="stable").tolist()
    }
    figures = []
    for name, place in names.items():
        figures += [
            Estimate(float(written[place])).named(name, "", "share of the characters"),
            Estimate(float(evidence[place])).named(name, "", "share of the evidence"),
            area(groups, labels, values[:, place], config).named(name, "", "AUROC of its evidence alone"),
        ]
    strongest = [f"{name} ({percent(float(evidence[place]))})" for name, place in [*names.items()][:3]]
    return Section(
        title="Evidence by construct",
        note=(
            f"The exact evidence of {model} on held-out functions, by what each character is there for. The command "
            "explain and the hover show it for one function."
        ),
        findings=(*warnings, f"Most of the evidence lies in {', '.join(strongest)}."),
        tables=(
            pivot(
                figures,
                lambda figure: interval(figure) if figure.low is not None else percent(figure.value),
                corner="construct",
            ),
        ),
        figures=tuple(figures),
    )
