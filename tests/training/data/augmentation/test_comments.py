"""Removing comments and docstrings."""

import numpy as np
import pytest

from codeorigin_training.data.augmentation import comments_removed
from codeorigin_training.data.augmentation.syntax import parse_function
from support.standalone import FUNCTIONS


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
