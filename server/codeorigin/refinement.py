"""Verdicts refined by the deep part, function by function; its answers are kept by the functions' texts."""

from collections.abc import Collection
from dataclasses import replace

from codeorigin.cache import LruCache
from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.languages import get_language
from codeorigin.model.features import DeepAnswer
from codeorigin.model.judge import Judge
from codeorigin.model.normalize import normalize
from codeorigin.model.scorer import Scorer
from codeorigin.report import FileReport, FunctionReport
from codeorigin.spans import FunctionSpan, code_text

ANSWER_CACHE_BYTES = 2 * 2**20
ANSWER_BYTES = 512
"""The most bytes that a kept answer takes with its key and its entry in the cache."""


class Refinement:
    """Asks the deep part, and keeps its answers, at most ``capacity`` bytes of them.

    One thread at a time may ask; what is known may be had from any.
    """

    def __init__(self, scorer: Scorer, judge: Judge, capacity: int = ANSWER_CACHE_BYTES) -> None:
        self._scorer = scorer
        self._judge = judge
        self.kept: LruCache[str, DeepAnswer] = LruCache(capacity, lambda _: ANSWER_BYTES)

    def report(
        self,
        text: str,
        report: FileReport,
        looked_at: Collection[str] = (),
        *,
        ask: bool = True,
        cancel: CancelToken = NEVER,
    ) -> FileReport:
        """A report with the verdicts refined that are doubtful, and those of functions that are ``looked_at``, by id.

        Args:
            text: the document that the report is about.
            report: by the wide part, or refined in part.
            looked_at: ids of functions whose verdict is refined whatever it is.
            ask: the deep part; otherwise only what it has said before counts.
            cancel: checked between functions; what was answered by then stays.

        Raises:
            Cancelled: ``cancel`` was thrown.
            ModelError: the deep part cannot be loaded, or it failed.
        """
        functions = []
        for each in report.functions:
            wanted = each.verdict.is_to_refine(looked_at=each.function_id in looked_at)
            functions.append(self._function(text, each, ask, cancel) if wanted else each)
        return replace(report, functions=tuple(functions))

    def _function(
        self, text: str, function: FunctionReport, ask: bool, cancel: CancelToken
    ) -> FunctionReport:
        language = get_language(function.span.language).model_language
        answer = self.kept.get(function.function_id)
        if answer is None and ask:
            answer = self.answer(_code(text, function.span), language, cancel)
            self.kept.put(function.function_id, answer)
        if answer is None:
            return function
        return replace(function, verdict=self._judge.refined(function.verdict, answer, language))

    def answer(self, code: str, language: str, cancel: CancelToken = NEVER) -> DeepAnswer:
        """What the deep part says of a function's code in a model language; not kept.

        Raises:
            Cancelled: ``cancel`` was thrown.
            ModelError: the deep part cannot be loaded, or it failed.
        """
        cancel.raise_if_cancelled()
        return self._scorer.deep_answer(normalize(code, language), cancel)


def _code(text: str, span: FunctionSpan) -> str:
    if span.inside is not None:
        region, own = span.inside
        return _code(region.text, own)
    return code_text(text, span)
