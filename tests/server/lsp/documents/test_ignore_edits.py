"""Where ignore comments are inserted, and that the analyzer honours them there."""

import re

import pytest
from lsprotocol import types

from codeorigin.functions.outline import outline
from codeorigin.languages import LANGUAGES, get_language
from codeorigin.lsp.documents import ignore_edits
from codeorigin.lsp.documents.snapshot import Positions
from codeorigin.text.positions import LineIndex, PositionEncoding


def positions(text: str) -> Positions:
    return Positions(LineIndex(text), PositionEncoding.UTF16)


def applied(text: str, edit: types.TextEdit) -> str:
    place = positions(text)
    start = place.offset(edit.range.start)
    end = place.offset(edit.range.end)
    return text[:start] + edit.new_text + text[end:]


_NOTE = "codeorigin: ?ignore(-file)?"
_COMMENT = re.compile(rf"<\?php // {_NOTE} \?>\n|[ \t]*(#|//) ?{_NOTE}\n|/\* {_NOTE} \*/ ")


def without_comment(expected: str) -> str:
    """The text into which the comment was inserted."""
    return _COMMENT.sub("", expected, count=1)


def ignored(text: str, language: str) -> dict[str, bool]:
    return {span.name: span.ignored for span in outline(text, get_language(language)).functions}


def ignoring(text: str, language: str, name: str) -> str:
    """``text`` after "Ignore this function" on the function called ``name``."""
    known = get_language(language)
    (span,) = [each for each in outline(text, known).functions if each.name == name]
    start = span.range
    edit = ignore_edits.ignore_function(positions(text), known, start.start_line, start.start_column)
    return applied(text, edit)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ignore_comment_has_the_line_ends_of_the_text(end: str) -> None:
    text = f"a{end}\tb{end}"
    edit = ignore_edits.ignore_function(positions(text), get_language("python"), 1, 1)
    assert applied(text, edit) == f"a{end}\t# codeorigin: ignore{end}\tb{end}"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("python", "\ufeff# codeorigin: ignore\ndef f():\n    pass\n"),
        ("python", "#!/bin/python\n# codeorigin: ignore\ndef f():\n    pass\n"),
        ("python", "# coding: utf-8\n# codeorigin: ignore\ndef f():\n    pass\n"),
        ("python", "class A:\n    # codeorigin: ignore\n    @x\n    # why\n    @y(1)\n    def f(self): pass\n"),
        ("python", "# codeorigin: ignore\nx = 1; f = lambda: x\n"),
        ("ruby", "# codeorigin: ignore\nprivate def f\n  1\nend\n"),
        ("php", "<?php /* codeorigin: ignore */ function f() { return 1; } ?>\n"),
        ("php", "\ufeff<?php\n// codeorigin: ignore\nfunction f() { return 1; }\n"),
        ("php", "<p>a</p>\n<?php /* codeorigin: ignore */ function f() { return 1; }\n"),
        ("php", "// codeorigin: ignore\nfunction f() { return 1; }\n"),
        ("rust", "/// Why.\n// codeorigin: ignore\n#[inline]\n#[must_use]\npub fn f() -> u8 { 1 }\n"),
        ("rust", "// codeorigin: ignore\n#[inline] fn f() -> u8 { 1 }\n"),
        ("java", "class A {\n  // codeorigin: ignore\n  @Override public int f() { return 1; }\n}\n"),
        ("javascript", "// codeorigin: ignore\nexport default function f() { return 1; }\n"),
        ("javascript", "\ufeff// codeorigin: ignore\nexport const f = () => 1;\n"),
        ("javascript", "const a = 1; /* codeorigin: ignore */ function f() { return 1; }\n"),
        ("typescript", "@a\nclass B { /* codeorigin: ignore */ @c() f() { return 1; } }\n"),
        ("go", "package a\n\n// f is.\n//codeorigin:ignore\nfunc f() int { return 1 }\n"),
        ("c", "// codeorigin: ignore\nstatic int f(void) { return 1; }"),
        ("cpp", "// codeorigin: ignore\ntemplate <class T>\nT f(T x) { return x; }\n"),
        ("csharp", "class A {\n    // codeorigin: ignore\n    [Fact]\n    int f() { return 1; }\n}\n"),
        ("tsx", "// codeorigin: ignore\nexport const f = () => <a />;\n"),
    ],
)  # fmt: skip
def test_function_is_ignored_by_the_inserted_comment(language: str, expected: str) -> None:
    text = without_comment(expected)
    assert ignoring(text, language, "f") == expected
    assert ignored(text, language) == {"f": False}
    assert ignored(expected, language) == {"f": True}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("python", "# codeorigin: ignore-file\nx\n"),
        ("python", "#!/bin/python\n# coding: utf-8\n# codeorigin: ignore-file\nx\n"),
        ("python", "# a note\n# -*- coding: latin-1 -*-\n# codeorigin: ignore-file\nx\n"),
        ("python", "# codeorigin: ignore-file\n# a note\n# no encoding\nx\n"),
        ("python", "# codeorigin: ignore-file\n"),
        ("python", "\ufeff# codeorigin: ignore-file\nx\n"),
        ("php", "<?php\n// codeorigin: ignore-file\nf();\n"),
        ("php", "\ufeff<?php\n// codeorigin: ignore-file\nf();\n"),
        ("php", "#!/usr/bin/php\n<?php\n// codeorigin: ignore-file\nf();\n"),
        ("php", "<?php // a note\n// codeorigin: ignore-file\nf();\n"),
        ("php", "<?php /* codeorigin: ignore-file */ declare(strict_types=1); f();\n"),
        ("php", "<?php /* codeorigin: ignore-file */ /* two\nlines */ f();\n"),
        ("php", "<?php // codeorigin: ignore-file ?>\n<p><?= $a ?></p>\n"),
        ("php", "#!/usr/bin/php\n<?php // codeorigin: ignore-file ?>\n<p>\n<?php f();\n"),
        ("php", "// codeorigin: ignore-file\nf();\n"),
        ("ruby", "# frozen_string_literal: true\n# codeorigin: ignore-file\nx\n"),
        ("ruby", "#!/usr/bin/ruby\n# encoding: utf-8\n# codeorigin: ignore-file\nx\n"),
        ("rust", "// codeorigin: ignore-file\n#![no_std]\nfn f() {}\n"),
        ("javascript", "#!/usr/bin/env node\n// codeorigin: ignore-file\n'use strict';\n"),
        ("go", "//codeorigin:ignore-file\npackage a\n"),
    ],
)  # fmt: skip
def test_file_is_ignored_by_the_inserted_comment(language: str, expected: str) -> None:
    known, text = get_language(language), without_comment(expected)
    assert applied(text, ignore_edits.ignore_file(positions(text), known)) == expected
    assert outline(text, known).ignored is False
    assert outline(expected, known).ignored is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_of_every_language_can_be_ignored(language: str) -> None:
    known = get_language(language)
    for text in ("", "\n", "\ufeff", "x", "\r\nx\r\n", "<?php"):
        marked = applied(text, ignore_edits.ignore_file(positions(text), known))
        assert outline(marked, known).ignored is True, repr(marked)


def test_lines_that_do_not_exist_are_clamped() -> None:
    edit = ignore_edits.ignore_function(positions("a"), get_language("python"), 99, 0)
    assert applied("a", edit) == "# codeorigin: ignore\na"
    edit = ignore_edits.ignore_function(positions("a"), get_language("python"), -3, -1)
    assert applied("a", edit) == "# codeorigin: ignore\na"
