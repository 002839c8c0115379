"""The parts of function reports that need no model: ids and nested functions."""

import hashlib

from codeorigin.analysis.report import FunctionReport
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import get_language
from codeorigin.model.verdict import Reason, Verdict

_NESTED = Verdict.without(Reason.NESTED)


def function_id(text: str, span: FunctionSpan, language: str | None = None) -> str:
    """The id of a function's text, wherever it is located; ``language`` is its model language, if known."""
    language = language or get_language(span.language).model_language
    if span.inside is not None:
        text, span = span.inside[0].text, span.inside[1]
    code = code_text(text, span)
    return hashlib.sha256(f"{language}\0{code}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def nested_reports(text: str, span: FunctionSpan, language: str) -> tuple[FunctionReport, ...]:
    """Reports of the functions nested in ``span``, built without recursion because nesting may be deep."""
    if not span.nested:
        return ()
    order: list[FunctionSpan] = []
    stack = list(span.nested)
    while stack:
        current = stack.pop()
        order.append(current)
        stack.extend(current.nested)
    built: dict[int, FunctionReport] = {}
    for current in reversed(order):
        children = tuple(built[id(child)] for child in current.nested)
        built[id(current)] = FunctionReport(current, _NESTED, function_id(text, current, language), children)
    return tuple(built[id(child)] for child in span.nested)
