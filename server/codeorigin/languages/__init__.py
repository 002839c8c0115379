"""The supported languages, by id, by the ids that editors use, and by file name."""

from collections.abc import Mapping
from os import PathLike
from pathlib import PurePath
from types import MappingProxyType

from codeorigin.core.errors import LanguageError
from codeorigin.languages.c import C
from codeorigin.languages.cpp import CPP
from codeorigin.languages.csharp import CSHARP
from codeorigin.languages.go import GO
from codeorigin.languages.java import JAVA
from codeorigin.languages.javascript import JAVASCRIPT
from codeorigin.languages.language import Language
from codeorigin.languages.php import PHP
from codeorigin.languages.python import PYTHON
from codeorigin.languages.ruby import RUBY
from codeorigin.languages.rust import RUST
from codeorigin.languages.typescript import TSX, TYPESCRIPT

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        language.id: language
        for language in (PYTHON, JAVASCRIPT, TYPESCRIPT, TSX, JAVA, GO, C, CPP, CSHARP, RUST, PHP, RUBY)
    }
)
"""Every supported language by its id, in display order."""

MODEL_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {language.id: language.name for language in LANGUAGES.values() if language.id == language.model_language}
)
"""Model language -> its name, in display order."""

KEYWORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {language.model_language: language.keywords for language in LANGUAGES.values()}
)
"""Model language -> its keywords."""

_BY_ID = {alias: language for language in LANGUAGES.values() for alias in (language.id, *language.lsp_ids)}
_BY_EXTENSION = {suffix: language for language in LANGUAGES.values() for suffix in language.extensions}
_BY_FILENAME = {name: language for language in LANGUAGES.values() for name in language.filenames}


def get_language(language_id: str) -> Language:
    """The language called ``language_id``: our own id or an LSP ``languageId``, case-insensitive; or LanguageError."""
    language = _BY_ID.get(language_id.strip().lower())
    if language is None:
        raise LanguageError(f"unknown language {language_id!r}: choose one of {', '.join(LANGUAGES)}")
    return language


def language_for_path(path: str | PathLike[str]) -> Language | None:
    """The language of a file by its name alone, or None. ``.h`` is C here; extensions also match in another case."""
    file = PurePath(path)
    return (
        _BY_FILENAME.get(file.name)
        or _BY_EXTENSION.get(file.suffix)
        or _BY_EXTENSION.get(file.suffix.lower())
    )


__all__ = ["KEYWORDS", "LANGUAGES", "MODEL_LANGUAGES", "Language", "get_language", "language_for_path"]
