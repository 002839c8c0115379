"""Functions -> raw logits: by the weights of their n-grams, by the encoder's forward graph, or by both."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import ModelError
from codeorigin.model.bundle import NGRAM_WEIGHTS, SCORE_GRAPH, TOKENIZER, Bundle
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.ngrams.weights import NgramWeights
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.deep_settings import DeepSettings
from codeorigin.model.scoring.graph import Feed, Graph
from codeorigin.model.scoring.inputs import Features, RawScore, Window, split
from codeorigin.model.scoring.tokenizer import Encoding, Tokenizer

Ids = npt.NDArray[np.int64]

RUN_TOKENS = 1024
"""Most tokens that the encoder reads between two checks of a cancel token; a single window may be longer."""
_INPUTS = {"ids", "mask"}
_REINSTALL = "reinstall the model"


class Scorer:
    """Scores functions with the parts that a bundle has. Not thread-safe."""

    def __init__(
        self,
        *,
        views: NgramViews | None = None,
        weights: NgramWeights | None = None,
        tokenizer: Tokenizer | None = None,
        deep: DeepSettings | None = None,
        graph: Graph | None = None,
        language_bias: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Put the parts together; raises ModelError if they do not belong together.

        Without ``views`` and ``weights`` there is no wide part, without ``tokenizer``, ``deep`` and ``graph``, which is
        ``score.onnx``, no deep part. ``language_bias`` is the logit without any evidence, by model language.
        """
        if (weights and len(weights.codes)) != (views and views.table_size):
            raise ModelError(f"the views and the weights have different numbers of n-grams; {_REINSTALL}")
        if not (tokenizer is None) == (deep is None) == (graph is None):
            raise ModelError(f"a deep part has settings, a tokenizer and a graph; {_REINSTALL}")
        if graph is not None and set(graph.inputs) != _INPUTS:
            raise ModelError(f"{graph.name}: not the graph that the manifest describes; {_REINSTALL}")
        self.views, self.weights = views, weights
        self.tokenizer, self.deep, self.graph = tokenizer, deep, graph
        self._language_bias = language_bias

    @classmethod
    def of(cls, bundle: Bundle, *, threads: int = 1) -> "Scorer":
        """The scorer of a bundle, with ``threads`` per operator of the deep part; with 0, onnxruntime decides.

        Raises ModelError, also if a file cannot be read.
        """
        folder = bundle.directory
        return cls(
            views=bundle.views,
            weights=NgramWeights.load(folder / NGRAM_WEIGHTS) if bundle.views else None,
            tokenizer=Tokenizer.load(folder / TOKENIZER) if bundle.deep else None,
            deep=bundle.deep,
            graph=Graph(folder / SCORE_GRAPH, threads=threads) if bundle.deep else None,
            language_bias=bundle.language_bias,
        )

    def score_functions(
        self, functions: Sequence[Normalized], language: str, cancel: CancelToken = NEVER
    ) -> Iterator[RawScore]:
        """Raw scores of functions of one language, in order, as they come.

        Raises Cancelled before the next batch, and ModelError if the graph fails.
        """
        wide = self._wide_logits(functions, language, cancel)
        for function, of_ngrams in zip(functions, wide, strict=True):
            yield self._score(of_ngrams, *self._encode(function), self._bias_of(language), cancel)

    def features(self, normalized: Normalized, language: str) -> Features:
        """What the model reads of one function, with the positions of its n-grams, for explanations."""
        wide = None if self.views is None else self.views.extract(normalized, language)
        return Features(wide, *self._encode(normalized), self._bias_of(language))

    def score(self, features: Features, cancel: CancelToken = NEVER) -> RawScore:
        """The raw score of one function; raises like :meth:`score_functions`."""
        cancel.raise_if_cancelled()
        wide = 0.0
        if features.wide is not None:
            ids, values = features.wide.ids, features.wide.values
            wide = float(self._needs_wide().logits(ids, values, np.zeros(len(ids), dtype=np.int64), 1)[0])
        return self._score(wide, features.encoding, features.windows, features.bias, cancel)

    def wide_weights(self, ids: Ids) -> npt.NDArray[np.float32]:
        """The weights ``(N,)`` of n-grams: each is the wide logit of a function with just that n-gram."""
        return self._needs_wide().of(ids)

    def deep_logits(self, windows: Sequence[Ids], cancel: CancelToken = NEVER) -> npt.NDArray[np.float64]:
        """The encoder's logit ``(W,)`` of windows of token ids, without bias, wide part or pooling.

        Raises Cancelled before the next run of the graph, and ModelError if it fails or there is no deep part.
        """
        _, graph = self._needs_deep()
        logits: list[npt.NDArray[np.float32]] = []
        for ids in _runs(windows):
            cancel.raise_if_cancelled()
            logits.append(graph.run(["logit"], _feed(ids))["logit"])
        return np.concatenate(logits, dtype=np.float64) if logits else np.zeros(0)

    def embed(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Embeddings ``(B, T, D)`` of windows of token ids ``(B, T)``; raises like :meth:`deep_logits`."""
        deep, graph = self._needs_deep()
        if ids.size == 0:
            return np.zeros((*ids.shape, deep.dim), dtype=np.float32)
        embeddings: npt.NDArray[np.float32] = graph.run(["embeddings"], _feed(ids))["embeddings"]
        return embeddings

    def _needs_wide(self) -> NgramWeights:
        if self.weights is None:
            raise ModelError("this model has no wide part, so it has no n-gram weights")
        return self.weights

    def _needs_deep(self) -> tuple[DeepSettings, Graph]:
        if self.deep is None or self.graph is None:
            raise ModelError("this model has no deep part")
        return self.deep, self.graph

    def _bias_of(self, language: str) -> float:
        return self._language_bias.get(language, 0.0)

    def _encode(self, function: Normalized) -> tuple[Encoding | None, tuple[Window, ...]]:
        if self.deep is None or self.tokenizer is None:
            return None, ()
        encoding = self.tokenizer.encode(function)
        return encoding, tuple(split(len(encoding.ids), self.deep.context, self.deep.overlap))

    def _score(
        self,
        wide: float,
        encoding: Encoding | None,
        windows: Sequence[Window],
        bias: float,
        cancel: CancelToken,
    ) -> RawScore:
        deep = 0.0
        if encoding is not None and windows:
            logits = self.deep_logits(
                [encoding.ids[window.start : window.stop] for window in windows], cancel
            )
            deep = float(logits @ [window.weight for window in windows])
        return RawScore(bias + wide + deep, wide, deep, len(windows))

    def _wide_logits(
        self, functions: Sequence[Normalized], language: str, cancel: CancelToken
    ) -> Iterator[float]:
        if self.views is None:
            yield from (0.0 for _ in functions)
            return
        weights = self._needs_wide()
        for counted in self.views.count_many([normalized.text for normalized in functions], language):
            cancel.raise_if_cancelled()
            count = len(counted.borders) - 1
            function = np.repeat(np.arange(count), np.diff(counted.borders))
            yield from weights.logits(counted.ids, counted.values, function, count).tolist()


def _runs(windows: Sequence[Ids]) -> Iterator[Ids]:
    """Windows of equal length that follow each other, together as ``(W, T)``, up to :data:`RUN_TOKENS`."""
    start = 0
    for end in range(1, len(windows) + 1):
        length = len(windows[start])
        is_full = (end - start + 1) * length > RUN_TOKENS
        if end == len(windows) or is_full or len(windows[end]) != length:
            yield np.stack(windows[start:end])
            start = end


def _feed(ids: Ids) -> Feed:
    """The graph's inputs for windows ``(W, T)`` of token ids without padding."""
    return {"ids": ids, "mask": np.ones(ids.shape, dtype=np.bool_)}
