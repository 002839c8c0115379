"""Documents -> their outlines, before any function is scored; and with scores, the report on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

from codeorigin.analysis.judged import FileReport, JudgedFunction
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.functions.documents import Document
from codeorigin.functions.notebooks import without_magics
from codeorigin.functions.outline import Outline, function_id, outline_of
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import Language
from codeorigin.languages.captures import Syntax
from codeorigin.languages.parse import parse_all
from codeorigin.languages.parse_budget import ParserInput
from codeorigin.model.calibration.calibration import counted_lines
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.verdict import PooledReason, PooledVerdict, Reason, Verdict
from codeorigin.text.generated import is_generated
from codeorigin.text.sources import is_minified

T = TypeVar("T")

Parsed = tuple[Language, Syntax | Exception]
"""The language of a document, and what is captured in it or why that is not known."""
Scores = Mapping[str, RawScore | Reason]
"""Scores of functions by id, or why a function has none."""
_NESTED = Verdict.without(Reason.NESTED)


@dataclass(frozen=True)
class Outlined:
    """A document, its outline, and the ``reason`` why nothing in it gets a verdict, if that holds for all of it."""

    document: Document
    language: Language
    outline: Outline
    reason: Reason | None

    def reason_of(self, span: FunctionSpan) -> Reason | None:
        """Why ``span`` gets no verdict whatever its code; None if it may get one."""
        return self.reason or (Reason.IGNORED if span.ignored else None)

    @cached_property
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
        ParserInput.of(
            without_magics(document.text, language) if document.is_cell else document.text, language.id
        )
        for document, language in zip(documents, languages, strict=True)
        if isinstance(language, Language)
    ]
    syntaxes = iter(parse_all(inputs, cancel))
    return [
        (language, next(syntaxes)) if isinstance(language, Language) else language for language in languages
    ]


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


def judged_document(
    judge: Judge, outlined: Outlined, scores: Scores, *, file_context: bool = True
) -> FileReport:
    """The report on a document with the ``scores`` of the functions in it that may get a verdict.

    Functions without an entry in ``scores`` are left out.
    See :meth:`codeorigin.analysis.analyzer.Analyzer.analyze` for the options.
    """
    language, text, path = outlined.language.model_language, outlined.document.text, outlined.document.path
    report = partial(FileReport, outlined.language.id, path)
    if not outlined.outline.parsed:
        return report((), PooledVerdict.without(PooledReason.UNPARSED))
    spans, ids = outlined.outline.functions, outlined.outline.ids
    reasons = [outlined.reason_of(span) for span in spans]
    found = {number: reason or scores.get(ids[number]) for number, reason in enumerate(reasons)}
    scored = {number: score for number, score in found.items() if isinstance(score, RawScore)}
    if file_context:
        judged = judge.in_file(scored, language)
    else:
        judged = {number: judge.alone(score, language) for number, score in scored.items()}
    verdicts = judged | {
        number: Verdict.without(reason) for number, reason in found.items() if isinstance(reason, Reason)
    }
    functions = tuple(
        JudgedFunction(span, verdicts[number], ids[number], _nested(text, span, language))
        for number, span in enumerate(spans)
        if number in verdicts
    )
    if len(functions) < len(spans):
        return report(functions, is_complete=False)
    return report(functions, _file_verdict(judge, outlined, functions))


def _file_verdict(
    judge: Judge, outlined: Outlined, functions: Sequence[JudgedFunction]
) -> PooledVerdict | None:
    """The verdict on the file; None if the model has no rule for files."""
    text = outlined.document.text
    judged = [
        (function.verdict, counted_lines(code_text(text, function.span)))
        for function in functions
        if function.verdict.logit is not None
    ]
    verdict = judge.file(judged, outlined.language.model_language)
    if verdict is None or outlined.reason is None:
        return verdict
    return PooledVerdict.without(PooledReason(outlined.reason.value))


def _nested(text: str, span: FunctionSpan, language: str) -> tuple[JudgedFunction, ...]:
    return tuple(
        JudgedFunction(inner, _NESTED, function_id(text, inner, language), _nested(text, inner, language))
        for inner in span.nested
    )
