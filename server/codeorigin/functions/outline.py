"""Finds the functions in source text with tree-sitter, even in broken code."""

import hashlib
from dataclasses import dataclass

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.functions.captured_spans import SpanBuilder
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import get_language
from codeorigin.languages.captures import Syntax
from codeorigin.languages.language import Language
from codeorigin.languages.parse import parse_all
from codeorigin.languages.parse_budget import ParseBudgetError, ParserInput
from codeorigin.text.positions import LineIndex


@dataclass(frozen=True, slots=True)
class Outline:
    """The outermost functions of a text in source order, each with the functions nested in it, and their ids.

    ``ignored`` means that a ``codeorigin: ignore-file`` comment switches all of them off. ``parsed`` is False if
    parsing would take too long; there are then no functions.
    """

    functions: tuple[FunctionSpan, ...]
    ids: tuple[str, ...] = ()
    ignored: bool = False
    parsed: bool = True


def find_functions(text: str, language: Language) -> tuple[FunctionSpan, ...]:
    """The functions of :func:`outline`; never raises, whatever the text."""
    return outline(text, language).functions


def function_id(text: str, span: FunctionSpan, language: str | None = None) -> str:
    """The id of a function's text, wherever it is located; ``language`` is its model language, if known."""
    language = language or get_language(span.language).model_language
    return id_of_code(code_text(text, span), language)


def id_of_code(code: str, language: str) -> str:
    """The id of a function with this code, in a model language."""
    return hashlib.sha256(f"{language}\0{code}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def only_function(text: str, language: Language, cancel: CancelToken = NEVER) -> FunctionSpan | None:
    """The function that ``text`` consists of, apart from blanks, a comment above it and separators.

    None if the text is anything else. Raises Cancelled.
    """
    found = outline(text, language, cancel=cancel).functions
    if len(found) != 1:
        return None
    first = found[0].doc_comment or found[0].range
    beside = text[: first.start] + text[found[0].range.end :]
    return None if beside.removeprefix("\ufeff").strip(" \t\r\n\v\f,;") else found[0]


def outline(
    text: str,
    language: Language,
    *,
    cancel: CancelToken = NEVER,
) -> Outline:
    """The functions of ``text``, and whether its comments ignore them.

    These are the functions with a body that have a name or are bound to one; anonymous callbacks are part of
    the enclosing function. Ranges are disjoint or nested.

    Raises Cancelled if ``cancel`` was triggered, and nothing else.
    """
    (syntax,) = parse_all([ParserInput.of(text, language.id)], cancel)
    return outline_of(syntax, text, language, cancel=cancel)


def outline_of(
    syntax: Syntax | Exception,
    text: str,
    language: Language,
    *,
    cancel: CancelToken = NEVER,
) -> Outline:
    """:func:`outline` of a text that is parsed; raises Cancelled, and an error other than ParseBudgetError."""
    if isinstance(syntax, ParseBudgetError):
        return Outline((), parsed=False)
    if isinstance(syntax, Exception):
        raise syntax
    builder = SpanBuilder(LineIndex(text), syntax, language)
    functions = builder.build(cancel)
    ids = tuple(function_id(text, span, language.model_language) for span in functions)
    return Outline(functions, ids, builder.comments.ignores_file())
