"""Scores and explanations of functions, cached by text so that nothing is computed twice."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.analysis.references import References
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.lru_cache import LruCache
from codeorigin.explain.explanation import ExplainOptions, Explanation
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import get_language
from codeorigin.model.bundle import Bundle
from codeorigin.model.past import Past
from codeorigin.model.reading.normalize import Normalized, normalize
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.verdict import Reason

if TYPE_CHECKING:
    from codeorigin.explain.explainer import Explainer

_CHUNK_CHARACTERS = 1 << 16
"""Most characters scored between two checks of the cancel token; a single function may have more."""

SCORE_CACHE_BYTES = 4 * 2**20
SCORE_BYTES = 1024
"""Upper bound on the size of a cached score, with its key and cache entry."""

LengthRule = Callable[[Normalized], Reason | None]
"""Why a function is too short or too long for a verdict; None if it is neither."""
EXPLANATION_CACHE_BYTES = 2**20


class ScoreCache:
    """Scores functions and caches the scores, at most ``capacity`` bytes of them. Not thread-safe."""

    def __init__(self, scorer: Scorer, length_rule: LengthRule, capacity: int = SCORE_CACHE_BYTES) -> None:
        self._scorer = scorer
        self._length_rule = length_rule
        self._cache: LruCache[str, RawScore | Reason] = LruCache(capacity, lambda _: SCORE_BYTES)

    def of(
        self, codes: Mapping[str, str], language: str, *, cancel: CancelToken = NEVER
    ) -> dict[str, RawScore | Reason]:
        """The scores of functions; only those not in the cache are computed.

        Args:
            codes: the functions' texts by id (:func:`codeorigin.functions.outline.function_id`).
            language: the model language of all of them.
            cancel: checked between batches of functions; scores computed so far stay cached.

        Returns:
            The scores by the same ids, or why a text is too short or too long for one.
        """
        found = self.known(codes)
        new = {key: code for key, code in codes.items() if key not in found}
        # Chunk by chunk, so that an edit in the middle of a first pass does not lose the scores so far.
        for chunk in _chunks(new):
            for key, score in zip(chunk, self._score(list(chunk.values()), language, cancel), strict=True):
                found[key] = score
                self._cache.put(key, score)
        return found

    def known(self, codes: Mapping[str, str]) -> dict[str, RawScore | Reason]:
        """The scores that are in the cache; computes nothing."""
        found = {key: self._cache.get(key) for key in codes}
        return {key: score for key, score in found.items() if score is not None}

    def score(self, code: str, language: str, cancel: CancelToken = NEVER) -> RawScore | Reason:
        """Like :meth:`of`, for a single function and without the cache."""
        return next(self._score([code], language, cancel))

    def _score(self, codes: Sequence[str], language: str, cancel: CancelToken) -> Iterator[RawScore | Reason]:
        """The scores of functions, each as soon as the model has read it."""
        read = [normalize(code, language) for code in codes]
        reasons = [self._length_rule(function) for function in read]
        cancel.raise_if_cancelled()
        judged = [function for function, reason in zip(read, reasons, strict=True) if reason is None]
        scores = self._scorer.score_functions(judged, language, cancel)
        for reason in reasons:
            yield next(scores) if reason is None else reason


def _chunks(codes: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The functions in chunks of at most :data:`_CHUNK_CHARACTERS`, or of one larger function."""
    chunk: dict[str, str] = {}
    characters = 0
    for key, code in codes.items():
        if chunk and characters + len(code) > _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = {}, 0
        chunk[key] = code
        characters += len(code)
    if chunk:
        yield chunk


def explanation_bytes(explanation: Explanation) -> int:
    """Approximate size of an explanation with its key; each line and token holds a few numbers."""
    tokens = sum(256 + sys.getsizeof(token.text) for token in explanation.top_tokens)
    return 1024 + 224 * (len(explanation.lines) + len(explanation.constructs)) + tokens


class CachedExplainer:
    """Explains functions and caches the explanations.

    Wherever a ``past`` is taken, it is the one that the function was judged with. :meth:`explain` is not thread-safe;
    :meth:`cached` may be called from any thread.
    """

    def __init__(self, scorer: Scorer, bundle: Bundle, references: References, *, threads: int = 1) -> None:
        self._scorer, self._bundle, self._references, self._threads = scorer, bundle, references, threads
        self._cache: LruCache[_Key, Explanation] = LruCache(EXPLANATION_CACHE_BYTES, explanation_bytes)

    @property
    def options(self) -> ExplainOptions:
        """How the model is explained, as its manifest says."""
        deep = self._bundle.deep
        return ExplainOptions() if deep is None else ExplainOptions(deep.baseline, deep.aggregation)

    @cached_property
    def _explainer(self) -> "Explainer":
        # A check explains nothing, and the import takes as long as checking twenty files.
        from codeorigin.explain.explainer import Explainer  # noqa: PLC0415

        return Explainer(self._scorer, self._bundle.gradient_path, threads=self._threads)

    def explain(
        self,
        text: str,
        function: JudgedFunction,
        past: Past | None = None,
        options: ExplainOptions | None = None,
        cancel: CancelToken = NEVER,
    ) -> Explanation:
        """Line and token evidence for a function of ``text``; the lines also have what the project's reference adds.

        Raises:
            ModelError: the gradient graph cannot be read.
        """
        if (kept := self.cached(function, past, options)) is not None:
            return kept
        span, share = function.span, function.verdict.reference
        language = get_language(span.language).model_language
        made = self._explainer.explain(
            code_text(text, span),
            language,
            options=options or self.options,
            cancel=cancel,
            reference=self._references.weights(past, share, language, function.function_id),
        )
        self._cache.put(self._key(function, past, options), made)
        return _placed(made, span)

    def cached(
        self, function: JudgedFunction, past: Past | None = None, options: ExplainOptions | None = None
    ) -> Explanation | None:
        """The cached explanation of exactly this text, or None; runs no inference."""
        kept = self._cache.get(self._key(function, past, options))
        return None if kept is None else _placed(kept, function.span)

    def _key(self, function: JudgedFunction, past: Past | None, options: ExplainOptions | None) -> "_Key":
        share = function.verdict.reference
        kept = past.reference if past is not None else None
        said = "" if kept is None or share is None else f"{kept.key} {share.path}"
        return function.function_id, options or self.options, said


_Key = tuple[str, ExplainOptions, str]
"""The function's id, how it is explained, and what tells its reference from others."""


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
