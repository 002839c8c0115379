"""Code -> explanation: exact n-gram shares and Integrated Gradients, summed by line, word and construct."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.explain.constructs import construct_attributions, normalized_constructs, token_characters
from codeorigin.explain.explanation import (
    Aggregation,
    Baseline,
    ConstructAttribution,
    ExplainOptions,
    Explanation,
    Method,
)
from codeorigin.explain.integrated_gradients import GradientGraph, PathAttribution, attribute_windows
from codeorigin.explain.lines_and_words import (
    Words,
    find_words,
    gather_characters,
    gather_tokens,
    line_attributions,
    line_sums,
    strongest_words,
)
from codeorigin.explain.ngram_shares import character_shares
from codeorigin.model.reading.normalize import Normalized, normalize
from codeorigin.model.scoring.inputs import Features, RawScore
from codeorigin.model.scoring.scorer import Scorer

Doubles = npt.NDArray[np.float64]

_DEFAULT_OPTIONS = ExplainOptions()


@dataclass(frozen=True, slots=True)
class _Function:
    """A function to explain, and the model's answer."""

    normalized: Normalized
    features: Features
    score: RawScore

    @property
    def line_count(self) -> int:
        lines = self.normalized.lines
        return int(lines[-1]) + 1 if len(lines) else 0


class Explainer:
    """Explains functions with one model. Not thread-safe."""

    def __init__(self, scorer: Scorer, gradient_path: Path | None, *, threads: int = 1) -> None:
        """Load the gradient graph.

        Args:
            scorer: the forward graph.
            gradient_path: ``gradient.onnx``; None for a model without a deep part.
            threads: threads per operator.

        Raises:
            ModelError: the gradient graph cannot be read.
        """
        self._scorer = scorer
        self._gradient = GradientGraph(gradient_path, threads=threads) if gradient_path else None

    def explain(
        self,
        code: str,
        language: str,
        options: ExplainOptions = _DEFAULT_OPTIONS,
        cancel: CancelToken = NEVER,
    ) -> Explanation:
        """Line and word evidence for one function, with positions in its own text.

        Args:
            code: the function's text exactly as in its document.
            language: a model language.
            options: baseline, aggregation and accuracy.

        Raises:
            ModelError: a graph failed.
        """
        cancel.raise_if_cancelled()
        normalized = normalize(code, language)
        features = self._scorer.features(normalized, language)
        score = self._scorer.score(features, cancel)
        function = _Function(normalized, features, score)
        words = find_words(normalized.text)
        wide = self._wide_characters(function)
        wide_lines = line_sums(wide, normalized.lines, function.line_count)
        wide_words = gather_characters(wide, words)
        deep_lines = np.zeros(function.line_count)
        deep_words = np.zeros((len(words.starts), 1))
        deep = np.zeros(len(normalized.text))
        path: PathAttribution | None = None
        if features.encoding is not None and features.windows and self._gradient is not None:
            path = attribute_windows(self._scorer, self._gradient, features, score, options, cancel)
            deep_lines = line_sums(path.tokens.sum(axis=1), features.encoding.lines, function.line_count)
            deep_words = gather_tokens(path.tokens, features.encoding, words)
            deep = token_characters(path.tokens.sum(axis=1), features.encoding, normalized.text)
        codes = normalized_constructs(code, normalized, language, cancel)
        if options.aggregation is Aggregation.L2_NORM:
            # The wide part counts as one more dimension of a word's attribution.
            values = np.sqrt((deep_words**2).sum(axis=1) + wide_words**2)
        else:
            values = deep_words.sum(axis=1) + wide_words
        return self._result(
            function,
            options,
            method=Method.INTEGRATED_GRADIENTS if path else Method.LINEAR,
            baseline=options.baseline if path else None,
            baseline_deep=path.baseline_logit if path else 0.0,
            nodes=path.nodes if path else None,
            line_values=(wide_lines, deep_lines),
            word_values=(values, words),
            constructs=() if codes is None else construct_attributions(wide, deep, codes),
        )

    def _wide_characters(self, function: _Function) -> Doubles:
        wide = function.features.wide
        length = len(function.normalized.text)
        if wide is None:
            return np.zeros(length)
        return character_shares(wide, self._scorer.wide_weights(wide.ids), length)

    def _result(
        self,
        function: _Function,
        options: ExplainOptions,
        *,
        method: Method,
        baseline: Baseline | None,
        baseline_deep: float,
        nodes: int | None,
        line_values: tuple[Doubles, Doubles],
        word_values: tuple[Doubles, Words],
        constructs: tuple[ConstructAttribution, ...] = (),
    ) -> Explanation:
        wide, deep = line_values
        lines = line_attributions(wide, deep, function.normalized)
        values, words = word_values
        baseline_logit = function.features.bias + baseline_deep
        difference = function.score.logit - baseline_logit
        gap = abs(sum(line.value for line in lines) - difference) / max(abs(difference), 1.0)
        return Explanation(
            logit=function.score.logit,
            baseline_logit=baseline_logit,
            completeness_gap=gap,
            approximate=gap > options.tolerance,
            nodes=nodes,
            method=method,
            baseline=baseline,
            lines=lines,
            top_tokens=strongest_words(values, words, function.normalized, count=options.top_tokens),
            constructs=constructs,
        )
