"""Members on their own: methods without their class, functions without their literal, property or array."""

import pytest

from codeorigin.functions.outline import find_functions, function_id, only_function
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import get_language
from support.samples import samples

AROUND = {
    "CLASS": ("class Shelf\n{\n", "\n}\n"),
    "STRUCT": ("struct Shelf\n{\n", "\n};\n"),
    "PHP_CLASS": ("<?php\nclass Shelf\n{\n", "\n}\n"),
    "OBJECT": ("const shelf = {\n", "\n};\n"),
    "PROPERTY": ("class Shelf\n{\n  public int Size\n  {\n", "\n  }\n}\n"),
    "EVENT": ("class Shelf\n{\n  public event Action Full\n  {\n", "\n  }\n}\n"),
    "INDEXER": ("class Shelf\n{\n  public int this[int place]\n  {\n", "\n  }\n}\n"),
    "HOOKS": ("<?php\nclass Shelf\n{\n  public int $size {\n", "\n  }\n}\n"),
    "ARRAY": ("<?php\n$shelf = [\n", "\n];\n"),
    "ELEMENTS": ("package shelf\n\nvar shelf = Shelf{\n", ",\n}\n"),
    "HASH": ("SHELF = {\n", "\n}\n"),
}


# Members as a user pastes or selects them: each with its name, its language and what is around it in a file.
PIECES = {
    name: (language, around, piece)
    for head, piece in samples("members.txt")
    for name, language, around in [head.split(" | ")]
}


def facts(text: str, span: FunctionSpan) -> tuple[object, ...]:
    """What must be the same alone and in a file, with lines counted from the function's first."""
    return (
        span.name,
        function_id(text, span, get_language(span.language).model_language),
        code_text(text, span),
        text[span.range.start : span.range.end],
        text[span.header.start : span.header.end],
        text[span.name_range.start : span.name_range.end],
        (span.range.start_column, span.range.end_column, span.range.end_line - span.range.start_line),
        [(each.name, each.range.start - span.range.start) for each in span.nested],
    )


@pytest.mark.parametrize(("language", "around", "piece"), PIECES.values(), ids=PIECES)
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("\n\n", "\n"), ("  // One.\n", ",\n"), ("\ufeff", "\n")]
)
def test_piece_alone_is_read_as_in_its_file(
    language: str, around: str, piece: str, before: str, after: str
) -> None:
    found = get_language(language)
    if "," in after and around not in ("OBJECT", "ARRAY", "ELEMENTS", "HASH"):
        after = "\n"
    opening, closing = AROUND[around]
    inside = opening + piece + closing
    (in_file,) = find_functions(inside, found)
    text = before.replace("//", found.line_comment) + piece + after
    (alone,) = find_functions(text, found)
    # A byte order mark takes up a column of the first line.
    text, start = text.removeprefix("\ufeff"), text.startswith("\ufeff")
    (shifted,) = find_functions(text, found) if start else (alone,)
    assert facts(text, shifted) == facts(inside, in_file)
    assert alone.range.start - start == shifted.range.start
    assert shifted.range.start_line == before.removeprefix("\ufeff").count("\n")
    assert only_function(text, found) is not None


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
def test_consecutive_entries_are_found(language: str) -> None:
    text = (
        "/** Opens. */\nopen: function (key) {\n  return key;\n},\n\nsize: 2,\n\n"
        "// codeorigin: ignore\nclose: async (key) => {\n  return key;\n},\nget label() {\n  return 'a';\n}, // last\n"
    )
    spans = find_functions(text, get_language(language))
    assert [span.qualified_name for span in spans] == ["open", "close", "label"]
    assert [span.ignored for span in spans] == [False, True, False]
    assert [text[span.range.end] for span in spans] == [",", ",", ","]
    assert spans[0].doc_comment is not None


def test_both_accessors_are_found() -> None:
    text = "get { return size; }\n/* Sets. */\nprotected set\n{\n  size = value;\n}\n"
    first, second = find_functions(text, get_language("csharp"))
    assert (first.qualified_name, second.qualified_name) == ("get", "set")
    assert text[second.range.start : second.range.end].startswith("protected set\n{")


def test_several_methods_with_comments_and_decorators_are_found() -> None:
    text = (
        "/** Opens. */\n@logged()\nopen(é) {\n  return é;\n}\n\n"
        "// codeorigin: ignore\nclose() {\n  return null;\n}\n"
    )
    first, second = find_functions(text, get_language("javascript"))
    assert (first.qualified_name, second.qualified_name) == ("open", "close")
    assert (first.ignored, second.ignored) == (False, True)
    assert first.doc_comment is not None
    assert text[first.doc_comment.start : first.doc_comment.end] == "/** Opens. */"
    assert text[second.range.start : second.range.end] == "close() {\n  return null;\n}"


@pytest.mark.parametrize("before", ["<?php\n\n/** Loads. */\n", "\ufeff<?php\n", "// Begins with <?php.\n"])
def test_what_is_before_the_method_is_not_part_of_it(before: str) -> None:
    text = f"{before}protected function load($key)\n{{\n    return $key;\n}}\n"
    (span,) = find_functions(text, get_language("php"))
    assert text[span.range.start : span.range.end] == text[text.index("protected") :].rstrip()


def test_only_function_needs_a_text_of_exactly_one_function() -> None:
    javascript = get_language("javascript")
    method = PIECES["javascript method"][2]
    span = only_function(f"  // Loads.\n  {method},\n", javascript)
    assert span is not None
    assert span.name == "load"
    assert only_function(f"{method}\n\n{method}\n", javascript) is None
    assert only_function(f"let x = 1;\nfunction {method.removeprefix('async ')}\n", javascript) is None


@pytest.mark.parametrize("language", ["typescript", "tsx"])
@pytest.mark.parametrize(
    "field", ["load = (key: string) => {\n  return key;\n}", "load = async function (key) {\n}"]
)
def test_a_field_alone_is_read_without_its_semicolon(language: str, field: str) -> None:
    found = get_language(language)
    inside = f"class Shelf {{\n{field};\n}}\n"
    (in_class,) = find_functions(inside, found)
    for text in (
        f"{field};\n",
        f"// Loads.\n{field}\n",
        f"private {field};\n",
        f"{field};\n\nsave = () => {{\n}};\n",
    ):
        alone = find_functions(text, found)[0]
        assert code_text(text, alone).removeprefix("private ") == code_text(inside, in_class) == field


def test_an_assignment_in_a_file_is_a_statement() -> None:
    text = "let load;\nload = (key) => {\n  return key;\n};\n"
    (span,) = find_functions(text, get_language("typescript"))
    assert code_text(text, span).endswith("};")
