"""Which comments switch a function or a file off, according to the syntax tree."""

import time

import pytest

from codeorigin.functions.ignore_comments import IgnoreComments
from codeorigin.functions.outline import outline
from codeorigin.languages import get_language
from codeorigin.languages.parse import parse
from support.samples import samples


def ignored(text: str, language: str = "python") -> list[str]:
    return [span.name for span in outline(text, get_language(language)).functions if span.ignored]


@pytest.mark.parametrize(("head", "text"), [*samples("ignored.txt")])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_which_functions_a_comment_switches_off(head: str, text: str, line_end: str) -> None:
    language, _, names = head.partition(": ")
    assert ", ".join(ignored(f"{text}\n".replace("\n", line_end), language)) == names.replace("none", "")


@pytest.mark.parametrize(
    ("text", "language", "switched_off"),
    [
        ("# codeorigin: ignore-file\n", "python", True),
        ("\ufeff# codeorigin: ignore-file\n", "python", True),
        ("#!/bin/python\n\n    # codeorigin: ignore-file: copied\n", "python", True),
        ("\n" * 9 + "# codeorigin: ignore-file\n", "python", True),
        ("\n" * 10 + "# codeorigin: ignore-file\n", "python", False),
        ("x = 1  # codeorigin: ignore-file\n", "python", False),
        ("'''\n# codeorigin: ignore-file\n'''\n", "python", False),
        ("a = '# codeorigin: ignore-file'\n", "python", False),
        ("# see `codeorigin: ignore-file`\n", "python", False),
        ("# codeorigin: ignore-files\n", "python", False),
        ("# codeorigin: ignore\n", "python", False),
        ("/*\n * codeorigin: ignore-file\n */\n", "java", True),
        ("int a; /*\n * codeorigin: ignore-file\n */\n", "java", True),
        ("int a; /* codeorigin: ignore-file */\n", "java", False),
        ("<?php // codeorigin: ignore-file\n", "php", True),
        ("<p>// codeorigin: ignore-file</p>\n<?php f();\n", "php", False),
        ("//! codeorigin: ignore-file\n", "rust", True),
    ],
)
def test_which_comments_switch_a_file_off(text: str, language: str, switched_off: bool) -> None:
    assert outline(text, get_language(language)).ignored is switched_off


_MANY = 30_000


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("# codeorigin: ignore\ndef f():pass\n" * _MANY, "python"),
        ("// codeorigin: ignore\n" + "// more\n" * _MANY + "function f(){}" * _MANY, "javascript"),
        ("/* codeorigin: ignore */x;" + "function f(){}" * _MANY, "javascript"),
        ("\n" * 10 + "# codeorigin: ignore-file\n" * _MANY, "python"),
        ("x; " + "/* codeorigin: ignore-file */" * _MANY, "javascript"),
        (" " * 20 * _MANY + "x; " + "/* codeorigin: ignore-file */" * _MANY, "javascript"),
    ],
)  # fmt: skip
def test_many_comments_and_functions_are_read_in_linear_time(text: str, language: str) -> None:
    """The cost of one answer does not grow with the number of comments and functions."""
    syntax = parse(text, get_language(language))
    started = time.process_time()
    comments = IgnoreComments(syntax, [function.range[0] for function in syntax.functions])
    assert not comments.ignores_file()
    for function in syntax.functions:
        comments.ignores_function(function.range[0], function.body[0])
    assert time.process_time() - started < 2
