"""Source text -> the functions in it, by tree-sitter, on broken code too."""

from dataclasses import dataclass

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.function_spans import SpanBuilder
from codeorigin.languages.language import Language
from codeorigin.languages.parsing import ParseBudgetError
from codeorigin.languages.syntax import parse
from codeorigin.source.text import LineIndex
from codeorigin.spans import FunctionSpan


@dataclass(frozen=True, slots=True)
class Outline:
    """The outermost functions of a text in source order, each with those nested in it.

    ``ignored``: a ``codeorigin: ignore-file`` comment switches all of them off. ``parsed`` is False for a text
    that the parser would take too long over; it then has no functions.
    """

    functions: tuple[FunctionSpan, ...]
    ignored: bool = False
    parsed: bool = True


def find_functions(
    text: str, language: Language, *, path: str | None = None, lines: LineIndex | None = None
) -> tuple[FunctionSpan, ...]:
    """The functions of :func:`outline`. No text raises."""
    return outline(text, language, path=path, lines=lines).functions


def only_function(text: str, language: Language, cancel: CancelToken = NEVER) -> FunctionSpan | None:
    """The function that ``text`` is, save for blanks, a comment above it and what separates it from others.

    None for any other text. Raises Cancelled.
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

    Listed are functions with a body that have a name or are bound to one; anonymous callbacks are part of
    the function around them. Ranges are disjoint or nested. ``path`` only tells test files from others;
    ``lines`` saves splitting ``text`` into lines again.

    Raises Cancelled, when ``cancel`` was thrown, and nothing else.
    """
    try:
        syntax = parse(text, language, cancel)
    except ParseBudgetError:
        return Outline((), parsed=False)
    in_test_file = path is not None and language.tests.holds_for_path(path)
    builder = SpanBuilder(lines or LineIndex(text), syntax, language, in_test_file)
    return Outline(builder.build(cancel), builder.comments.ignores_file())
