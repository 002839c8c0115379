"""The study of representations: control flow, batches, vocabularies, classifiers, evidence."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
import torch

from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.model import Encoder, compact_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.studies.representations.relations import (
    RelationClassifier,
    Representation,
    Represented,
    _sequences,
    neighbours,
    relation_answers,
    relation_loss,
    represented,
    train_relations,
    vocabulary_of,
)
from codeorigin_training.studies.representations.structure import (
    LANGUAGES,
    ControlFlow,
    control_flow,
    function_node,
    tree_tokens,
)
from codeorigin_training.studies.representations.study import RepresentationsConfig, constructs_section
from support.corpus_rows import row
from support.samples import samples

CODE = dict(samples("control_flow.txt"))
SWITCH = "switch (a) { case 1: g(); case 2: h(); break; default: i(); }"
GO_SWITCH = (
    "func f(a int) int {\n switch a {\n case 1:\n g()\n case 2:\n h()\n default:\n i()\n }\n return 2\n}"
)


def flow(code: str, language: str) -> ControlFlow:
    node = function_node(code, language)
    assert node is not None
    return control_flow(node)


def edges(code: str, language: str) -> list[str]:
    found = flow(code, language)
    names = [f"{kind}{number}" if number > 1 else kind for number, kind in enumerate(found.kinds)]
    return [f"{names[start]} {names[end]}" for start, end in found.edges]


@pytest.mark.parametrize("language", LANGUAGES)
def test_if_has_two_branches(language: str) -> None:
    assert set(edges(CODE[f"choice {language}"], language)) == {
        "entry if2", "if2 statement3", "if2 return4", "statement3 return5", "return4 exit", "return5 exit",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_loop_goes_back_and_break_leaves_it(language: str) -> None:
    assert set(edges(CODE[f"loop {language}"], language)) == {
        "entry loop2", "loop2 if3", "if3 break4", "if3 statement5", "statement5 loop2", "break4 return6",
        "loop2 return6", "return6 exit",
    }  # fmt: skip


@pytest.mark.parametrize("head", ["for b in a", "while a"])
def test_loop_that_ends_without_break_goes_to_its_else(head: str) -> None:
    code = f"def f(a):\n {head}:\n  if g(): break\n else:\n  return 1\n return 2\n"
    assert set(edges(code, "python")) == {
        "entry loop2", "loop2 if3", "if3 break4", "if3 loop2", "loop2 return5", "return5 exit",
        "break4 return6", "return6 exit",
    }  # fmt: skip
    plain = f"def f(a):\n {head}:\n  g()\n else:\n  h()\n return 2\n"
    assert set(edges(plain, "python")) == {
        "entry loop2", "loop2 statement3", "statement3 loop2", "loop2 statement4", "statement4 return5", "return5 exit",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "code", "falls"),
    [
        ("c", f"int f(int a) {{ {SWITCH} return 2; }}", True),
        ("javascript", f"function f(a) {{ {SWITCH} return 2; }}", True),
        ("java", f"int f(int a) {{ {SWITCH} return 2; }}", True),
        ("go", GO_SWITCH, False),
        ("python", "def f(a):\n match a:\n  case 1:\n   g()\n  case 2:\n   h()\n return 2\n", False),
    ],
)  # fmt: skip
def test_cases_fall_through_in_languages_that_allow_it(language: str, code: str, falls: bool) -> None:
    found = flow(code, language)
    assert found.kinds[2:5] == ("switch", "case", "statement")
    first, second = 4, 5
    assert ((first, second) in found.edges) is falls
    last = len(found.kinds) - 1
    assert found.kinds[last] == "return"
    assert ((2, last) in found.edges) is (language == "python"), (
        "without a default, the switch may do nothing"
    )


def test_handler_is_reached_from_try_and_finally_comes_last() -> None:
    code = "def f():\n    try:\n        g()\n    except E:\n        raise\n    finally:\n        h()\n    return 2\n"
    assert set(edges(code, "python")) == {
        "entry try2", "try2 statement3", "try2 handler4", "handler4 raise5", "raise5 exit", "statement3 statement6",
        "statement6 return7", "return7 exit",
    }  # fmt: skip


def test_each_elif_is_a_condition_of_its_own() -> None:
    code = "def f(a):\n    if a:\n        g()\n    elif b:\n        h()\n"
    assert set(edges(code, "python")) == {
        "entry if2", "if2 statement3", "if2 if4", "if4 statement5", "statement3 exit", "statement5 exit", "if4 exit",
    }  # fmt: skip


def test_tokens_list_each_node_with_relative_edges() -> None:
    assert " ".join(flow(CODE["choice python"], "python").tokens) == (
        "entry > +2 ; exit > ; if > +1 +2 ; statement > +2 ; return > exit ; return > exit ;"
    )


@pytest.mark.parametrize("code", ["", "x = 1", "(((("])
def test_code_without_a_function_has_no_structure(code: str) -> None:
    assert function_node(code, "python") is None
    assert function_node("def f\nend\n", "ruby") is None


def test_tree_tokens_show_structure_but_no_words_of_the_code() -> None:
    node = function_node('def secret(a):\n    return "hidden" + a  # why\n', "python")
    assert node is not None
    tokens = tree_tokens(node)
    assert " ".join(tokens).startswith("( function_definition identifier ( parameters identifier ) (")
    assert {"return_statement", "binary_operator", "string", "comment"} < set(tokens)
    assert not {"secret", "hidden", "why", "a"} & set(tokens)
    assert tokens.count("(") == tokens.count(")")
    assert len(tree_tokens(node, most=5)) < 10


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


def tree_lengths(functions: Iterable[Represented]) -> list[int]:
    return [each.texts[Representation.TREE].count("\x1e") for each in functions]


def test_functions_have_three_representations_unless_flow_is_unsupported() -> None:
    found = represented([*functions(3), row(code="def f\n  1\nend\n", language="ruby")])
    assert len(found) == 3
    assert found[0].texts[Representation.SOURCE].startswith("def f")
    assert found[0].texts[Representation.FLOW].lstrip("\x1e").startswith("entry\x1e>")
    assert tree_lengths(found) == sorted(tree_lengths(found))


def test_neighbours_have_one_language_and_one_length() -> None:
    go = [
        replace(each, code="func f() int {\n\tg()\n\treturn 1\n}", language="go")
        for each in functions(7, "go")
    ]
    known = represented([*functions(13), *go])
    met: list[int] = []
    for batch in neighbours(known, 4):
        assert len({each.row.language for each in batch}) == 1
        lengths = sorted(tree_lengths(batch))
        of_language = sorted(
            tree_lengths(each for each in known if each.row.language == batch[0].row.language)
        )
        assert any(of_language[at : at + len(lengths)] == lengths for at in range(len(of_language)))
        met += [id(each) for each in batch]
    assert len(met) == len(set(met))
    assert len(met) >= len(known) - 4


def test_parts_of_structure_are_tokens_and_new_ones_are_spelled() -> None:
    known = represented(functions(12))
    vocabulary = vocabulary_of(known, 300, 0)
    for each in known:
        for view in (Representation.TREE, Representation.FLOW):
            text = each.texts[view]
            assert len(vocabulary.encode(text).ids) == text.count("\x1e")
    (new,) = represented([row(code="def f():\n    yield 1\n")])
    tree = new.texts[Representation.TREE]
    assert vocabulary.decode(vocabulary.encode(tree).ids) == tree
    # A word of a source is none of them.
    assert max(vocabulary.encode("if_statement ( )").ids) < vocabulary.get_vocab_size(with_added_tokens=False)


def test_classifier_learns_which_structure_belongs_to_which_source() -> None:
    known = represented(functions(48))
    vocabulary = vocabulary_of(known, 300, 0)
    model = train_relations(
        known, vocabulary, SHAPE, lambda _: None, batch=8, epochs=20, learning_rate=5e-3, seed=0
    )
    answers = relation_answers(model, known, vocabulary, 8)
    assert answers["right"].mean() > 0.7
    assert len(answers) == 6 * len(known)
    assert set(answers["kind"]) == {"source and tree", "source and flow", "tree and flow"}


def test_pairs_that_belong_together_weigh_as_much_as_all_others() -> None:
    known = represented(functions(9))
    vocabulary = vocabulary_of(known, 300, 0)
    model = RelationClassifier(Encoder(compact_body(SHAPE, vocabulary.get_vocab_size(), pad_id=0), SHAPE))
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
