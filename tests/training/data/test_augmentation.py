"""Augmentations: what they change, and what they leave as it is."""

import ast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeorigin.languages import LANGUAGES
from codeorigin_training.data.augmentation import AUGMENTATIONS, comments_removed, reindented
from codeorigin_training.data.augmentation.reindentation import UNITS
from codeorigin_training.data.augmentation.syntax import parse_function
from support.standalone import FUNCTIONS

METHODS = list(AUGMENTATIONS)

_WORDS = """
    " ' \"\"\" ` ${ #{ { } ( ) [ ] // /* */ # <<A \\ ; : ?> => = , @x else end class%A $a%=% case%1: do%|a| pass f'{a}'
    <li> R'( %w(a <?php% return%a def%f(a): if%x func%f(a%int) fn%f(a:%u8) a%=%1 a.b(c) let%a é
"""
_pieces = st.sampled_from(
    [
        *(word.replace("%", " ") for word in _WORDS.split()),
        *("\n", "\r\n", "\r", "\t", "    ", "\0", "\ud800", "\ufeff", "\u2028", "=begin\n"),
    ]
)
texts = st.one_of(st.text(max_size=60), st.lists(_pieces, max_size=25).map("".join))


def errors(code: str, language: str) -> int:
    tree = parse_function(code, language)
    assert tree is not None
    return tree.errors


@pytest.mark.parametrize("language", FUNCTIONS)
def test_example_functions_parse_in_all_languages(language: str) -> None:
    assert errors(FUNCTIONS[language], language) == 0
    assert set(FUNCTIONS) == set(LANGUAGES)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("language", FUNCTIONS)
def test_augmentations_add_no_syntax_errors(name: str, language: str) -> None:
    for seed in range(5):
        changed = AUGMENTATIONS[name](FUNCTIONS[language], language, np.random.default_rng(seed))
        assert errors(changed, language) == 0, changed


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("language", FUNCTIONS)
def test_every_augmentation_changes_every_language(name: str, language: str) -> None:
    code = FUNCTIONS[language]
    results = {AUGMENTATIONS[name](code, language, np.random.default_rng(seed)) for seed in range(8)}
    assert results != {code}


@pytest.mark.parametrize("language", FUNCTIONS)
def test_removing_comments_twice_changes_nothing_more(language: str) -> None:
    generator = np.random.default_rng(0)
    once = AUGMENTATIONS["comments_removed"](FUNCTIONS[language], language, generator)
    assert AUGMENTATIONS["comments_removed"](once, language, generator) == once


@pytest.mark.parametrize("name", METHODS)
def test_short_code_in_unknown_language_is_unchanged(name: str) -> None:
    assert AUGMENTATIONS[name]("x = 1  # one", "klingon", np.random.default_rng(0)) == "x = 1  # one"


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=60)
@given(code=texts, language=st.sampled_from(list(LANGUAGES)), seed=st.integers(0, 3))
def test_arbitrary_text_neither_raises_nor_gains_syntax_errors(
    name: str, code: str, language: str, seed: int
) -> None:
    changed = AUGMENTATIONS[name](code, language, np.random.default_rng(seed))
    assert isinstance(changed, str)
    assert errors(changed, language) <= errors(code, language)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    "code", ["", "\n", "(" * 300, "-" * 3000 + "x", "{" * 300 + "}" * 300, "x = [" * 400]
)
def test_empty_and_deeply_nested_code_does_not_raise(name: str, code: str) -> None:
    for language in ("python", "c"):
        assert isinstance(AUGMENTATIONS[name](code, language, np.random.default_rng(0)), str)


def without(code: str, language: str) -> str:
    return comments_removed(code, language, np.random.default_rng(0))


@pytest.mark.parametrize("language", FUNCTIONS)
def test_comments_are_removed_and_code_stays(language: str) -> None:
    before = parse_function(FUNCTIONS[language], language)
    after = parse_function(without(FUNCTIONS[language], language), language)
    assert before is not None
    assert after is not None
    pattern = before.kinds(("comment", "line_comment", "block_comment"))
    assert before.nodes(f"{pattern} @comment")
    assert not after.nodes(f"{pattern} @comment")
    words = {"settle", "render", "load", "Panel", "Pop", "SettleAsync"}
    assert any(word in after.data.decode() for word in words)


@pytest.mark.parametrize(
    ("language", "kept"),
    [
        ("python", "'total # %s'"),
        ("python", "    # kept as it is\n"),
        ("javascript", "'https://example.test/*not*/'"),
        ("javascript", "`\n  // ${title}\n`"),
        ("typescript", '"no such key // "'),
        ("tsx", 'title="a // b"'),
        ("java", '"total // "'),
        ("go", "`raw // text\n  stays`"),
        ("go", '"a /* b */"'),
        ("c", '"at // %d"'),
        ("cpp", 'R"(raw // text\n  stays)"'),
        ("csharp", '$"below // {balance}"'),
        ("rust", '"total // {balance} {}"'),
        ("php", "'a # b'"),
        ("ruby", "      # kept as it is\n"),
    ],
)
def test_strings_that_look_like_comments_stay(language: str, kept: str) -> None:
    assert kept in without(FUNCTIONS[language], language)


