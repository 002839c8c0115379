"""Guesses a language, with a calibrated confidence, by a linear softmax in NumPy from a folder with a manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from codeorigin.language_id.grammars import PAIRS, Legality, legality
from codeorigin.language_id.hashes import features
from codeorigin.languages import KEYWORDS
from codeorigin.model.folder import (
    BROKEN,
    MANIFEST,
    ManifestEntry,
    broken,
    check_file,
    read_manifest,
    shipped_model_dir,
)
from codeorigin.model.ngrams.weights import read_arrays

FORMAT = 2
WEIGHTS = "weights.npz"
BUNDLED_NAME = "codeorigin-language"
NONE = "none"
"""The label for text in none of the supported languages: prose, data, markup, other languages."""
KNOWN = frozenset(KEYWORDS)
"""The other labels: the model languages."""
_OPEN = 0.001
"""The choice between the two languages of a pair is open if both have at least this probability."""

Floats = npt.NDArray[np.float64]


def default_model_dir() -> Path:
    """Folder of the language model that ships with CodeOrigin; raises ModelError if there is none."""
    return shipped_model_dir(BUNDLED_NAME, "language model", "reinstall codeorigin")


@dataclass(frozen=True, slots=True)
class Temperatures(ManifestEntry):
    """Softmax temperatures by number of features, since short texts need a different one than long texts.

    ``values[i]`` applies to texts with fewer than ``bounds[i]`` features, the last value to all others.
    """

    bounds: tuple[int, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) != len(self.bounds) + 1 or list(self.bounds) != sorted(self.bounds):
            raise ValueError("one temperature more than ascending bounds")
        if not all(value > 0 for value in self.values):
            raise ValueError("temperatures must be above 0")

    def of(self, count: int) -> float:
        return self.values[int(np.searchsorted(self.bounds, count, side="right"))]


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Labels and their weights.

    ``weights`` is int8 ``(width, labels)`` in units of ``scale`` ``(labels,)``, ``bias`` float64 ``(labels,)``.
    ``shifts`` give, for each of :data:`PAIRS` and each answer of the two grammars, what to add to the log odds of the
    pair's first language against the second. Below ``threshold``, of :meth:`certainty`, the model gives no answer.
    ``version`` is that of the model.
    """

    labels: tuple[str, ...]
    weights: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    temperatures: Temperatures
    threshold: float
    version: str
    shifts: Mapping[str, Mapping[Legality, float]] = field(default_factory=dict)

    @property
    def model_id(self) -> str:
        return f"{BUNDLED_NAME} {self.version}"

    def logits(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Logits ``(labels,)`` of a text with the distinct features ``ids`` ``(n,)``, before temperature scaling."""
        # Summing along contiguous rows takes a third of the time of summing down the columns.
        columns = np.ascontiguousarray(self.weights[ids].T)
        total = columns.sum(axis=1, dtype=np.int64) * self.scale
        return np.asarray(total / np.sqrt(max(len(ids), 1)) + self.bias)

    def probabilities(self, text: str) -> Floats:
        """Calibrated probabilities ``(labels,)``; a text without any features is :data:`NONE`."""
        ids = features(text, len(self.weights))
        if not len(ids):
            return np.array([float(label == NONE) for label in self.labels])
        logits = self.logits(ids) / self.temperatures.of(len(ids))
        powers = np.exp(logits - logits.max())
        return self.by_grammar(text, np.asarray(powers / powers.sum()))

    def certainty(self, probabilities: Floats) -> float:
        """The probability that the likeliest label is right, or the other language of its pair in :data:`PAIRS` is."""
        best = self.labels[int(probabilities.argmax())]
        alike = next((pair for pair in PAIRS.values() if best in pair), (best,))
        return float(sum(probabilities[self.labels.index(label)] for label in alike))

    def open_pair(self, probabilities: Floats) -> str | None:
        """The name of the pair in :data:`PAIRS` that ``probabilities`` ``(labels,)`` leave open, or None."""
        best = self.labels[int(probabilities.argmax())]
        for name, pair in PAIRS.items():
            if best in pair and all(probabilities[self.labels.index(label)] >= _OPEN for label in pair):
                return name
        return None

    def by_grammar(self, text: str, probabilities: Floats) -> Floats:
        """``probabilities`` ``(labels,)``; an open pair's are redistributed by which grammars accept ``text``."""
        name = self.open_pair(probabilities) if self.shifts else None
        if name is None:
            return probabilities
        first, second = (self.labels.index(label) for label in PAIRS[name])
        shift = self.shifts[name][legality(text, PAIRS[name])]
        both = probabilities[first] + probabilities[second]
        odds = np.log(probabilities[first] / probabilities[second]) + shift
        parted = probabilities.copy()
        parted[first] = both / (1 + np.exp(-odds))
        parted[second] = both - parted[first]
        return parted

    @classmethod
    def load(cls, directory: Path | None = None) -> "LanguageModel":
        """Load a model folder, by default that which ships; raises ModelError if a file is not as the manifest says."""
        directory = default_model_dir() if directory is None else directory
        path = directory / MANIFEST
        manifest = read_manifest(directory, FORMAT, "language model")
        try:
            check_file(directory / WEIGHTS, manifest["files"][WEIGHTS], "language model")
            return cls._of(manifest, read_arrays(directory / WEIGHTS, "language model"))
        except BROKEN as error:
            raise broken(path, error, "language model") from error

    @classmethod
    def _of(cls, manifest: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> "LanguageModel":
        labels: Sequence[str] = manifest["labels"]
        _check_labels(labels)
        weights, scale, bias = arrays["weights"], arrays["scale"], arrays["bias"]
        if weights.dtype != np.int8 or weights.shape != (manifest["width"], len(labels)):
            raise ValueError(f"weights of shape {weights.shape}, {weights.dtype}")
        return cls(
            labels=tuple(labels),
            weights=weights,
            scale=scale.astype(np.float64),
            bias=bias.astype(np.float64),
            temperatures=Temperatures.from_manifest(manifest["temperatures"]),
            threshold=float(manifest["threshold"]),
            version=str(manifest["version"]),
            shifts={
                name: {kind: float(manifest["grammar_shifts"][name][kind]) for kind in Legality}
                for name in PAIRS
            },
        )


def _check_labels(labels: Sequence[str]) -> None:
    """Raise ValueError unless every label other than :data:`NONE` is a known language id, and the set is complete."""
    if unknown := [label for label in labels if label != NONE and label not in KNOWN]:
        raise ValueError(f"unknown label {unknown[0]!r}")
    if len(set(labels)) != len(labels) or NONE not in labels:
        raise ValueError(f"each label once, among them {NONE!r}")
    if any((first in labels) != (second in labels) for first, second in PAIRS.values()):
        raise ValueError("one language of a pair without the other")


class Guess(NamedTuple):
    """The language that a text is probably in.

    ``language`` is an id of :data:`codeorigin.languages.LANGUAGES`. It is None if the text is in none of them, or if
    the model is not certain enough. ``confidence`` is the probability of ``likeliest``, which may be ``none``. The
    likelier of C and C++, or of JavaScript and TypeScript, is given even if it could as well be the other: much code
    is both, and is scored nearly alike.
    """

    language: str | None
    confidence: float
    likeliest: str


def guess_language(text: str, model: LanguageModel | None = None) -> Guess:
    """The language of ``text`` according to ``model``, or to the one that ships.

    Reads only part of a long text and takes about a millisecond. Raises ModelError if the model is missing or broken.
    """
    model = _bundled() if model is None else model
    probabilities = model.probabilities(text)
    best = int(probabilities.argmax())
    likeliest, confidence = model.labels[best], float(probabilities[best])
    sure = likeliest != NONE and model.certainty(probabilities) >= model.threshold
    return Guess(likeliest if sure else None, confidence, likeliest)


@lru_cache(maxsize=1)
def _bundled() -> LanguageModel:
    return LanguageModel.load()
