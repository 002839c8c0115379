"""Verdicts refined by the deep part, function by function; its answers are cached by the functions' texts."""

from collections.abc import Collection
from dataclasses import replace

from codeorigin.analysis.cache import LruCache
from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import get_language
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.features import DeepAnswer
from codeorigin.model.scoring.scorer import Scorer

ANSWER_CACHE_BYTES = 2 * 2**20
ANSWER_BYTES = 512
"""Upper bound on the size of a cached answer, with its key and cache entry."""


class Refinement:
    """Runs the deep part and caches its answers, at most ``capacity`` bytes of them.

    Only one thread at a time may run the deep part; cached answers may be used from any thread.
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
        """Refine the doubtful verdicts of a report, and those of the functions that are ``looked_at``.

        Args:
            text: the document that the report is about.
            report: a report by the wide part, possibly refined in part already.
            looked_at: ids of functions to refine even if the wide part calls them ``human``.
            ask: run the deep part; if False, only its cached answers are used.
            cancel: checked between functions; answers obtained so far stay cached.

        Raises:
            Cancelled: ``cancel`` was triggered.
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
        """The deep part's answer about a function's code in a model language; not cached.

        Raises:
            Cancelled: ``cancel`` was triggered.
            ModelError: the deep part cannot be loaded, or it failed.
        """
        cancel.raise_if_cancelled()
        return self._scorer.deep_answer(normalize(code, language), cancel)


def _code(text: str, span: FunctionSpan) -> str:
    if span.inside is not None:
        block, own = span.inside
        return _code(block.text, own)
    return code_text(text, span)
