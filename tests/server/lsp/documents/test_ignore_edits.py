"""Where ignore comments go."""

import pytest

from codeorigin.languages import LANGUAGES, get_language
from codeorigin.lsp.documents import ignore_edits
from codeorigin.lsp.documents.documents import Positions
from codeorigin.source.text import LineIndex, PositionEncoding


def positions(text: str) -> Positions:
    return Positions(LineIndex(text), PositionEncoding.UTF16)


def applied(text: str, edit: object) -> str:
    place = positions(text)
    start = place.offset(edit.range.start)  # type: ignore[attr-defined]
    end = place.offset(edit.range.end)  # type: ignore[attr-defined]
    return text[:start] + edit.new_text + text[end:]  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_languages_comment(language: str) -> None:
    known = get_language(language)
    edit = ignore_edits.ignore_function(positions("a\n\tb\n"), known, 1)
    assert applied("a\n\tb\n", edit) == f"a\n\t{known.line_comment} codeorigin: ignore\n\tb\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_texts_own_line_ends(end: str) -> None:
    text = f"a{end}b{end}"
    edit = ignore_edits.ignore_function(positions(text), get_language("python"), 1)
    assert applied(text, edit) == f"a{end}# codeorigin: ignore{end}b{end}"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "x\n", "# codeorigin: ignore-file\nx\n"),
        ("python", "#!/bin/python\n# coding: utf-8\nx\n",
         "#!/bin/python\n# coding: utf-8\n# codeorigin: ignore-file\nx\n"),
        ("python", "", "# codeorigin: ignore-file\n"),
        ("python", "\ufeffx\n", "\ufeff# codeorigin: ignore-file\nx\n"),
        ("php", "<?php\nf();\n", "<?php\n// codeorigin: ignore-file\nf();\n"),
        ("php", "#!/usr/bin/php\n<?php\nf();\n", "#!/usr/bin/php\n<?php\n// codeorigin: ignore-file\nf();\n"),
        ("php", "<?php", "<?php\n// codeorigin: ignore-file\n"),
        ("ruby", "# frozen_string_literal: true\nx\n",
         "# frozen_string_literal: true\n# codeorigin: ignore-file\nx\n"),
        ("go", "package a\n", "// codeorigin: ignore-file\npackage a\n"),
    ],
)  # fmt: skip
def test_the_top_of_a_file(language: str, text: str, expected: str) -> None:
    assert applied(text, ignore_edits.ignore_file(positions(text), get_language(language))) == expected


def test_a_line_that_is_not_there_any_more() -> None:
    edit = ignore_edits.ignore_function(positions("a"), get_language("python"), 99)
    assert applied("a", edit) == "# codeorigin: ignore\na"
    edit = ignore_edits.ignore_function(positions("a"), get_language("python"), -3)
    assert applied("a", edit) == "# codeorigin: ignore\na"
