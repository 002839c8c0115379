"""Code -> explanation: exact n-gram shares and Integrated Gradients, summed by line, word and construct."""

from pathlib import Path

import numpy as np

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.explain.evidence import (
    Spread,
    character_shares,
    construct_attributions,
    find_words,
    gather_characters,
    line_attributions,
    line_sums,
    normalized_constructs,
    strongest_words,
)
from codeorigin.explain.explanation import ExplainOptions, Explanation, Method
from codeorigin.explain.integrated_gradients import GradientGraph, PathAttribution, attribute_windows
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.reference import ReferenceWeights
from codeorigin.model.scoring.deep_settings import Aggregation
from codeorigin.model.scoring.scorer import Scorer

_DEFAULT_OPTIONS = ExplainOptions()


class Explainer:
    """Explains functions with one model. Not thread-safe."""

    def __init__(self, scorer: Scorer, gradient_path: Path | None, *, threads: int = 1) -> None:
        """Load ``gradient.onnx``, unless the model has no deep part; raises ModelError if it cannot be read."""
        self._scorer = scorer
        self._gradient = GradientGraph(gradient_path, threads=threads) if gradient_path else None

    def explain(
        self,
        code: str,
        language: str,
        options: ExplainOptions = _DEFAULT_OPTIONS,
        cancel: CancelToken = NEVER,
        reference: ReferenceWeights | None = None,
    ) -> Explanation:
        """Line and word evidence for one function in a model language, with positions in its own text.

        ``reference`` is what the project's records add by n-gram, which is then part of the logit and of the evidence.
        Raises ModelError if a graph fails.
        """
        cancel.raise_if_cancelled()
        normalized = normalize(code, language)
        features = self._scorer.features(normalized, language)
        score = self._scorer.score(features, cancel)
        text, words = normalized.text, find_words(normalized.text)
        wide, deep = np.zeros(len(text)), np.zeros(len(text))
        if features.wide is not None:
            wide = character_shares(features.wide, self._scorer.wide_weights(features.wide.ids), len(text))
        added = 0.0
        if reference is not None:
            views, weights = reference
            of_records = views.extract(normalized, language)
            wide += character_shares(of_records, weights[of_records.ids], len(text))
            added = float(weights[of_records.ids].astype(np.float64) @ of_records.values)
        line_count = int(normalized.lines[-1]) + 1 if text else 0
        wide_lines, deep_lines = line_sums(wide, normalized.lines, line_count), np.zeros(line_count)
        wide_words, deep_words = gather_characters(wide, words), np.zeros((len(words.starts), 1))
        path: PathAttribution | None = None
        if features.encoding is not None and features.windows and self._gradient is not None:
            path = attribute_windows(self._scorer, self._gradient, features, score, options, cancel)
            sums, spread = path.tokens.sum(axis=1), Spread.of(features.encoding, text)
            # A token that covers a line end belongs to the line that it starts in.
            deep_lines = line_sums(sums, features.encoding.lines, line_count)
            deep_words = spread.words(path.tokens, words)
            deep = spread.characters(sums, len(text))
        if options.aggregation is Aggregation.L2_NORM:
            # The wide part counts as one more dimension of a word's attribution.
            values = np.sqrt((deep_words**2).sum(axis=1) + wide_words**2)
        else:
            values = deep_words.sum(axis=1) + wide_words
        codes = normalized_constructs(code, normalized, language, cancel)
        lines = line_attributions(wide_lines, deep_lines, normalized)
        baseline_logit = features.bias + (path.baseline_logit if path else 0.0)
        logit = score.logit + added
        difference = logit - baseline_logit
        gap = abs(sum(line.value for line in lines) - difference) / max(abs(difference), 1.0)
        return Explanation(
            logit=logit,
            baseline_logit=baseline_logit,
            completeness_gap=gap,
            approximate=gap > options.tolerance,
            nodes=path.nodes if path else None,
            method=Method.INTEGRATED_GRADIENTS if path else Method.LINEAR,
            baseline=options.baseline if path else None,
            lines=lines,
            top_tokens=strongest_words(values, words, normalized, count=options.top_tokens),
            constructs=() if codes is None else construct_attributions(wide, deep, codes),
        )
