"""The study of representations on a made-up corpus: pairs, vocabularies, classifiers, detectors, the page."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from codeorigin.text.construct import CONSTRUCTS, Construct
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.model import compact_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.studies.representations import relations
from codeorigin_training.studies.representations.config import RepresentationsConfig
from codeorigin_training.studies.representations.detectors import (
    SOURCE,
    STRUCTURE,
    TEXT,
    TOKENS,
    detector_logits,
    representation_matrices,
)
from codeorigin_training.studies.representations.evidence import construct_rows
from codeorigin_training.studies.representations.joined import joined_examples, own_tokens
from codeorigin_training.studies.representations.pairs import (
    Representation,
    Represented,
    neighbour_batches,
    represented,
)
from codeorigin_training.studies.representations.relations import (
    RelationClassifier,
    make_relation_encoder,
    relation_answers,
    train_relations,
)
from codeorigin_training.studies.representations.vocabularies import (
    ExtendedVocabulary,
    SpelledVocabulary,
)
from support.corpus_rows import row

BUNDLE = Path(__file__).parents[3] / "models" / "codeorigin-small"
CONFIG = RepresentationsConfig(
    functions=60, test_functions=30, detector_functions=60, detector_test_functions=30, explained_functions=6,
    bundle=BUNDLE, vocabulary=300, dim=12, layers=1, heads=1, context=48, epochs=1, batch=6, rounds=10,
    joined_functions=40, joined_context=48, joined_epochs=1,
)  # fmt: skip


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


def test_functions_have_three_representations_unless_flow_is_unsupported() -> None:
    found = represented([*functions(3), row(code="def f\n  1\nend\n", language="ruby")])
    assert len(found) == 3
    assert found[0].text(Representation.SOURCE).startswith("def f")
    assert found[0].text(Representation.FLOW).startswith("entry > ")
    assert [len(each.tree) for each in found] == sorted(len(each.tree) for each in found)


def test_swaps_keep_language_and_length_and_never_pick_the_same_function() -> None:
    go = [
        replace(each, code="func f() int {\n\tg()\n\treturn 1\n}", language="go")
        for each in functions(7, "go")
    ]
    known = represented([*functions(13), *go])
    met: list[int] = []
    for batch, swapped in neighbour_batches(known, 4):
        assert len({each.row.language for each in batch}) == 1
        assert all(place != number for number, place in enumerate(swapped))
        lengths = sorted(len(each.tree) for each in batch)
        of_language = sorted(len(each.tree) for each in known if each.row.language == batch[0].row.language)
        assert any(of_language[at : at + len(lengths)] == lengths for at in range(len(of_language)))
        met += [id(each) for each in batch]
    assert len(met) == len(set(met))
    assert len(met) >= len(known) - 4


def test_extended_vocabulary_is_shorter_and_has_an_unknown_token() -> None:
    known = represented(functions(12))
    spelled = SpelledVocabulary.train(known, 300, 0)
    extended = ExtendedVocabulary(spelled, known)
    for each in known:
        assert np.array_equal(
            spelled.encode(each, Representation.SOURCE), extended.encode(each, Representation.SOURCE)
        )
        for view in (Representation.TREE, Representation.FLOW):
            assert (
                len(extended.encode(each, view)) == len(each.tokens(view)) < len(spelled.encode(each, view))
            )
    assert extended.size == spelled.size + len(extended.added)
    (new,) = represented([row(code="def f():\n    yield 1\n")])
    assert spelled.size in extended.encode(new, Representation.TREE)
    assert extended.encode(new, Representation.TREE).max() < extended.size


def test_classifier_learns_which_structure_belongs_to_which_source() -> None:
    known = represented(functions(48))
    config = replace(CONFIG, epochs=30, dim=16, learning_rate=3e-3, batch=8)
    vocabulary = ExtendedVocabulary(SpelledVocabulary.train(known, 300, 0), known)
    model = train_relations(
        make_relation_encoder(config, vocabulary.size), known, vocabulary, config, lambda _: None
    )
    answers = relation_answers(model, known, vocabulary, config)
    assert answers.right.mean() > 0.7
    assert len(answers.kinds) == len(answers.repos) == len(answers.right) == 6 * len(known)


def test_pairs_are_trained_against_several_swaps_but_never_themselves() -> None:
    known = represented(functions(9))
    config = replace(CONFIG, batch=9, swaps=20)
    vocabulary = ExtendedVocabulary(SpelledVocabulary.train(known, 300, 0), known)
    model = RelationClassifier(make_relation_encoder(config, vocabulary.size))
    # An uninformative model has the loss of a coin flip, however many swaps there are of each pair.
    for parameter in model.head.parameters():
        torch.nn.init.zeros_(parameter)
    asked: list[torch.Tensor] = []
    model.head.register_forward_hook(lambda module, given, found: asked.append(given[0]))
    encoded = relations._encoded(known, vocabulary, config.context)
    loss = relations.relation_loss(model, encoded, **relations.swapped_batch(known, config.swaps))
    assert loss.item() == pytest.approx(math.log(2))
    # Twenty rotations of nine functions return to the start twice or more, and are left out there.
    assert len(asked) in {3 * (1 + 18), 3 * (1 + 17)}


def test_half_of_joined_pairs_are_swapped_and_structure_can_have_own_tokens() -> None:
    known = represented(functions(8))
    own = own_tokens(known)
    for table in (None, own):
        examples, kinds = joined_examples(known, 4, table)
        assert len(examples) == len(kinds) == 6 * len(known)
        assert sum(each.label == "own" for each in examples) == 3 * len(known)
    spelled, extended = (joined_examples(known, 4, table)[0][0].text for table in (None, own))
    assert spelled.startswith("def f")
    assert "function_definition" in spelled
    assert own["function_definition"] in extended


def test_detectors_see_only_what_their_representation_contains() -> None:
    """Structure separates classes that differ only in structure, but not classes that differ in names."""

    def sides(left: Sequence[str], right: Sequence[str]) -> list[Row]:
        return [
            row(code=code.replace("NAME", name), label=label, repo=f"r/{name}{label}")
            for name in "abcdefghijkl"
            for label, codes in enumerate((left, right))
            for code in codes
        ]

    named = sides(["def f(NAME):\n    return one\n"], ["def f(NAME):\n    return two\n"])
    shaped = sides(
        ["def f(NAME):\n    return one\n    two\n"], ["def f(NAME):\n    one\n    two\n    return one\n"]
    )
    for rows, structure_helps in ((named, False), (shaped, True)):
        matrices = representation_matrices(rows)
        labels = np.array([each.label for each in rows])
        right = {
            name: float(((detector_logits(matrix, rows, matrix, 8.0) > 0) == (labels == 1)).mean())
            for name, matrix in matrices.items()
        }
        assert right[TEXT] == right[TOKENS] == right[SOURCE] == 1.0
        assert (right[STRUCTURE] == 1.0) is structure_helps


def test_evidence_is_split_by_construct_and_ranked() -> None:
    rows = [row(label=number % 2, repo=f"r/{number}") for number in range(8)]
    values, characters = np.zeros((8, len(CONSTRUCTS))), np.ones((8, len(CONSTRUCTS)))
    comment, name = CONSTRUCTS.index(Construct.COMMENT), CONSTRUCTS.index(Construct.NAME)
    values[:, comment] = [3.0 if each.label else -3.0 for each in rows]
    values[:, name] = [-1.0 if each.label else 1.0 for each in rows]
    found = construct_rows(rows, values, characters, CONFIG)
    assert [each.construct for each in found[:2]] == [Construct.COMMENT, Construct.NAME]
    assert (found[0].evidence, found[1].evidence) == (0.75, 0.25)
    assert (found[0].auroc.value, found[1].auroc.value) == (1.0, 0.0)
    assert found[0].characters == pytest.approx(1 / len(CONSTRUCTS))


def test_pretrained_encoder_gets_new_embeddings_and_keeps_its_own(tmp_path: Path) -> None:
    shape = EncoderConfig(dim=8, layers=1, heads=1, feedforward=8, context=18)
    body = compact_body(shape, 40, pad_id=1)
    body.save_pretrained(tmp_path)
    new = relations.load_pretrained(tmp_path, 3).token_embedding.weight.detach().numpy()
    kept = body.get_input_embeddings().weight.detach().numpy()
    assert np.array_equal(new[:40], kept)
    assert np.allclose(new[40:], kept.mean(axis=0), atol=1e-6)


def test_tokens_match_the_representation() -> None:
    each: Represented = represented(functions(1))[0]
    assert each.tokens(Representation.TREE) == each.tree
    assert each.tokens(Representation.FLOW) == each.flow
