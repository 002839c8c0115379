"""Finds the functions in source text with tree-sitter, even in broken code."""

from dataclasses import dataclass

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.functions.captured_spans import SpanBuilder
from codeorigin.functions.spans import FunctionSpan
from codeorigin.languages.language import Language
from codeorigin.languages.parsing import ParseBudgetError
from codeorigin.languages.syntax import parse
from codeorigin.text.positions import LineIndex


@dataclass(frozen=True, slots=True)
class Outline:
    """The outermost functions of a text in source order, each with the functions nested in it.

    ``ignored`` means that a ``codeorigin: ignore-file`` comment switches all of them off. ``parsed`` is False if
    parsing would take too long; there are then no functions.
    """

    functions: tuple[FunctionSpan, ...]
    ignored: bool = False
    parsed: bool = True


def find_functions(
    text: str, language: Language, *, path: str | None = None, lines: LineIndex | None = None
) -> tuple[FunctionSpan, ...]:
    """The functions of :func:`outline`; never raises, whatever the text."""
    return outline(text, language, path=path, lines=lines).functions


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
    path: str | None = None,
    lines: LineIndex | None = None,
    cancel: CancelToken = NEVER,
) -> Outline:
    """The functions of ``text``, and whether its comments ignore them.

    These are the functions with a body that have a name or are bound to one; anonymous callbacks are part of
    the enclosing function. Ranges are disjoint or nested. ``path`` is only used to recognise test files;
    ``lines`` saves splitting ``text`` into lines again.

    Raises Cancelled if ``cancel`` was triggered, and nothing else.
    """
    try:
        syntax = parse(text, language, cancel)
    except ParseBudgetError:
        return Outline((), parsed=False)
    in_test_file = path is not None and language.tests.holds_for_path(path)
    builder = SpanBuilder(lines or LineIndex(text), syntax, language, in_test_file)
    return Outline(builder.build(cancel), builder.comments.ignores_file())
