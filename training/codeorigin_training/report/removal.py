"""Scores of a function's lines by every method, and the model's logit without the lines that they rank first.

Lines are removed in two ways.

``deleted`` scores the remaining text again. This is what the model says about code without these lines, so it is
the reference, and no method of explanation computes it. ``hidden`` drops every n-gram that touches a removed line
without rescaling the others, and replaces its tokens by MASK. The layout of the rest stays the same, but line
occlusion computes exactly this for one line, so it has an advantage there.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from codeorigin.explain.evidence import occurrence_shares
from codeorigin.explain.explanation import Baseline, ExplainOptions, Explanation
from codeorigin.model.reading.normalize import Normalized, normalize
from codeorigin.model.scoring.inputs import Features
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.occlusion import occlude

SHIPPED, OCCLUSION, RANDOM = "shipped explanation", "line occlusion", "random order"
"""Orders of lines."""

_LINE_END = re.compile(r"\r\n|\r|\n")


class Removal(StrEnum):
    """How lines are removed."""

    DELETED = "deleted"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Reader:
    """One function, prepared for scoring without some of its lines.

    ``lines`` ``(L,)`` are the numbers of the lines that the model reads, which do not include blank ones.
    """

    code: str
    language: str
    lines: Integers
    normalized: Normalized
    features: Features
    detector: Detector

    @classmethod
    def of(cls, code: str, language: str, detector: Detector) -> "Reader":
        """Read the whole function once and keep its features."""
        normalized = normalize(code, language)
        features = detector.scorer.features(normalized, language)
        lines = np.unique(normalized.lines).astype(np.int64)
        return cls(code, language, lines, normalized, features, detector)

    def without(self, removed: Booleans, removal: Removal) -> Floats:
        """Logits ``(K,)`` without the lines marked in each row of ``removed``, bool ``(K, L)``."""
        if removal is Removal.DELETED:
            texts = [(self.remaining(mask), self.language) for mask in removed]
            return self.detector.score_texts(texts)
        return self._wide_without(removed) + self._deep_without(removed) + self.features.bias

    def remaining(self, removed: Booleans) -> str:
        """The text without the lines marked in ``removed``, bool ``(L,)``; blank lines are kept."""
        drop = set(self.lines[removed].tolist())
        first = int(self.lines[0]) if len(self.lines) else 0
        raw = _LINE_END.split(self.code)
        return "\n".join(line for number, line in enumerate(raw) if number >= first and number not in drop)

    def _wide_without(self, removed: Booleans) -> Floats:
        wide = self.features.wide
        if wide is None:
            return np.zeros(len(removed))
        shares = occurrence_shares(wide, self.detector.scorer.wide_weights(wide.ids))
        start, end = wide.occurrences.start, wide.occurrences.end
        logits = np.zeros(len(removed))
        for number, mask in enumerate(removed):
            gone = np.concatenate([[0], np.cumsum(self._characters(mask))])
            logits[number] = shares[gone[end] == gone[start]].sum()
        return logits

    def _deep_without(self, removed: Booleans) -> Floats:
        scorer, encoding, windows = self.detector.scorer, self.features.encoding, self.features.windows
        if encoding is None or scorer.tokenizer is None or not windows:
            return np.zeros(len(removed))
        hidden: list[Integers] = []
        for mask in removed:
            gone = np.concatenate([[0], np.cumsum(self._characters(mask))])
            touched = gone[encoding.ends] > gone[encoding.starts]
            ids = np.where(touched, scorer.tokenizer.mask_id, encoding.ids)
            hidden += [ids[window.start : window.stop] for window in windows]
        weights = np.array([window.weight for window in windows])
        logits: Floats = scorer.deep_logits(hidden).reshape(len(removed), len(windows)) @ weights
        return logits

    def _characters(self, mask: Booleans) -> Booleans:
        return np.isin(self.normalized.lines, self.lines[mask])


def methods(detector: Detector) -> dict[str, ExplainOptions]:
    """The options of every explanation by name; baselines other than the shipped one need a deep part."""
    found = {SHIPPED: ExplainOptions()}
    if detector.bundle.deep is not None:
        found["Integrated Gradients from zero"] = ExplainOptions(baseline=Baseline.ZERO)
        found["Integrated Gradients from PAD"] = ExplainOptions(baseline=Baseline.PAD)
    return found


def line_scores(
    detector: Detector, code: str, language: str, generator: np.random.Generator
) -> dict[str, Floats]:
    """Signed scores ``(L,)`` of the lines that the model reads, by method."""
    found = {
        name: _values(detector.explainer.explain(code, language, options=options))
        for name, options in methods(detector).items()
    }
    return found | {
        OCCLUSION: _occluded(detector, code, language),
        RANDOM: generator.normal(size=len(found[SHIPPED])),
    }


def _occluded(detector: Detector, code: str, language: str) -> Floats:
    normalized = normalize(code, language)
    _, starts = np.unique(normalized.lines, return_index=True)
    ends = np.append(starts, len(normalized.text))[1:]
    wide, deep = occlude(detector.scorer, detector.scorer.features(normalized, language), starts, ends)
    return wide + deep


def _values(explanation: Explanation) -> Floats:
    return np.array([line.value for line in explanation.lines], dtype=np.float64)
