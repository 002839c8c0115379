"""The one way in: document text -> function reports; selections -> verdicts; functions -> explanations."""

from dataclasses import dataclass

from codeorigin.functions import FunctionSpan
from codeorigin.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """A function and what the model says of it.

    ``function_id`` is stable while the function's text is (SHA-256 of language and text, 16 hex digits).
    ``nested`` mirrors ``span.nested``; nested functions carry the reason ``nested`` in place of a verdict.
    """

    span: FunctionSpan
    verdict: Verdict
    function_id: str
    nested: tuple["FunctionReport", ...] = ()


@dataclass(frozen=True, slots=True)
class FileReport:
    """All outermost functions of one document, in source order."""

    language: str
    path: str | None
    functions: tuple[FunctionReport, ...]
