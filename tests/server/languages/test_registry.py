"""The registry of languages: ids, file names, and rules that hold for every language."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from codeorigin.core.errors import LanguageError
from codeorigin.functions.outline import find_functions
from codeorigin.languages import LANGUAGES, MODEL_LANGUAGES, Language, get_language, language_for_path
from support.command import ROOT


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("python", "python"),
        ("javascriptreact", "javascript"),
        ("typescriptreact", "tsx"),
        ("c++", "cpp"),
        ("C++", "cpp"),
        ("c#", "csharp"),
        (" Go ", "go"),
        *((name, name) for name in LANGUAGES),
    ],
)
def test_language_ids_of_editors_are_known(alias: str, expected: str) -> None:
    assert get_language(alias).id == expected


@pytest.mark.parametrize("unknown", ["", "cobol", "plaintext"])
def test_error_for_an_unknown_id_names_the_supported_ones(unknown: str) -> None:
    with pytest.raises(LanguageError) as caught:
        get_language(unknown)
    assert all(name in str(caught.value) for name in LANGUAGES)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", "python"),
        ("stubs/a.pyi", "python"),
        ("a.mjs", "javascript"),
        ("a.cjs", "javascript"),
        ("a.jsx", "javascript"),
        ("a.ts", "typescript"),
        ("a.d.ts", "typescript"),
        ("a.mts", "typescript"),
        ("a.cts", "typescript"),
        ("a.tsx", "tsx"),
        ("A.java", "java"),
        ("a.go", "go"),
        ("a.c", "c"),
        ("a.h", "c"),
        ("a.hpp", "cpp"),
        ("a.cc", "cpp"),
        ("a.C", "cpp"),
        ("a.CPP", "cpp"),
        ("a.cs", "csharp"),
        ("a.rs", "rust"),
        ("a.PHP", "php"),
        ("a.rb", "ruby"),
        ("x/Rakefile", "ruby"),
        ("Gemfile", "ruby"),
        ("SConstruct", "python"),
    ],
)
def test_path_determines_the_language(path: str, expected: str) -> None:
    for spelling in (path, Path(path)):
        language = language_for_path(spelling)
        assert language is not None
        assert language.id == expected


@pytest.mark.parametrize("path", ["", "README.md", "a.txt", "py", ".py.swp", "Makefile", "a.pyc"])
def test_other_files_have_no_language(path: str) -> None:
    assert language_for_path(path) is None


def test_extensions_and_aliases_belong_to_one_language() -> None:
    for values in (
        [extension for language in LANGUAGES.values() for extension in language.extensions],
        [alias for language in LANGUAGES.values() for alias in (language.id, *language.lsp_ids)],
        [name for language in LANGUAGES.values() for name in language.filenames],
    ):
        assert len(values) == len(set(values))


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.id)
def test_line_comment_is_a_comment_in_the_grammar(language: Language) -> None:
    sources = {
        "python": "def f(): pass",
        "ruby": "def f; end",
        "go": "func f() {}",
        "rust": "fn f() {}",
        "c": "int f() {}",
        "cpp": "int f() {}",
        "java": "class A { int f() {} }",
        "csharp": "class A { int f() {} }",
    }
    source = sources.get(language.id, "function f() {}")
    (span,) = find_functions(f"{language.line_comment} why\n{source}", language)
    above = f"{language.line_comment} why\n"
    if language.id not in {"java", "csharp"}:
        assert span.doc_comment is not None
        assert span.doc_comment.end == len(above) - 1
    assert not find_functions(f"{language.line_comment} {source}", language)


@pytest.mark.parametrize(
    ("file", "written"),
    [
        ("README.md", MODEL_LANGUAGES.values()),
        ("vscode-client/README.md", MODEL_LANGUAGES.values()),
        ("docs/api.md", [f"`{name}`" for name in LANGUAGES]),
        ("docs/check.md", [f"`{name}`" for name in LANGUAGES]),
        ("server/codeorigin/cli/language.schema.json", [f'"{name}"' for name in MODEL_LANGUAGES]),
        ("tests/fixtures/recorded", [f"{name}.txt" for name in MODEL_LANGUAGES]),
        ("tests/fixtures/texts", [f"{name}.txt" for name in MODEL_LANGUAGES]),
    ],
)
def test_every_list_of_the_languages_has_all(file: str, written: Iterable[str]) -> None:
    """Those of Neovim, of VS Code and of pre-commit are compared in their own tests."""
    path = ROOT / file
    text = " ".join(each.name for each in path.iterdir()) if path.is_dir() else path.read_text("utf-8")
    assert [name for name in written if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)] == []


def test_model_treats_tsx_as_typescript() -> None:
    assert get_language("tsx").model_language == "typescript"
    others = {name: language.model_language for name, language in LANGUAGES.items() if name != "tsx"}
    assert others == {name: name for name in others}
