"""The forward graph on onnxruntime: features of functions -> raw logits, in batches of windows."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import ModelError
from codeorigin.model.batches import Row, batches
from codeorigin.model.features import DeepSettings, Features, RawScore
from codeorigin.model.graph import Feed, Graph
from codeorigin.model.ngrams import NgramViews, WideFeatures
from codeorigin.model.normalize import Normalized
from codeorigin.model.tokenizer import Encoding, Tokenizer, ngram_ids
from codeorigin.model.wide_part import WidePart
from codeorigin.model.windows import split

_DEEP_INPUTS = ("ids", "ngrams", "mask", "window_function", "window_weight")
_WIDE_INPUTS = ("wide_ids", "wide_values", "wide_function")


class Scorer:
    """Runs ``score.onnx``. One thread at a time may use it."""

    def __init__(
        self,
        score_path: Path,
        *,
        threads: int = 1,
        wide: NgramViews | None,
        tokenizer: Tokenizer | None,
        deep: DeepSettings | None,
        bias: float,
    ) -> None:
        """Load the graph, or its weights alone if there is no deep part.

        Args:
            score_path: ``score.onnx`` of a bundle.
            threads: threads of one operator; 0 lets onnxruntime decide.
            wide: the n-gram views, or None for a bundle without a wide part.
            tokenizer: the bundle's tokenizer; None exactly where ``deep`` is.
            deep: settings of the deep part, or None for a bundle without one.
            bias: of the logit; the graph has it too.

        Raises:
            ModelError: the graph cannot be read, or is not one of these parts.
        """
        if (tokenizer is None) != (deep is None):
            raise ModelError(f"{score_path.name}: a deep part needs a tokenizer; reinstall the model")
        self.views = wide
        self.tokenizer = tokenizer
        self.deep = deep
        self._path, self._threads = score_path, threads
        alone = wide is not None and deep is None
        self._wide_part = WidePart.read(score_path, wide.table_size, bias) if wide and alone else None
        if self._wide_part is None:
            expected = (_DEEP_INPUTS if deep else ()) + (_WIDE_INPUTS if wide else ()) + ("prior",)
            if set(self.graph.inputs) != set(expected):
                raise ModelError(
                    f"{score_path.name}: not the graph that the manifest describes; reinstall the model"
                )

    @cached_property
    def graph(self) -> Graph:
        """The graph on the inference runtime; loaded when it is first asked for.

        Raises:
            ModelError: the graph cannot be read.
        """
        return Graph(self._path, threads=self._threads)

    def features(self, normalized: Normalized, language: str, *, with_occurrences: bool = False) -> Features:
        """What the model reads of one function.

        The places of the n-grams are many times larger than the features themselves; they are worked out only
        ``with_occurrences``, which an explanation needs.
        """
        if not with_occurrences:
            return self.features_of([normalized], language)[0]
        wide = self.views.extract(normalized, language) if self.views is not None else None
        return self._with_tokens(normalized, wide)

    def features_of(self, functions: Sequence[Normalized], language: str) -> list[Features]:
        """What the model reads of each of several functions of one language, without the places of n-grams."""
        if self.views is None:
            return [self._with_tokens(function, None) for function in functions]
        extracted = self.views.extract_many([function.text for function in functions], language)
        return [self._with_tokens(*each) for each in zip(functions, extracted, strict=True)]

    def _with_tokens(self, normalized: Normalized, wide: WideFeatures | None) -> Features:
        if self.tokenizer is None or self.deep is None:
            return Features(wide, None, ())
        encoding = self.tokenizer.encode(normalized)
        windows = split(len(encoding.ids), self.deep.context, self.deep.overlap)
        return Features(wide, encoding, tuple(windows))

    def score(self, features: Sequence[Features], cancel: CancelToken = NEVER) -> list[RawScore]:
        """Raw scores of functions, in their order.

        Windows are sorted by length, so that little of a batch is padding.

        Raises:
            Cancelled: ``cancel`` was thrown; it is checked before every batch.
            ModelError: the graph failed.
        """
        if self._wide_part is not None:
            cancel.raise_if_cancelled()
            logits, wides = self._wide_part.logits([each.wide for each in features])
            return [
                RawScore(*each, deep=0.0, windows=0)
                for each in zip(logits.tolist(), wides.tolist(), strict=True)
            ]
        count = len(features)
        logit, wide, deep = np.zeros(count), np.zeros(count), np.zeros(count)
        for rows in batches(features):
            cancel.raise_if_cancelled()
            functions = np.unique([row.function for row in rows])
            outputs = self.graph.run(self._outputs(), self._feed(features, rows, functions))
            deep_part = outputs.get("deep", np.zeros(len(functions)))
            deep[functions] += deep_part
            wide_part = outputs.get("wide", np.zeros(len(functions)))
            # Bias and wide come with a function's first window; its other windows add to the deep part only.
            first = np.isin(functions, [row.function for row in rows if row.first])
            wide[functions] += np.where(first, wide_part, 0.0)
            logit[functions] += np.where(first, outputs["logit"], deep_part)
        return [
            RawScore(float(logit[index]), float(wide[index]), float(deep[index]), len(item.windows))
            for index, item in enumerate(features)
        ]

    def deep_logits(
        self, windows: Sequence[npt.NDArray[np.int64]], cancel: CancelToken = NEVER
    ) -> npt.NDArray[np.float64]:
        """The encoder's logit ``(W,)`` of windows of token ids, without bias, wide part or pooling.

        Raises:
            Cancelled: ``cancel`` was thrown; it is checked before every batch.
            ModelError: the graph failed.
        """
        nowhere = np.zeros(0, dtype=np.int32)
        features = [
            Features(None, Encoding(ids, nowhere, nowhere, nowhere), tuple(split(len(ids), len(ids) or 1, 0)))
            for ids in windows
        ]
        return np.array([raw.deep for raw in self.score(features, cancel)], dtype=np.float64)

    def embed(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Embeddings ``(B, T, D)`` of windows of token ids ``(B, T)``, as the forward graph embeds them.

        Raises:
            ModelError: there is no deep part, or the graph failed.
        """
        if self.deep is None:
            raise ModelError("this model has no deep part, so it has no embeddings")
        if ids.size == 0:
            return np.zeros((*ids.shape, self.deep.dim), dtype=np.float32)
        feed = self._deep_feed(ids, np.ones(ids.shape, dtype=np.bool_))
        feed |= {
            "window_function": np.zeros(len(ids), dtype=np.int64),
            "window_weight": np.zeros(len(ids), dtype=np.float32),
            "prior": np.zeros(1, dtype=np.float32),
        }
        if self.views is not None:
            feed |= _no_wide()
        embeddings: npt.NDArray[np.float32] = self.graph.run(["embeddings"], feed)["embeddings"]
        return embeddings

    def wide_weights(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Rows ``(N,)`` of the weight table: every one is the wide logit of a function of that one n-gram.

        Raises:
            ModelError: there is no wide part, or the graph failed.
        """
        if self.views is None:
            raise ModelError("this model has no wide part, so it has no n-gram weights")
        if len(ids) == 0:
            return np.zeros(0, dtype=np.float32)
        if self._wide_part is not None:
            return self._wide_part.weights(ids)
        feed: Feed = {
            "wide_ids": ids,
            "wide_values": np.ones(len(ids), dtype=np.float32),
            "wide_function": np.arange(len(ids)),
            "prior": np.zeros(len(ids), dtype=np.float32),
        }
        if self.deep is not None:
            feed |= self._deep_feed(np.zeros((1, 1), dtype=np.int64), np.ones((1, 1), dtype=np.bool_))
            feed |= {
                "window_function": np.zeros(1, dtype=np.int64),
                "window_weight": np.zeros(1, dtype=np.float32),
            }
        weights: npt.NDArray[np.float32] = self.graph.run(["wide"], feed)["wide"]
        return weights

    def _outputs(self) -> list[str]:
        return ["logit", *(["wide"] if self.views else []), *(["deep"] if self.deep else [])]

    def _feed(
        self, features: Sequence[Features], rows: Sequence[Row], functions: npt.NDArray[np.int64]
    ) -> Feed:
        place = {int(function): index for index, function in enumerate(functions)}
        feed: Feed = {"prior": np.zeros(len(functions), dtype=np.float32)}
        if self.deep is not None:
            length = max(1, *(row.stop - row.start for row in rows))
            pad = self.tokenizer.pad_id if self.tokenizer else 0
            ids = np.full((len(rows), length), pad, dtype=np.int64)
            mask = np.zeros(ids.shape, dtype=np.bool_)
            for index, row in enumerate(rows):
                encoding = features[row.function].encoding
                if encoding is not None:
                    ids[index, : row.stop - row.start] = encoding.ids[row.start : row.stop]
                    mask[index, : row.stop - row.start] = True
            feed |= self._deep_feed(ids, mask)
            feed |= {
                "window_function": np.array([place[row.function] for row in rows], dtype=np.int64),
                "window_weight": np.array([row.weight for row in rows], dtype=np.float32),
            }
        if self.views is not None:
            present = [
                (place[row.function], wide)
                for row in rows
                if row.first and (wide := features[row.function].wide) is not None
            ]
            feed |= _no_wide()
            if present:
                feed |= {
                    "wide_ids": np.concatenate([wide.ids for _, wide in present]),
                    "wide_values": np.concatenate([wide.values for _, wide in present]),
                    "wide_function": np.repeat(
                        np.array([index for index, _ in present], dtype=np.int64),
                        [len(wide.ids) for _, wide in present],
                    ),
                }
        return feed

    def _deep_feed(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.bool_]) -> Feed:
        """Every window hashes its own n-grams: what stood before it is not part of it."""
        ngrams = np.zeros((*ids.shape, 2), dtype=np.int64)
        if self.deep is not None and self.tokenizer is not None and self.deep.ngram_buckets:
            hashed = ngram_ids(ids, self.tokenizer.mask_id, self.deep.ngram_buckets)
            ngrams = np.where((ids == self.tokenizer.pad_id)[..., None], 0, hashed)
        return {"ids": ids, "ngrams": ngrams, "mask": mask}


def _no_wide() -> Feed:
    return {
        "wide_ids": np.zeros(0, dtype=np.int64),
        "wide_values": np.zeros(0, dtype=np.float32),
        "wide_function": np.zeros(0, dtype=np.int64),
    }
