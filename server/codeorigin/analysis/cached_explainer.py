"""Explanations of functions, cached by text and moved to where the functions are now."""

import sys
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.cache import LruCache
from codeorigin.core.cancellation import CancelToken
from codeorigin.explain.explanation import ExplainOptions, Explanation
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import get_language
from codeorigin.model.scoring.scorer import Scorer

if TYPE_CHECKING:
    from codeorigin.explain.explainer import Explainer

EXPLANATION_CACHE_BYTES = 2**20


def explanation_bytes(explanation: Explanation) -> int:
    """Approximate size of an explanation with its key; each line and token holds a few numbers."""
    tokens = sum(256 + sys.getsizeof(token.text) for token in explanation.top_tokens)
    return 1024 + 224 * (len(explanation.lines) + len(explanation.constructs)) + tokens


class CachedExplainer:
    """Explains functions and caches the explanations.

    :meth:`explain` is not thread-safe; :meth:`cached` may be called from any thread.
    """

    def __init__(self, scorer: Scorer, gradient_path: Path | None, *, threads: int = 1) -> None:
        """For the arguments see :class:`~codeorigin.explain.explainer.Explainer`, which the first explanation loads."""
        self._scorer, self._gradient_path, self._threads = scorer, gradient_path, threads
        self._cache: LruCache[tuple[str, ExplainOptions], Explanation] = LruCache(
            EXPLANATION_CACHE_BYTES, explanation_bytes
        )

    @cached_property
    def _explainer(self) -> "Explainer":
        # A check explains nothing, and the import takes as long as checking twenty files.
        from codeorigin.explain.explainer import Explainer  # noqa: PLC0415

        return Explainer(self._scorer, self._gradient_path, threads=self._threads)

    def explain(
        self, text: str, span: FunctionSpan, function_id: str, options: ExplainOptions, cancel: CancelToken
    ) -> Explanation:
        """The explanation of a function of ``text``, cached by its id; raises Cancelled and ModelError."""
        if (cached := self.cached(span, function_id, options)) is not None:
            return cached
        language = get_language(span.language).model_language
        made = self._explainer.explain(code_text(text, span), language, options=options, cancel=cancel)
        self._cache.put((function_id, options), made)
        return _placed(made, span)

    def cached(self, span: FunctionSpan, function_id: str, options: ExplainOptions) -> Explanation | None:
        """The cached explanation of the function, or None."""
        explanation = self._cache.get((function_id, options))
        return None if explanation is None else _placed(explanation, span)


def _placed(explanation: Explanation, span: FunctionSpan) -> Explanation:
    """An explanation of a function's text, moved to where the function is in its document."""
    first, shift = span.code.start_line, span.code.start_column
    return replace(
        explanation,
        lines=tuple(replace(line, line=line.line + first) for line in explanation.lines),
        top_tokens=tuple(
            replace(
                top_token,
                line=top_token.line + first,
                start_column=top_token.start_column + (0 if top_token.line else shift),
                end_column=top_token.end_column + (0 if top_token.line else shift),
            )
            for top_token in explanation.top_tokens
        ),
    )
