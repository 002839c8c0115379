"""The forward graph: functions -> raw logits, in one pass."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import ModelError
from codeorigin.model.bundle import Bundle
from codeorigin.model.ngrams.hashed_views import NgramViews
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.graph import Feed, Graph
from codeorigin.model.scoring.inputs import DeepSettings, Features, RawScore, Window, split
from codeorigin.model.scoring.tokenizer import Encoding, Tokenizer

Ids = npt.NDArray[np.int64]

RUN_TOKENS = 1024
"""Most tokens that the encoder reads between two checks of a cancel token; a single window may be longer."""


_NO_NGRAMS: Feed = {
    "wide_ids": np.zeros(0, dtype=np.int64),
    "wide_values": np.zeros(0, dtype=np.float32),
    "wide_function": np.zeros(0, dtype=np.int64),
}
"""The wide part's inputs if there are no n-grams."""


class Scorer:
    """Runs ``score.onnx``. Not thread-safe."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 1,
        views: NgramViews | None,
        tokenizer: Tokenizer | None,
        deep: DeepSettings | None,
        language_bias: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Load the graph.

        Args:
            path: ``score.onnx`` of a bundle.
            threads: threads per operator of the deep part; 0 lets onnxruntime decide.
            views: the n-gram views, or None for a bundle without a wide part.
            tokenizer: the bundle's tokenizer; None if and only if ``deep`` is.
            deep: settings of the deep part, or None for a bundle without one.
            language_bias: the logit of a function without any evidence, by model language.

        Raises:
            ModelError: the graph cannot be read, or does not match these parts.
        """
        if (tokenizer is None) != (deep is None):
            raise ModelError(f"{path.name}: a deep part needs a tokenizer; reinstall the model")
        self.views, self.tokenizer, self.deep = views, tokenizer, deep
        self._language_bias = language_bias
        # To add up n-grams takes more processor time with a second thread, and hardly less on the clock.
        self.graph = Graph(path, threads=1 if deep is None else threads)
        # The graph wants all its inputs, even for an output that depends on some of them alone.
        self._no_ngrams = {} if views is None else _NO_NGRAMS
        self._no_windows = {} if deep is None else _windows_feed(np.zeros((1, 1), dtype=np.int64))
        if set(self.graph.inputs) != {"prior", *self._no_ngrams, *self._no_windows}:
            raise ModelError(f"{path.name}: not the graph that the manifest describes; reinstall the model")

    @classmethod
    def of(cls, bundle: Bundle, *, threads: int = 1) -> "Scorer":
        """The scorer of a bundle.

        Raises:
            ModelError: as the constructor; or the tokenizer cannot be read.
        """
        return cls(
            bundle.score_path,
            threads=threads,
            views=bundle.views,
            tokenizer=None if bundle.tokenizer_path is None else Tokenizer.load(bundle.tokenizer_path),
            deep=bundle.deep,
            language_bias=bundle.language_bias,
        )

    def score_functions(
        self, functions: Sequence[Normalized], language: str, cancel: CancelToken = NEVER
    ) -> Iterator[RawScore]:
        """Raw scores of functions of one language, in order, as they come.

        Raises:
            Cancelled: ``cancel`` was triggered; it is checked before every run of the graph.
            ModelError: the graph failed.
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
            wide = float(self._weighted(ids, values, np.zeros(len(ids), dtype=np.int64), 1)[0])
        return self._score(wide, features.encoding, features.windows, features.bias, cancel)

    def wide_weights(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Rows ``(N,)`` of the weight table: each is the wide logit of a function with just that n-gram.

        Raises:
            ModelError: there is no wide part, or the graph failed.
        """
        if self.views is None:
            raise ModelError("this model has no wide part, so it has no n-gram weights")
        return self._weighted(ids, np.ones(len(ids), dtype=np.float32), np.arange(len(ids)), len(ids))

    def deep_logits(self, windows: Sequence[Ids], cancel: CancelToken = NEVER) -> npt.NDArray[np.float64]:
        """The encoder's logit ``(W,)`` of windows of token ids, without bias, wide part or pooling.

        Raises:
            Cancelled: ``cancel`` was triggered; it is checked before every run of the graph.
            ModelError: there is no deep part, or the graph failed.
        """
        self._needs_deep()
        logits: list[npt.NDArray[np.float32]] = []
        for ids in _runs(windows):
            cancel.raise_if_cancelled()
            feed = _windows_feed(ids)
            feed |= self._no_ngrams | {"prior": np.zeros(len(ids), dtype=np.float32)}
            logits.append(self.graph.run(["deep"], feed)["deep"])
        return np.concatenate(logits, dtype=np.float64) if logits else np.zeros(0)

    def embed(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Embeddings ``(B, T, D)`` of windows of token ids ``(B, T)``, as the forward graph embeds them.

        Raises:
            ModelError: there is no deep part, or the graph failed.
        """
        deep = self._needs_deep()
        if ids.size == 0:
            return np.zeros((*ids.shape, deep.dim), dtype=np.float32)
        feed = _windows_feed(ids)
        feed |= self._no_ngrams | {"prior": np.zeros(len(ids), dtype=np.float32)}
        embeddings: npt.NDArray[np.float32] = self.graph.run(["embeddings"], feed)["embeddings"]
        return embeddings

    def _needs_deep(self) -> DeepSettings:
        if self.deep is None:
            raise ModelError("this model has no deep part")
        return self.deep

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
        for counted in self.views.count_many([normalized.text for normalized in functions], language):
            cancel.raise_if_cancelled()
            count = len(counted.borders) - 1
            function = np.repeat(np.arange(count), np.diff(counted.borders))
            yield from self._weighted(counted.ids, counted.values, function, count).tolist()

    def _weighted(
        self, ids: Ids, values: npt.NDArray[np.float32], function: Ids, count: int
    ) -> npt.NDArray[np.float32]:
        """The sums ``(count,)`` of the weights of n-grams ``ids`` times ``values``, by ``function``, ``(N,)`` each."""
        if len(ids) == 0:
            return np.zeros(count, dtype=np.float32)
        logits: npt.NDArray[np.float32] = self.graph.run(
            ["wide"], _ngrams_feed(ids, values, function, count) | self._no_windows
        )["wide"]
        return logits


def _runs(windows: Sequence[Ids]) -> Iterator[Ids]:
    """Windows of equal length that follow each other, together as ``(W, T)``, up to :data:`RUN_TOKENS`."""
    start = 0
    for end in range(1, len(windows) + 1):
        length = len(windows[start])
        is_full = (end - start + 1) * length > RUN_TOKENS
        if end == len(windows) or is_full or len(windows[end]) != length:
            yield np.stack(windows[start:end])
            start = end


def _windows_feed(ids: Ids) -> Feed:
    """The deep part's inputs for windows ``(W, T)`` of token ids without padding, each pooled by itself."""
    return {
        "ids": ids,
        "mask": np.ones(ids.shape, dtype=np.bool_),
        "window_function": np.arange(len(ids)),
        "window_weight": np.ones(len(ids), dtype=np.float32),
    }


def _ngrams_feed(ids: Ids, values: npt.NDArray[np.float32], function: Ids, count: int) -> Feed:
    """The wide part's inputs ``(N,)`` for the n-grams of ``count`` functions; ``function`` says whose they are."""
    return {
        "wide_ids": ids,
        "wide_values": values,
        "wide_function": function,
        "prior": np.zeros(count, dtype=np.float32),
    }