@pytest.mark.parametrize("language", FUNCTIONS)
def test_removal_leaves_no_blank_lines(language: str) -> None:
    def blank(code: str) -> int:
        return sum(not line.strip() for line in code.split("\n"))

    result = without(FUNCTIONS[language], language)
    assert blank(result) <= blank(FUNCTIONS[language])
    assert not any(line != line.rstrip() for line in result.split("\n"))


def test_docstrings_are_removed_and_empty_bodies_become_pass() -> None:
    code = (
        "def f(x):\n    \"\"\"All of it.\"\"\"\n\n\ndef g(x):\n    r'''Doc.\n\n    More.'''\n\n    return x"
    )
    assert without(code, "python") == "def f(x):\n    pass\n\n\ndef g(x):\n    return x"
    assert without('def f(): "doc"', "python") == "def f(): pass"
    assert without('def f():\n    "doc"; return 1', "python") == "def f():\n    return 1"


def test_used_strings_are_not_docstrings() -> None:
    code = 'def f(x):\n    return "a"\n    f"{x()}"\n    y = ("b")'
    assert without(code, "python") == code


def test_tokens_around_comment_stay_separate() -> None:
    assert without("int f(int/* wide */a) { return/**/a; }", "c") == "int f(int a) { return a; }"
    assert without("f(a, /* last */ b);", "javascript") == "f(a, b);"
    assert without("x = a /* one\n two */ y = b", "javascript") == "x = a\ny = b"


def test_line_ends_are_unchanged() -> None:
    code = "def f(x):\r\n    # one\r\n    return x  # two\r\n"
    assert without(code, "python") == "def f(x):\r\n    return x\r\n"


def test_blank_lines_around_comment_are_removed_with_it() -> None:
    code = "void f() {\n    a();\n\n    // why\n\n    b();\n    // left over\n}"
    assert without(code, "java") == "void f() {\n    a();\n\n    b();\n}"


def test_code_of_comments_alone_is_unchanged() -> None:
    assert without("# a comment alone", "python") == "# a comment alone"


SEEDS = range(8)


def shape(code: str, language: str) -> list[int]:
    tree = parse_function(code, language)
    assert tree is not None
    return tree.shape()


def tokens(code: str) -> str:
    return "".join(code.split())


@pytest.mark.parametrize("language", FUNCTIONS)
def test_reindented_keeps_every_token(language: str) -> None:
    results = {reindented(FUNCTIONS[language], language, np.random.default_rng(seed)) for seed in SEEDS}
    assert len(results) > 2
    for result in results:
        assert shape(result, language) == shape(FUNCTIONS[language], language)
        assert tokens(result) == tokens(FUNCTIONS[language])


def test_reindented_uses_one_unit_throughout() -> None:
    seen = set()
    for seed in range(40):
        lines = reindented(FUNCTIONS["php"], "php", np.random.default_rng(seed)).split("\n")
        unit = lines[2][: len(lines[2]) - len(lines[2].lstrip())]
        assert unit in UNITS
        seen.add(unit)
        assert lines[6].startswith(unit * 2 + "if")
        assert lines[7].startswith(unit * 3 + "$balance")
        assert lines[-1] == "}"
    assert seen == set(UNITS)


def test_reindented_keeps_multi_line_strings_and_moves_comments() -> None:
    code = (
        'def f(x):\n    """One.\n\n    Two.\n      Three.\n    """\n    y = """\n   kept\n"""\n    return y'
    )
    for seed in SEEDS:
        result = reindented(code, "python", np.random.default_rng(seed))
        assert '"""\n   kept\n"""' in result
        body = ast.parse(result).body[0]
        assert isinstance(body, ast.FunctionDef)
        assert ast.get_docstring(body) == "One.\n\nTwo.\n  Three."
    comment = "void f() {\n        /* one\n         * two */\n        g();\n}"
    lines = {reindented(comment, "c", np.random.default_rng(seed)) for seed in range(40)}
    assert "void f() {\n  /* one\n   * two */\n  g();\n}" in lines


def test_reindented_keeps_tree_despite_misleading_columns() -> None:
    # The argument's column is left of its statement, so a stack of widths loses the block.
    code = "def f():\n    x = g(\n  1,\n    )\n    return x"
    for seed in SEEDS:
        assert shape(reindented(code, "python", np.random.default_rng(seed)), "python") == shape(
            code, "python"
        )
