"""The functions in a document, before any is scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.functions.documents import Document
from codeorigin.functions.notebooks import without_magics
from codeorigin.functions.outline import Outline, outline_of
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import Language
from codeorigin.languages.captures import Syntax
from codeorigin.languages.parse import parse_all
from codeorigin.languages.parse_budget import ParserInput
from codeorigin.model.verdict import Reason
from codeorigin.text.generated import is_generated
from codeorigin.text.sources import is_minified

T = TypeVar("T")

Parsed = tuple[Language, Syntax | Exception]
"""The language of a document, and what is captured in it or why that is not known."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """A document, its outline, and the ``reason`` why nothing in it gets a verdict, if that holds for all of it."""

    document: Document
    language: Language
    outline: Outline
    reason: Reason | None

    def reason_of(self, span: FunctionSpan) -> Reason | None:
        """Why ``span`` gets no verdict whatever its code; None if it may get one."""
        return self.reason or (Reason.IGNORED if span.ignored else None)

    def codes(self) -> dict[str, str]:
        """What the model reads of the functions that may get a verdict, by id."""
        return {
            function_id: code_text(self.document.text, span)
            for function_id, span in zip(self.outline.ids, self.outline.functions, strict=True)
            if self.reason_of(span) is None
        }


def parsed_together(documents: Sequence[Document], cancel: CancelToken = NEVER) -> list[Parsed | Exception]:
    """The documents parsed, or the LanguageError of one whose language is not supported."""
    languages = [tried(document.language) for document in documents]
    inputs = [
        _parser_input(document, language)
        for document, language in zip(documents, languages, strict=True)
        if isinstance(language, Language)
    ]
    syntaxes = iter(parse_all(inputs, cancel))
    return [
        (language, next(syntaxes)) if isinstance(language, Language) else language for language in languages
    ]


def _parser_input(document: Document, language: Language) -> ParserInput:
    text = without_magics(document.text, language) if document.is_cell else document.text
    return ParserInput.of(text, language.id)


def outlined(document: Document, parsed: Parsed, cancel: CancelToken = NEVER) -> Outlined:
    """The outline of a document; raises Cancelled, and an error of the parser."""
    text, (language, syntax) = document.text, parsed
    found = outline_of(syntax, text, language, cancel=cancel)
    cancel.raise_if_cancelled()
    if found.ignored:
        reason: Reason | None = Reason.IGNORED
    elif is_generated(text):
        reason = Reason.GENERATED
    else:
        reason = Reason.MINIFIED if is_minified(text) else None
    return Outlined(document, language, found, reason)


def tried(work: Callable[[], T]) -> T | Exception:
    """The result, or the error other than Cancelled."""
    try:
        return work()
    except Cancelled:
        raise
    except Exception as error:
        return error
