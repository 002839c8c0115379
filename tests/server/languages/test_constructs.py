"""Which construct each character belongs to, in every language, with and without the class around a method."""

import pytest

from codeorigin.languages import LANGUAGES
from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin.languages.find_constructs import character_constructs
from support.samples import samples

CODE = {language: f"{code}\n" for language, code in samples("constructs.txt")}
TYPED = {
    "typescript": ": Map<string, number>",
    "tsx": ": string = ",
    "java": "List<String> found",
    "go": "string = ",
    "c": "unsigned long",
    "cpp": "unsigned long",
    "csharp": "string value",
    "rust": "String = ",
}


def of(code: str, language: str, piece: str) -> set[Construct]:
    """The constructs of the nonblank characters of the last ``piece``."""
    codes = character_constructs(code, language)
    assert len(codes) == len(code)
    start = code.rindex(piece)
    return {CONSTRUCTS[codes[at]] for at in range(start, start + len(piece)) if not code[at].isspace()}


def test_every_language_has_code() -> None:
    assert set(CODE) == set(LANGUAGES)


@pytest.mark.parametrize("language", CODE)
def test_header_comment_and_control_flow_are_recognized(language: str) -> None:
    code = CODE[language]
    first = code.split("\n", 1)[0].removesuffix("{").removesuffix(":").rstrip()
    assert of(code, language, first) == {Construct.SIGNATURE}
    assert of(code, language, "from the cache first") == {Construct.COMMENT}
    assert of(code, language, "return ") == {Construct.CONTROL_FLOW}


@pytest.mark.parametrize("language", sorted(set(CODE) - {"c"}))
def test_raised_errors_and_their_messages_are_error_handling(language: str) -> None:
    assert of(CODE[language], language, "no such key") == {Construct.ERROR_HANDLING}


@pytest.mark.parametrize("language", sorted(set(CODE) - {"tsx"}))
def test_called_methods_are_calls_and_their_receivers_names(language: str) -> None:
    code = CODE[language]
    called = next(name for name in ("GetAsync", "Get(", "get(") if name in code).rstrip("(")
    codes = character_constructs(code, language)
    start = code.index(called)
    assert {CONSTRUCTS[each] for each in codes[start : start + len(called)]} == {Construct.CALL}
    if language != "c":
        store = code.rindex("tore", 0, start)
        assert CONSTRUCTS[codes[store]] is Construct.NAME


@pytest.mark.parametrize("language", sorted(set(CODE) - {"javascript", "typescript", "tsx", "java"}))
def test_strings_are_literals(language: str) -> None:
    code = CODE[language]
    assert of(code, language, code[code.index('"at') :][:3]) == {Construct.LITERAL}


def test_interpolated_names_are_names() -> None:
    assert of(CODE["python"], "python", '{depth}"') == {
        Construct.PUNCTUATION,
        Construct.NAME,
        Construct.LITERAL,
    }
    assert of(CODE["ruby"], "ruby", "depth}") == {Construct.NAME, Construct.PUNCTUATION}
    assert of(CODE["javascript"], "javascript", "depth}") == {Construct.NAME, Construct.PUNCTUATION}


@pytest.mark.parametrize("language", TYPED)
def test_variable_types_are_recognized(language: str) -> None:
    assert Construct.TYPE in of(CODE[language], language, TYPED[language])


@pytest.mark.parametrize(
    ("language", "opening", "piece", "closing"),
    [
        (
            "php",
            "<?php class Page {",
            """public function head(string $title): string {
    // as the browser wants it
    return "<?php echo '" . strtoupper($title) . "'; ?>";
}""",
            "}",
        ),
        (
            "csharp",
            "class Store { int Size {",
            """get {
    // the first time
    if (count == null) throw new InvalidOperationException("empty");
    return count.Value;
}""",
            "}}",
        ),
        (
            "javascript",
            "const table = {",
            """load: async function (key) {
    // from the cache first
    return this.store.get(key);
}""",
            "};",
        ),
        ("ruby", "TABLE = {", "load: ->(key) { store.fetch(key) }", "}"),
    ],
)
def test_pieces_alone_have_the_same_constructs_as_in_their_file(
    language: str, opening: str, piece: str, closing: str
) -> None:
    alone = character_constructs(piece, language)
    inside = character_constructs(opening + piece + closing, language)[
        len(opening) : len(opening) + len(piece)
    ]
    assert alone.tolist() == inside.tolist()
    with_comma = character_constructs(f"{piece},\n", language)
    assert with_comma[: len(piece)].tolist() == inside.tolist()
    assert len(with_comma) == len(piece) + 2


def test_docstrings_and_doc_comments_are_docstrings() -> None:
    assert of(CODE["python"], "python", '"""Text of a key."""') == {Construct.DOCSTRING}
    code = "class A {\n  /** Loads. */\n  void load() { /**/ run(); }\n}\n"
    assert of(code, "java", "/** Loads. */") == {Construct.DOCSTRING}
    assert of(code, "java", "/**/") == {Construct.COMMENT}
    assert of("def f():\n    run()\n    '''text'''\n", "python", "text") == {Construct.LITERAL}


def test_a_comment_in_error_handling_is_a_comment() -> None:
    code = "try {\n  run();\n} catch (e) {\n  // nothing to do\n  stop();\n}\n"
    assert of(code, "javascript", "nothing") == {Construct.COMMENT}
    assert of(code, "javascript", "stop") == {Construct.ERROR_HANDLING}


def test_positions_are_characters_whatever_their_size() -> None:
    code = 'def f():\n    a = "😀é"  # ü 😀\n    return a\n'
    assert of(code, "python", '"😀é"') == {Construct.LITERAL}
    assert of(code, "python", "# ü 😀") == {Construct.COMMENT}
    assert of(code, "python", "return") == {Construct.CONTROL_FLOW}


@pytest.mark.parametrize("language", CODE)
@pytest.mark.parametrize("code", ["", " ", "\x00", "((((", "}\n", "\ud800 = '", "a" * 3 + "(" * 3000])
def test_any_text_has_constructs(code: str, language: str) -> None:
    assert len(character_constructs(code, language)) == len(code)
