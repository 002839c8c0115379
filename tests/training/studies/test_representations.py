"""The study of representations on a made-up corpus: batches, vocabularies, classifiers, evidence."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from codeorigin.languages.construct import CONSTRUCTS, Construct
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.model import Encoder, compact_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.encoder.tokenizer import train_tokenizer
from codeorigin_training.studies.representations.relations import (
    RelationClassifier,
    Representation,
    Represented,
    StructureVocabulary,
    _sequences,
    neighbours,
    relation_answers,
    relation_loss,
    represented,
    train_relations,
)
from codeorigin_training.studies.representations.study import RepresentationsConfig, constructs_section
from support.corpus_rows import row

SHAPE = EncoderConfig(dim=16, layers=1, heads=1, feedforward=32, context=48)


def functions(count: int, language: str = "python") -> list[Row]:
    bodies = (
        "    if a:\n        g()\n",
        "    for x in a:\n        g()\n",
        "    while a:\n        g()\n",
        "    g(a)\n",
    )
    return [
        row(
            code=f"def f{number}(a):\n" + bodies[number % 4] * (1 + number % 3) + "    return a\n",
            repo=f"r/{number}",
            language=language,
        )
        for number in range(count)
    ]


def spelled(known: list[Represented]) -> StructureVocabulary:
    rows = [each.row for each in known]
    return StructureVocabulary(train_tokenizer(rows, vocab_size=300, sample=len(rows), seed=0))


def test_functions_have_three_representations_unless_flow_is_unsupported() -> None:
    found = represented([*functions(3), row(code="def f\n  1\nend\n", language="ruby")])
    assert len(found) == 3
    assert found[0].source.startswith("def f")
    assert found[0].flow[:2] == ("entry", ">")
    assert [len(each.tree) for each in found] == sorted(len(each.tree) for each in found)


def test_neighbours_have_one_language_and_one_length() -> None:
    go = [
        replace(each, code="func f() int {\n\tg()\n\treturn 1\n}", language="go")
        for each in functions(7, "go")
    ]
    known = represented([*functions(13), *go])
    met: list[int] = []
    for batch in neighbours(known, 4):
        assert len({each.row.language for each in batch}) == 1
        lengths = sorted(len(each.tree) for each in batch)
        of_language = sorted(len(each.tree) for each in known if each.row.language == batch[0].row.language)
        assert any(of_language[at : at + len(lengths)] == lengths for at in range(len(of_language)))
        met += [id(each) for each in batch]
    assert len(met) == len(set(met))
    assert len(met) >= len(known) - 4


def test_extended_vocabulary_is_shorter_and_has_an_unknown_token() -> None:
    known = represented(functions(12))
    plain = spelled(known)
    extended = plain.extended(known)
    for each in known:
        source = Representation.SOURCE
        assert np.array_equal(plain.encode(each, source), extended.encode(each, source))
        for view in (Representation.TREE, Representation.FLOW):
            assert len(extended.encode(each, view)) == len(each.tokens(view)) < len(plain.encode(each, view))
    (new,) = represented([row(code="def f():\n    yield 1\n")])
    assert plain.size in extended.encode(new, Representation.TREE)
    assert extended.encode(new, Representation.TREE).max() < extended.size


def test_classifier_learns_which_structure_belongs_to_which_source() -> None:
    known = represented(functions(48))
    vocabulary = spelled(known).extended(known)
    model = train_relations(
        known, vocabulary, SHAPE, lambda _: None, batch=8, epochs=20, learning_rate=5e-3, seed=0
    )
    answers = relation_answers(model, known, vocabulary, 8)
    assert answers["right"].mean() > 0.7
    assert len(answers) == 6 * len(known)
    assert set(answers["kind"]) == {"source and tree", "source and flow", "tree and flow"}


def test_pairs_that_belong_together_weigh_as_much_as_all_others() -> None:
    known = represented(functions(9))
    vocabulary = spelled(known)
    model = RelationClassifier(Encoder(compact_body(SHAPE, vocabulary.size, pad_id=0), SHAPE))
    losses = []
    for bias in (30.0, -30.0):
        with torch.no_grad():
            for parameter in model.head.parameters():
                parameter.zero_()
            model.head[-1].bias.fill_(bias)
        losses.append(relation_loss(model, _sequences(known, vocabulary, SHAPE.context)).item())
    # To say yes of all pairs costs as much as to say no of all.
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_evidence_is_split_by_construct_and_ranked() -> None:
    rows = [row(label=number % 2, repo=f"r/{number}") for number in range(8)]
    values, characters = np.zeros((8, len(CONSTRUCTS))), np.ones((8, len(CONSTRUCTS)))
    comment, name = CONSTRUCTS.index(Construct.COMMENT), CONSTRUCTS.index(Construct.NAME)
    values[:, comment] = [3.0 if each.label else -3.0 for each in rows]
    values[:, name] = [-1.0 if each.label else 1.0 for each in rows]
    found = constructs_section(rows, values, characters, "m", (), RepresentationsConfig(rounds=10))
    first, second = found.tables[0].rows[:2]
    share = f"{100 / len(CONSTRUCTS):.1f} %"
    assert first[:3] == ("comment", share, "75.0 %")
    assert second[:3] == ("name", share, "25.0 %")
    assert (first[3][:5], second[3][:5]) == ("1.000", "0.000")
