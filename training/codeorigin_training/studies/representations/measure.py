"""The representations study: relations between them, detectors on each, and evidence by construct."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from transformers import AutoTokenizer

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.model import EncoderError
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.cells import interval, percent, percent_interval
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.intervals import mean, numbered, with_intervals
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.run import Log
from codeorigin_training.studies.representations.config import RepresentationsConfig
from codeorigin_training.studies.representations.detectors import (
    DETECTORS,
    SOURCE,
    detector_logits,
    representation_matrices,
)
from codeorigin_training.studies.representations.evidence import construct_evidence, construct_rows
from codeorigin_training.studies.representations.joined import joined_answers, own_tokens, train_joined
from codeorigin_training.studies.representations.pairs import KINDS, Representation, Represented, represented
from codeorigin_training.studies.representations.relations import (
    RelationAnswers,
    load_pretrained,
    make_relation_encoder,
    relation_answers,
    train_relations,
)
from codeorigin_training.studies.representations.vocabularies import (
    ExtendedVocabulary,
    PretrainedVocabulary,
    SpelledVocabulary,
    StructureVocabulary,
)


def relations_section(
    train: Sequence[Row], test: Sequence[Row], config: RepresentationsConfig, log: Log
) -> Section:
    """How well a classifier recognises representations that belong together, and what they cost in tokens."""
    learnt, asked = represented(train), represented(test)
    log(f"relations: {len(learnt)} functions to learn from, {len(asked)} to ask about")
    spelled = SpelledVocabulary.train(learnt, config.vocabulary, config.seed)
    extended = ExtendedVocabulary(spelled, learnt)
    found: dict[str, RelationAnswers] = {}
    vocabularies: tuple[tuple[str, StructureVocabulary], ...] = (
        ("two towers, from scratch", spelled),
        ("two towers, vocabulary extended", extended),
    )
    for name, vocabulary in vocabularies:
        encoder = make_relation_encoder(config, vocabulary.size)
        model = train_relations(encoder, learnt, vocabulary, config, log)
        found[name] = relation_answers(model, asked, vocabulary, config)
    few = represented(train[: config.joined_functions])
    for name, own in (
        ("one sequence, from scratch", None),
        ("one sequence, vocabulary extended", own_tokens(few)),
    ):
        classifier = train_joined(few, spelled.bpe, own, config, log)
        found[name] = joined_answers(classifier, asked, own, config)
    if config.encoder is not None:
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(config.encoder), local_files_only=True)
        except (OSError, ValueError) as error:
            raise EncoderError(
                f"{config.encoder}: holds no tokenizer; save it there with save_pretrained"
            ) from error
        old = load_pretrained(config.encoder, 0).token_embedding.num_embeddings
        wider = ExtendedVocabulary(PretrainedVocabulary(tokenizer, old), learnt)
        pretrained = load_pretrained(config.encoder, len(wider.added))
        model = train_relations(pretrained, learnt, wider, config, log)
        found["two towers, pretrained, vocabulary extended"] = relation_answers(model, asked, wider, config)
    return _relations(found, asked, spelled, extended, config)


def _relations(
    found: dict[str, RelationAnswers],
    asked: Sequence[Represented],
    spelled: StructureVocabulary,
    extended: StructureVocabulary,
    config: RepresentationsConfig,
) -> Section:
    kinds = [f"{left.value} and {right.value}" for left, right in KINDS]
    rows, figures = [], []
    for name, answers in found.items():
        estimates = [_accuracy(answers, kind, config) for kind in (None, *kinds)]
        rows.append((name, *(percent_interval(each) for each in estimates)))
        figures += [
            Figure.of(f"relations: {name}: {kind}", each)
            for kind, each in zip(("all", *kinds), estimates, strict=True)
        ]
    lengths = _tokens(asked, spelled, extended)
    best = max(figures, key=lambda each: each.value or 0.0)
    last = lengths[-1]
    return Section(
        title="Representations: which belong together",
        note=(
            "Source, syntax tree and control flow of held-out functions in pairs: half belong to one function, half "
            "were swapped with a neighbour of the same language and about the same length. Trees and flows say "
            "nothing of the code's words, so 50 % is chance and a higher figure is structure that was read."
        ),
        findings=(
            f"The best accuracy is {percent(best.value)} ({best.name.removeprefix('relations: ')}).",
            f"A tree with tokens of its own takes {last[3]} tokens a function in place of {last[2]} when it is spelled.",
        ),
        tables=(
            TitledTable("Accuracy by kind of pair", "", ("classifier", "all", *kinds), tuple(rows)),
            TitledTable(
                "Tokens a function",
                "Means; spelled in the source's vocabulary, and with tokens of their own.",
                ("language", "source", "tree, spelled", "tree, own", "flow, spelled", "flow, own"),
                tuple(lengths),
            ),
        ),
        figures=tuple(figures),
    )


def _accuracy(answers: RelationAnswers, kind: str | None, config: RepresentationsConfig) -> Estimate:
    keep = np.array([kind is None or each == kind for each in answers.kinds], dtype=bool)
    return mean(numbered(np.array(answers.repos)[keep].tolist()), answers.right[keep], config)


def _tokens(
    asked: Sequence[Represented], spelled: StructureVocabulary, extended: StructureVocabulary
) -> list[tuple[str, ...]]:
    by_language: dict[str, list[list[int]]] = defaultdict(list)
    for each in asked:
        counts = [len(spelled.encode(each, Representation.SOURCE))]
        for view in (Representation.TREE, Representation.FLOW):
            counts += [len(vocabulary.encode(each, view)) for vocabulary in (spelled, extended)]
        by_language[each.row.language].append(counts)
        by_language["~all"].append(counts)
    return [
        (language.removeprefix("~"), *(f"{mean:.0f}" for mean in np.mean(counts, axis=0)))
        for language, counts in sorted(by_language.items())
    ]


def detectors_section(
    train: Sequence[Row], test: Sequence[Row], config: RepresentationsConfig, log: Log
) -> Section:
    """The same detector on source, on source with structure as text, and on structure with separate tokens."""
    log(f"detectors: {len(train)} functions to learn from, {len(test)} to measure on")
    matrices = representation_matrices([*train, *test])
    labels = np.array([row.label for row in test], dtype=np.int64)
    logits = {
        name: detector_logits(matrix[: len(train)], train, matrix[len(train) :], config.strength)
        for name, matrix in matrices.items()
    }

    def statistics(index: Integers) -> Floats:
        of = {name: auroc(labels[index], each[index]) for name, each in logits.items()}
        return np.array([*of.values(), *(of[name] - of[SOURCE] for name in of)])

    estimates = with_intervals(unit_numbers(test), statistics, config)
    areas = dict(zip(logits, estimates[: len(logits)], strict=True))
    gains = dict(zip(logits, estimates[len(logits) :], strict=True))
    rows = tuple(
        (title, interval(areas[name]), "" if name == SOURCE else interval(gains[name]))
        for name, title in DETECTORS.items()
    )
    places = tuple(float(place) for place in range(len(DETECTORS)))
    return Section(
        title="Representations: what they tell of the author",
        note=(
            "A linear model over n-grams of each representation, trained on the same functions and measured on the same "
            "functions of repositories never seen, classes matched within language, test and length."
        ),
        findings=tuple(_gain_sentence(DETECTORS[name], gains[name]) for name in DETECTORS if name != SOURCE),
        tables=(TitledTable("", "", ("representation", "AUROC", "difference from A"), rows),),
        charts=(
            Chart(
                "AUROC with its interval",
                ChartKind.BARS,
                "",
                "AUROC",
                (
                    Series(
                        "AUROC",
                        places,
                        tuple(areas[name].value or 0.0 for name in DETECTORS),
                        tuple(areas[name].low or 0.0 for name in DETECTORS),
                        tuple(areas[name].high or 0.0 for name in DETECTORS),
                    ),
                ),
                tuple(DETECTORS),
            ),
        ),
        figures=tuple(Figure.of(f"AUROC: {DETECTORS[name]}", areas[name]) for name in DETECTORS),
    )


def _gain_sentence(title: str, gain: Estimate) -> str:
    if gain.low is not None and gain.low > 0:
        return f"{title}: better than source alone."
    if gain.high is not None and gain.high < 0:
        return f"{title}: worse than source alone."
    return f"{title}: no difference from source alone that these repositories could show."


def constructs_section(
    rows: Sequence[Row], detector: Detector, warning: str | None, config: RepresentationsConfig, log: Log
) -> Section:
    """The evidence of the shipped model by construct."""
    log(f"constructs: explaining {len(rows)} functions")
    values, characters = construct_evidence(rows, detector)
    found = construct_rows(rows, values, characters, config)
    names = [each.construct.value.replace("_", " ") for each in found]
    strongest = [f"{name} ({percent(each.evidence)})" for name, each in zip(names[:3], found, strict=False)]
    return Section(
        title="Evidence by construct",
        note=(
            f"The exact evidence of {detector.bundle.name} {detector.bundle.version} on held-out functions, by what "
            "each character is there for. The command explain and the hover show it for one function."
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
                    (name, percent(each.characters), percent(each.evidence), interval(each.auroc))
                    for name, each in zip(names, found, strict=True)
                ),
            ),
        ),
        charts=(
            Chart(
                "Shares",
                ChartKind.BARS,
                "",
                "share",
                tuple(
                    Series(title, tuple(map(float, range(len(found)))), tuple(shares))
                    for title, shares in (
                        ("of the characters", [each.characters for each in found]),
                        ("of the evidence", [each.evidence for each in found]),
                    )
                ),
                tuple(names),
            ),
        ),
        figures=tuple(
            Figure(f"evidence: {name}", each.evidence) for name, each in zip(names, found, strict=True)
        ),
    )
