"""Which comments switch a function or a file off, according to the syntax tree."""

import time

import pytest

from codeorigin.functions.ignore_comments import IgnoreComments
from codeorigin.functions.outline import outline
from codeorigin.languages import get_language
from codeorigin.languages.parse import parse


def ignored(text: str, language: str = "python") -> list[str]:
    return [span.name for span in outline(text, get_language(language)).functions if span.ignored]


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("def f():  # codeorigin: ignore\n    pass\ndef g():\n    pass\n", "python", ["f"]),
        ("x = 1  # codeorigin: ignore\ndef g():\n    pass\n", "python", []),
        ("def f(): pass  # codeorigin: ignore\ndef g(): pass\n", "python", ["f"]),
        ("def f(\n    a,  # codeorigin: ignore\n):\n    pass\n", "python", ["f"]),
        ("def f():\n    # codeorigin: ignore\n    pass\n", "python", []),
        ("def f():\n    '''codeorigin: ignore'''\n    pass\n", "python", []),
        ("def f(a='# codeorigin: ignore'):\n    pass\n", "python", []),
        ("a = '''\n# codeorigin: ignore\n'''\ndef f():\n    pass\n", "python", []),
        ("a = '# codeorigin: ignore-file'\ndef f():\n    pass\n", "python", []),
        ("# codeorigin: ignore-file\ndef f():\n    pass\n", "python", []),
        ("# codeorigin: ignored\ndef f():\n    pass\n", "python", []),
        ("# not codeorigin: ignore\ndef f():\n    pass\n", "python", []),
        ("# write `codeorigin: ignore` here\ndef f():\n    pass\n", "python", []),
        ("# noqa: D103  # codeorigin: ignore\ndef f():\n    pass\n", "python", ["f"]),
        ("#codeorigin:ignore (copied)\ndef f():\n    pass\n", "python", ["f"]),
        ("# codeorigin: ignore\n# and more\ndef f():\n    pass\n", "python", ["f"]),
        ("# codeorigin: ignore\n\ndef f():\n    pass\n", "python", []),
        ("@a  # codeorigin: ignore\n@b\ndef f():\n    pass\n", "python", ["f"]),
        ("# codeorigin: ignore\r\ndef f():\r\n    pass\r\n", "python", ["f"]),
        ("# codeorigin: ignore\rdef f():\r    pass\r", "python", ["f"]),
        ("# \u00e9\u00e9 codeorigin\n# codeorigin: ignore\ndef f():\n    pass\n", "python", ["f"]),
        ("/**\n * What it does.\n * codeorigin: ignore\n */\nfunction f() {}\nfunction g() {}\n",
         "javascript", ["f"]),
        ("function f() { // codeorigin: ignore\n}\nfunction g() {\n}\n", "javascript", ["f"]),
        ("function f() {\n} // codeorigin: ignore\nfunction g() {\n}\n", "javascript", []),
        ("function f() {} /* codeorigin: ignore */ function g() {}\n", "javascript", ["g"]),
        ("function f() {} /* codeorigin: ignore */ /* g */\tfunction g() {}\n", "javascript", ["g"]),
        ("function f() {} /* codeorigin: ignore */\nfunction g() {}\n", "javascript", ["f"]),
        ("function f() {} /* codeorigin: ignore */ g();\n", "javascript", ["f"]),
        ("function f(a /* codeorigin: ignore */) {} function g() {}\n", "javascript", ["f"]),
        ("function f() {} function g() {} // codeorigin: ignore\n", "javascript", ["f", "g"]),
        ("// codeorigin: ignore\nfunction f() {} function g() {}\nfunction h() {}\n", "javascript", ["f", "g"]),
        ("fn f() {} /* codeorigin: ignore */ #[test] fn g() {}\n", "rust", ["g"]),
        ("const s = `\n// codeorigin: ignore\n`;\nfunction f() {}\n", "javascript", []),
        ("// codeorigin: ignore\nmodule.exports = { f() { return 1; } };\n", "javascript", ["f"]),
        ("=begin\ncodeorigin: ignore\n=end\ndef f\n  1\nend\n", "ruby", ["f"]),
        ("#[test] // codeorigin: ignore\nfn f() {}\nfn g() {}\n", "rust", ["f"]),
    ],
)  # fmt: skip
def test_which_functions_a_comment_switches_off(text: str, language: str, names: list[str]) -> None:
    assert ignored(text, language) == names


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
